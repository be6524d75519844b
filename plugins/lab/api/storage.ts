// Storages and what lies on them, and vzdump.
import { badParameters, failure, forbidden } from "../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, TEXT, textOf, VMID } from "../front/parameters.ts";
import { type Call, get, needsAny, post, type Route } from "../front/route.ts";
import { hasStorage } from "../world/broadcast.ts";
import type { Storage, World } from "../world/state.ts";
import { usageOf, volumesOf } from "../world/storage.ts";
import { type Mode, vzdump } from "../world/vzdump.ts";

const seen = (world: World, who: string, storage: Storage): boolean =>
  ["Datastore.Audit", "Datastore.AllocateSpace"].some((privilege) => world.accounts.may(who, `/storage/${storage.name}`, privilege));

function stateOf(world: World, storage: Storage, node: string): Record<string, unknown> {
  const usage = storage.active ? usageOf(world, storage, node) : { total: 0, used: 0, avail: 0 };
  return { type: storage.seed.type, content: storage.seed.content, shared: storage.seed.shared ? 1 : 0, active: storage.active ? 1 : 0, enabled: 1, ...usage };
}

function list({ world, path, who, parameters }: Call): unknown {
  const node = path.node ?? "";
  const [content, name] = [textOf(parameters, "content"), textOf(parameters, "storage")];
  return world.storages
    .filter((storage) => hasStorage(storage, node) && seen(world, who, storage))
    .filter((storage) => (!name || storage.name === name) && (!content || content.split(",").some((word) => storage.seed.content.split(",").includes(word))))
    .map((storage) => {
      const state = stateOf(world, storage, node);
      const { total, used } = state;
      const fraction = typeof total === "number" && typeof used === "number" && total > 0 ? { used_fraction: used / total } : {};
      return { storage: storage.name, ...state, ...fraction };
    });
}

function storageOf(world: World, name: string | undefined, node: string): Storage {
  const storage = world.storages.find((one) => one.name === name);
  if (!storage) throw failure(500, `storage '${name}' does not exist`);
  if (!hasStorage(storage, node)) throw failure(500, `storage '${name}' is not available on node '${node}'`);
  return storage;
}

function content({ world, path, parameters }: Call): unknown {
  const storage = storageOf(world, path.storage, path.node ?? "");
  if (!storage.active) throw failure(500, `storage '${storage.name}' is not online`);
  const [kind, vmid] = [textOf(parameters, "content"), numberOf(parameters, "vmid")];
  return volumesOf(world, storage, path.node ?? "").filter((volume) => (kind === undefined || volume.content === kind) && (vmid === undefined || volume.vmid === vmid));
}

function definitions({ world, who, parameters }: Call): unknown {
  const type = textOf(parameters, "type");
  return world.storages
    .filter((storage) => seen(world, who, storage) && (!type || storage.seed.type === type))
    .map(({ name, seed }) => ({
      storage: name,
      type: seed.type,
      content: seed.content,
      ...(seed.shared ? { shared: 1 } : {}),
      ...(seed.nodes ? { nodes: seed.nodes.join(",") } : {}),
      ...(seed.type === "dir" ? { path: "/var/lib/vz" } : {}),
      digest: "b4f3d0c02a4e53bb1a5f3ac9f2b8f0d7c6a1e955",
    }));
}

function backup(call: Call): unknown {
  const { world, path, parameters, who } = call;
  const node = path.node ?? "";
  const storage = storageOf(world, textOf(parameters, "storage") ?? "local", node);
  const ids = textOf(parameters, "vmid")
    ?.split(/[,;\s]+/)
    .filter(Boolean);
  const here = [...world.guests.values()].filter((guest) => guest.node === node && !guest.template);
  const chosen = flagOf(parameters, "all") ? here : here.filter((guest) => ids?.includes(String(guest.vmid)));
  if (!flagOf(parameters, "all") && !ids) throw badParameters({ vmid: "property is missing and it is not optional" });
  for (const guest of chosen) if (!world.accounts.may(who, `/vms/${guest.vmid}`, "VM.Backup")) throw forbidden(`/vms/${guest.vmid}, VM.Backup`);
  if (!world.accounts.may(who, `/storage/${storage.name}`, "Datastore.AllocateSpace")) throw forbidden(`/storage/${storage.name}, Datastore.AllocateSpace`);
  const word = textOf(parameters, "mode");
  const mode: Mode = word === "stop" || word === "suspend" ? word : "snapshot";
  const id = ids?.length === 1 ? (ids[0] ?? "") : "";
  const task = world.tasks.start({ node, type: "vzdump", id, user: who, work: (worker) => vzdump(world, worker, { guests: chosen, storage, mode, node }) });
  const effects = chosen.map((guest) => world.effects.add({ user: who, method: call.method, path: call.url, target: `guest/${guest.vmid}`, upid: task.upid }));
  void task.done.then((exit) => {
    for (const effect of effects) effect.exit = exit;
  });
  return task.upid;
}

const seeStorage = needsAny("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace");
const VZDUMP = {
  vmid: TEXT,
  all: FLAG,
  mode: oneOf("snapshot", "suspend", "stop"),
  storage: TEXT,
  compress: oneOf("0", "1", "gzip", "lzo", "zstd"),
  remove: FLAG,
  protected: FLAG,
  "notes-template": { ...TEXT, maxLength: 1024 },
  "prune-backups": TEXT,
  mailto: TEXT,
  mailnotification: oneOf("always", "failure"),
  "notification-mode": oneOf("auto", "legacy-sendmail", "notification-system"),
  exclude: TEXT,
  quiet: FLAG,
  bwlimit: COUNT,
  ionice: { ...COUNT, max: 8 },
  lockwait: COUNT,
  stopwait: COUNT,
  node: TEXT,
  pool: TEXT,
  zstd: { type: "integer" },
  pigz: { type: "integer" },
  fleecing: TEXT,
} as const;

export const storageRoutes = (): Route[] => [
  get("/storage", definitions, { rules: { type: TEXT } }),
  get("/nodes/{node}/storage", list, { rules: { content: TEXT, enabled: FLAG, format: FLAG, storage: TEXT, target: TEXT } }),
  get("/nodes/{node}/storage/{storage}/status", ({ world, path }) => stateOf(world, storageOf(world, path.storage, path.node ?? ""), path.node ?? ""), seeStorage),
  get("/nodes/{node}/storage/{storage}/content", content, { ...seeStorage, rules: { content: TEXT, vmid: VMID } }),
  post("/nodes/{node}/vzdump", backup, { rules: VZDUMP }),
];
