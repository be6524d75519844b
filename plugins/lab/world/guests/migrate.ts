// Moving a guest to another node: what stands in the way, the move itself with its phases and lock, and what is left when it breaks off.
import { bringUp, label, shutdown, withFlock } from "../power.ts";
import { GIB, type Guest, MIB, type World } from "../state.ts";
import { diskVolume, hasStorage, isActive } from "../storage.ts";
import type { Worker } from "../tasks.ts";
import { noteDown } from "../units.ts";

const RAM_BYTES_PER_MS = 480_000;
const DISK_BYTES_PER_MS = 240_000;
const RESTART_TIMEOUT_S = 180;

export interface LocalDisk {
  volid: string;
  size: number;
  cdrom: 0 | 1;
  is_unused: 0 | 1;
}

export interface Obstacles {
  allowed: string[];
  refused: Map<string, { unavailableStorages: string[] }>;
  localDisks: LocalDisk[];
  localResources: string[];
}

const isLocal = (world: World, name: string): boolean => !(world.storages.find((one) => one.name === name)?.seed.shared ?? false);

export function obstacles(world: World, guest: Guest, online: (node: string) => boolean): Obstacles {
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  const allowed: string[] = [];
  const refused: Obstacles["refused"] = new Map();
  for (const node of world.nodes.keys()) {
    if (node === guest.node || !online(node)) continue;
    if (storage && hasStorage(storage, node) && isActive(storage, node)) allowed.push(node);
    else refused.set(node, { unavailableStorages: [guest.seed.storage] });
  }
  const disk: LocalDisk = { volid: diskVolume(guest), size: Math.floor(guest.seed.diskGiB * GIB), cdrom: 0, is_unused: 0 };
  const localResources = Object.keys(guest.config).filter((key) => /^(hostpci|usb)\d+$/.test(key) && !String(guest.config[key]).includes("mapping="));
  return { allowed, refused, localDisks: isLocal(world, guest.seed.storage) ? [disk] : [], localResources };
}

export interface MigrationOrder {
  target: string;
  online: boolean;
  /** Containers: shut down here, start there. */
  restart: boolean;
  withLocalDisks: boolean;
  targetStorage?: string;
  timeoutSeconds?: number;
}

async function copyDisks(world: World, guest: Guest, worker: Worker): Promise<void> {
  if (!isLocal(world, guest.seed.storage)) return;
  const total = guest.seed.diskGiB * GIB;
  worker.log(`found local disk '${diskVolume(guest)}' (attached)`);
  worker.log(`copying local disk images`);
  for (let step = 1; step <= 5; step++) {
    await worker.sleep(total / DISK_BYTES_PER_MS / 5);
    worker.log(`${Math.round((total * step) / 5 / MIB)} MB copied`);
    if (step === 2 && guest.mishap.migrationError) throw new Error(guest.mishap.migrationError);
  }
}

async function copyMemory(guest: Guest, worker: Worker, target: string): Promise<void> {
  const total = guest.seed.memoryMiB * MIB;
  worker.log(`starting VM ${guest.vmid} on remote node '${target}'`);
  await worker.sleep(2_200);
  worker.log("start remote tunnel");
  worker.log(`starting online/live migration on unix:/run/qemu-server/${guest.vmid}.migrate`);
  worker.log(`start migrate command to unix:/run/qemu-server/${guest.vmid}.migrate`);
  for (let step = 1; step <= 4; step++) {
    await worker.sleep(total / RAM_BYTES_PER_MS / 4);
    worker.log(`migration active, transferred ${((total * step) / 4 / GIB).toFixed(1)} GiB of ${(total / GIB).toFixed(1)} GiB VM-state, 458.1 MiB/s`);
    if (step === 2 && guest.mishap.migrationError) throw new Error(guest.mishap.migrationError);
  }
  worker.log("average migration speed: 412.3 MiB/s - downtime 61 ms");
  worker.log("migration status: completed");
}

async function move(world: World, guest: Guest, worker: Worker, order: MigrationOrder): Promise<void> {
  const live = guest.status === "running" && guest.kind === "qemu";
  const restart = guest.status === "running" && guest.kind === "lxc";
  if (restart) {
    worker.log(`shutdown CT ${guest.vmid}`);
    await shutdown(world, guest, worker, { timeoutSeconds: order.timeoutSeconds ?? RESTART_TIMEOUT_S, skipLock: true });
  }
  await withFlock(world, guest, worker, async () => {
    guest.lock = "migrate";
    try {
      await copyDisks(world, guest, worker);
      if (live) await copyMemory(guest, worker, order.target);
      else await worker.sleep(1_500);
      if (guest.mishap.migrationError) throw new Error(guest.mishap.migrationError);
      if (live) noteDown(world, guest, true);
      guest.node = order.target;
      if (guest.diskOn === order.target) delete guest.diskOn;
      if (order.targetStorage) guest.seed = { ...guest.seed, node: order.target, storage: order.targetStorage };
      else guest.seed = { ...guest.seed, node: order.target };
    } finally {
      if (guest.lock === "migrate") delete guest.lock;
    }
  });
  if (restart) {
    worker.log(`start container on target node`);
    bringUp(world, guest);
  }
}

export async function migrate(world: World, guest: Guest, worker: Worker, order: MigrationOrder): Promise<void> {
  const startedAt = world.clock.now();
  const from = guest.node;
  worker.log(`starting migration of ${label(guest)} to node '${order.target}' (${world.nodes.get(order.target)?.seed.address ?? ""})`);
  const local = obstacles(world, guest, () => true);
  if (local.localResources.length > 0) throw new Error(`can't migrate VM which uses local devices: ${local.localResources.join(", ")}`);
  if (guest.kind === "qemu" && guest.status === "running" && local.localDisks.length > 0 && !order.withLocalDisks) {
    worker.log(`found local disk '${diskVolume(guest)}' (attached)`);
    worker.log("ERROR: migration aborted (duration 00:00:00): can't live migrate attached local disks without with-local-disks option");
    throw new Error("migration aborted");
  }
  try {
    await move(world, guest, worker, order);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (text === "interrupted" || text.startsWith("can't lock file")) throw error;
    worker.log(`ERROR: migration aborted (duration ${clockText(world.clock.now() - startedAt)}): ${text}`);
    if (guest.kind === "lxc" && guest.status === "stopped" && order.restart && guest.node === from) bringUp(world, guest);
    throw new Error("migration aborted");
  }
  worker.log(`migration finished successfully (duration ${clockText(world.clock.now() - startedAt)})`);
}

const clockText = (ms: number): string => {
  const total = Math.floor(ms / 1000);
  return [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60].map((part) => String(part).padStart(2, "0")).join(":");
};
