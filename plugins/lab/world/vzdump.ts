// vzdump: one guest after the other, with the log a real run prints. Stop mode takes the guest down first and brings it up again; every mode holds the lock `backup` while it runs.
import { steady } from "../random.ts";
import { bringUp, label, takeDown } from "./power.ts";
import { pruneBackups } from "./prune.ts";
import { GIB, type Guest, type Storage, seconds, type World } from "./state.ts";
import { addBackup, backupVolid, diskVolume, isActive, usageOf } from "./storage.ts";
import type { Worker } from "./tasks.ts";

export type Mode = "snapshot" | "suspend" | "stop";

export interface BackupOrder {
  guests: Guest[];
  storage: Storage;
  mode: Mode;
  node: string;
  /** How long copying takes; by the disk's size when absent. */
  copyMs?: number;
  jobId?: string;
  /** `{{guestname}}` and its like. */
  notes?: string;
  prune?: string;
  protect?: boolean;
}

const COPY_BYTES_PER_MS = 420_000;
const LEAST_SHARE = 0.25;
const STEPS = 6;
const nodeLocks = new WeakMap<World, Map<string, Promise<void>>>();

const clockText = (ms: number): string => {
  const total = Math.floor(ms / 1000);
  return [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60].map((part) => String(part).padStart(2, "0")).join(":");
};
const dateText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

async function copy(world: World, guest: Guest, worker: Worker, copyMs: number): Promise<void> {
  const total = guest.seed.diskGiB * GIB;
  for (let step = 1; step <= STEPS; step++) {
    await worker.sleep(copyMs / STEPS);
    if (guest.kind === "lxc") continue;
    const share = step / STEPS;
    const speed = (total / 1_048_576 / (copyMs / 1000)).toFixed(1);
    worker.log(
      `INFO: ${String(Math.round(share * 100)).padStart(3)}% (${gib(total * share)} of ${gib(total)}) in ${Math.round((copyMs * share) / 1000)}s, read: ${speed} MiB/s, write: ${(Number(speed) * 0.7).toFixed(1)} MiB/s`,
    );
  }
  const size = total * (0.25 + 0.2 * steady(world.seed, `archive/${guest.vmid}`));
  worker.log(`INFO: archive file size: ${(size / GIB).toFixed(2)}GB`);
}

async function goDown(world: World, guest: Guest, worker: Worker): Promise<void> {
  worker.log(guest.kind === "qemu" ? "INFO: stopping virtual guest" : "INFO: stopping vm");
  await worker.sleep(6_000 + 4_000 * steady(world.seed, `backup-stop/${worker.upid}`));
  takeDown(world, guest, { how: "backup", upid: worker.upid });
}

const notesOf = (guest: Guest, template: string): string =>
  template.replaceAll("{{guestname}}", guest.seed.name).replaceAll("{{vmid}}", String(guest.vmid)).replaceAll("{{node}}", guest.node);

function refuseStorage(world: World, guest: Guest, worker: Worker, { storage, node }: BackupOrder): void {
  if (!isActive(storage, node)) throw new Error(`could not get storage information for '${storage.name}': storage '${storage.name}' is not online`);
  if (usageOf(world, storage, node).avail < guest.seed.diskGiB * GIB * LEAST_SHARE) {
    if (storage.seed.type === "pbs")
      throw new Error("backup write data failed: command error: write_data upload error: pipelined request failed: No space left on device (os error 28)");
    // The packer tells the cause; what fails in the end is the pipe to it.
    worker.log("zstd: error 70 : Write error : cannot write block : No space left on device");
    worker.log("ERROR: vma_queue_write: write error - Broken pipe");
    worker.log("INFO: aborting backup job");
    throw new Error("vma_queue_write: write error - Broken pipe");
  }
  if (guest.mishap.backupError) throw new Error(guest.mishap.backupError);
}

async function backUp(world: World, guest: Guest, worker: Worker, order: BackupOrder): Promise<void> {
  const startedAt = world.clock.now();
  const wasRunning = guest.status === "running";
  const kind = guest.kind === "qemu" ? "VM" : "CT";
  worker.log(`INFO: Starting Backup of ${kind} ${guest.vmid} (${guest.kind})`);
  worker.log(`INFO: Backup started at ${dateText(startedAt)}`);
  if (guest.lock) throw new Error(`${label(guest)} is locked (${guest.lock})`);
  refuseStorage(world, guest, worker, order);
  worker.log(`INFO: status = ${guest.status}`);
  worker.log(`INFO: ${kind} Name: ${guest.seed.name}`);
  worker.log(`INFO: include disk '${guest.kind === "qemu" ? "scsi0" : "rootfs"}' '${diskVolume(guest)}' ${guest.seed.diskGiB}G`);
  worker.log(`INFO: backup mode: ${wasRunning ? order.mode : "stop"}`);
  worker.log("INFO: ionice priority: 7");
  guest.lock = "backup";
  const copyMs = order.copyMs ?? (guest.seed.diskGiB * GIB) / COPY_BYTES_PER_MS;
  try {
    if (wasRunning && order.mode === "stop") await goDown(world, guest, worker);
    worker.log(`INFO: creating ${order.storage.seed.type === "pbs" ? "Proxmox Backup Server" : "vzdump"} archive '${backupVolid(order.storage, guest, seconds(startedAt))}'`);
    if (wasRunning && order.mode === "stop" && guest.kind === "qemu") {
      await worker.sleep(copyMs * 0.4);
      worker.log("INFO: starting kvm to execute backup task");
      bringUp(world, guest);
      worker.log("INFO: resuming VM again after 14 seconds");
      await copy(world, guest, worker, copyMs * 0.6);
    } else await copy(world, guest, worker, copyMs);
    const made = addBackup(world, order.storage, guest, startedAt);
    if (order.notes) made.notes = notesOf(guest, order.notes);
    if (order.protect) made.protected = true;
    if (order.prune) {
      const mine = world.backups.filter((one) => one.storage === order.storage.name && one.vmid === guest.vmid);
      worker.log(`INFO: prune older backups with retention: ${order.prune.replaceAll(",", ", ")}`);
      worker.log(`INFO: pruned ${pruneBackups(world, mine, order.prune).length} backup(s)`);
    }
  } finally {
    if (guest.lock === "backup") delete guest.lock;
    if (wasRunning && guest.status === "stopped" && order.mode === "stop") {
      worker.log("INFO: restarting vm");
      bringUp(world, guest);
      worker.log(`INFO: guest is online again after ${Math.round((world.clock.now() - startedAt) / 1000)} seconds`);
    }
  }
  worker.log(`INFO: Finished Backup of ${kind} ${guest.vmid} (${clockText(world.clock.now() - startedAt)})`);
  worker.log(`INFO: Backup finished at ${dateText(world.clock.now())}`);
}

/** Waits for the node's one vzdump lock, then backs the guests up; a guest that fails does not stop the others. */
export async function vzdump(world: World, worker: Worker, order: BackupOrder): Promise<void> {
  const ids = order.guests.map((guest) => guest.vmid).join(" ");
  worker.log(
    `INFO: starting new backup job: vzdump ${ids} --mode ${order.mode} --storage ${order.storage.name}${order.jobId ? ` --job-id ${order.jobId}` : ` --node ${order.node}`}`,
  );
  const locks = nodeLocks.get(world) ?? new Map<string, Promise<void>>();
  nodeLocks.set(world, locks);
  const before = locks.get(order.node);
  const { promise: mine, resolve: release } = Promise.withResolvers<void>();
  locks.set(order.node, before ? before.then(() => mine) : mine);
  if (before) {
    worker.log("INFO: trying to get global lock - waiting...");
    await before;
    worker.log("INFO: got global lock");
  }
  let failed = false;
  try {
    for (const guest of order.guests) {
      try {
        await backUp(world, guest, worker, order);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (text === "interrupted") throw error;
        failed = true;
        worker.log(`ERROR: Backup of ${label(guest)} failed - ${text}`);
        worker.log(`INFO: Failed at ${dateText(world.clock.now())}`);
      }
    }
  } finally {
    release();
    if (!before || locks.get(order.node) === mine) locks.delete(order.node);
  }
  worker.log(`INFO: Backup job finished ${failed ? "with errors" : "successfully"}`);
  if (failed) throw new Error("job errors");
}
