// What lies on a storage: listing, one volume with its notes and protection, removing it, and pruning backups by a keep rule.
import { badParameters, failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, TEXT, textOf, VMID } from "../../front/parameters.ts";
import { type Call, get, needsAny, put, type Route, remove } from "../../front/route.ts";
import { marksOf, pruneBackups } from "../../world/prune.ts";
import type { Backup, Storage, World } from "../../world/state.ts";
import { type Volume, volumesOf } from "../../world/storage.ts";
import { begin, noteChange } from "../work.ts";
import { readyStorage } from "./find.ts";

const DELETE_MS = 1_300;
const MAX_VOLUME_PARTS = 6;

/** A guest's backup is listed only to who may make one there, its disks only to who may change them; all else to who sees the storage. The rest is left out without a word. */
const seesVolume = (call: Call, storage: Storage, { content, vmid }: Volume): boolean => {
  const { may } = call.world.accounts;
  const store = `/storage/${storage.name}`;
  if (vmid === undefined || may(call.who, store, "Datastore.Allocate")) return true;
  if (content === "backup") return may(call.who, store, "Datastore.AllocateSpace") && may(call.who, `/vms/${vmid}`, "VM.Backup");
  return may(call.who, store, "Datastore.Audit") && may(call.who, `/vms/${vmid}`, "VM.Config.Disk");
};

async function content(call: Call): Promise<unknown> {
  const storage = await readyStorage(call);
  const [kind, vmid] = [textOf(call.parameters, "content"), numberOf(call.parameters, "vmid")];
  return volumesOf(call.world, storage, call.path.node ?? "").filter(
    (volume) => (kind === undefined || volume.content === kind) && (vmid === undefined || volume.vmid === vmid) && seesVolume(call, storage, volume),
  );
}

/** A volume's name has slashes of its own, so it may fill several parts of the path. */
function volidOf({ path }: Call): string {
  const name = Array.from({ length: MAX_VOLUME_PARTS }, (_, index) => path[`volume${index}`]).filter((part) => part !== undefined);
  const given = [path.volume, ...name].filter((part) => part !== undefined).join("/");
  return given.includes(":") ? given : `${path.storage}:${given}`;
}

const backupOf = (world: World, volid: string): Backup | undefined => world.backups.find((one) => one.volid === volid);

async function volume(call: Call): Promise<unknown> {
  const storage = await readyStorage(call);
  const volid = volidOf(call);
  const found = volumesOf(call.world, storage, call.path.node ?? "").find((one) => one.volid === volid);
  if (!found) throw failure(500, `volume '${volid}' does not exist`);
  return {
    path: `/mnt/pve/${storage.name}/${volid.split(":")[1]}`,
    format: found.format,
    size: found.size,
    used: found.used ?? found.size,
    ...(found.notes === undefined ? {} : { notes: found.notes }),
    ...(found.protected ? { protected: 1 } : {}),
  };
}

function mayChange(call: Call, storage: Storage, backup: Backup | undefined, volid: string): void {
  const { may } = call.world.accounts;
  if (may(call.who, `/storage/${storage.name}`, "Datastore.Allocate")) return;
  if (!may(call.who, `/storage/${storage.name}`, "Datastore.AllocateSpace")) throw forbidden(`/storage/${storage.name}, Datastore.AllocateSpace`);
  const vmid = backup?.vmid ?? Number(/-(\d+)-disk/.exec(volid)?.[1] ?? Number.NaN);
  if (!Number.isNaN(vmid) && !may(call.who, `/vms/${vmid}`, "VM.Backup")) throw forbidden(`/vms/${vmid}, VM.Backup`);
}

async function annotate(call: Call): Promise<null> {
  const storage = await readyStorage(call);
  const backup = backupOf(call.world, volidOf(call));
  if (!backup) throw failure(500, `volume '${volidOf(call)}' is not a backup`);
  mayChange(call, storage, backup, backup.volid);
  backup.notes = textOf(call.parameters, "notes") ?? backup.notes;
  if (call.parameters.protected !== undefined) backup.protected = flagOf(call.parameters, "protected");
  noteChange(call, `storage/${storage.name}`);
  return null;
}

async function drop(call: Call): Promise<string> {
  const storage = await readyStorage(call);
  const volid = volidOf(call);
  const backup = backupOf(call.world, volid);
  if (!backup && !volumesOf(call.world, storage, call.path.node ?? "").some((one) => one.volid === volid)) throw failure(500, `volume '${volid}' does not exist`);
  mayChange(call, storage, backup, volid);
  if (!backup) throw failure(500, `can't remove volume '${volid}' - it is in use by a guest`);
  if (backup.protected) throw failure(500, `can't remove volume '${volid}' - protected`);
  const { backups } = call.world;
  return begin(call, {
    node: call.path.node ?? "",
    type: "imgdel",
    id: `${backup.vmid}@${storage.name}`,
    target: `storage/${storage.name}`,
    work: async (worker) => {
      await worker.sleep(DELETE_MS);
      if (backups.includes(backup)) backups.splice(backups.indexOf(backup), 1);
      worker.log(`Removed volume '${volid}'`);
    },
  });
}

/** Backups by guest, as each guest keeps its own. */
function groups(call: Call, storage: Storage): Backup[][] {
  const [vmid, type] = [numberOf(call.parameters, "vmid"), textOf(call.parameters, "type")];
  const byGuest = new Map<number, Backup[]>();
  for (const backup of call.world.backups) {
    if (backup.storage !== storage.name || (vmid !== undefined && backup.vmid !== vmid) || (type && backup.kind !== type)) continue;
    byGuest.set(backup.vmid, [...(byGuest.get(backup.vmid) ?? []), backup]);
  }
  return [...byGuest.values()];
}

async function foresee(call: Call): Promise<unknown> {
  const storage = await readyStorage(call);
  const rule = textOf(call.parameters, "prune-backups") ?? "keep-all=1";
  return groups(call, storage).flatMap((mine) =>
    [...marksOf(mine, rule)].map(([backup, mark]) => ({ volid: backup.volid, ctime: backup.ctime, mark, type: backup.kind, vmid: backup.vmid })),
  );
}

async function prune(call: Call): Promise<string> {
  const storage = await readyStorage(call);
  const rule = textOf(call.parameters, "prune-backups");
  if (rule === undefined) throw badParameters({ "prune-backups": "property is missing and it is not optional" });
  const chosen = groups(call, storage);
  for (const mine of chosen) mayChange(call, storage, mine[0], mine[0]?.volid ?? "");
  return begin(call, {
    node: call.path.node ?? "",
    type: "prunebackups",
    id: `${numberOf(call.parameters, "vmid") ?? ""}@${storage.name}`.replace(/^@/, ""),
    target: `storage/${storage.name}`,
    work: async (worker) => {
      for (const mine of chosen) {
        await worker.sleep(DELETE_MS);
        for (const gone of pruneBackups(call.world, mine, rule)) worker.log(`pruned '${gone.volid}'`);
      }
    },
  });
}

const see = needsAny("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace");
const base = "/nodes/{node}/storage/{storage}";
const RULE = { "prune-backups": TEXT, type: oneOf("qemu", "lxc"), vmid: VMID } as const;
const volumePaths = Array.from({ length: MAX_VOLUME_PARTS }, (_, parts) => `${base}/content/{volume}${Array.from({ length: parts }, (__, index) => `/{volume${index}}`).join("")}`);

export const contentRoutes = (): Route[] => [
  get(`${base}/content`, content, { ...see, rules: { content: TEXT, vmid: VMID } }),
  ...volumePaths.flatMap((path) => [
    get(path, volume),
    put(path, annotate, { rules: { notes: TEXT, protected: FLAG } }),
    remove(path, drop, { rules: { delay: { ...COUNT, min: 1, max: 30 } } }),
  ]),
  get(`${base}/prunebackups`, foresee, { ...see, rules: RULE }),
  remove(`${base}/prunebackups`, prune, { rules: RULE }),
];
