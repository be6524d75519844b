// Snapshots: taken, rolled back to, deleted. Each holds its lock while it runs; the parents form a tree, as on a real node.
import { bringUp, label, refuseLocked, takeDown, withFlock } from "../power.ts";
import { type Guest, type Snapshot, seconds, type World } from "../state.ts";
import type { Worker } from "../tasks.ts";
import { resized } from "./size.ts";

const TAKE_MS = 1_800;
const STATE_MS_PER_MIB = 1.6;
const ROLLBACK_MS = 2_400;
const DELETE_MS = 2_100;
const CAN = new Set(["lvmthin", "zfspool", "nfs", "cifs"]);

export function canSnapshot(world: World, guest: Guest): boolean {
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  return storage !== undefined && CAN.has(storage.seed.type) && (guest.kind === "qemu" || !["nfs", "cifs"].includes(storage.seed.type));
}

const nameOf = (name: string): string => `'${name}'`;

function find(guest: Guest, name: string): Snapshot {
  const snapshot = guest.snapshots.find((one) => one.name === name);
  if (!snapshot) throw new Error(`snapshot ${nameOf(name)} does not exist`);
  return snapshot;
}

/** Runs under a lock; a task that dies in the middle leaves it, as a crash of the real one does. */
async function locked(guest: Guest, lock: string, work: () => Promise<void>): Promise<void> {
  guest.lock = lock;
  await work();
  if (guest.lock === lock) delete guest.lock;
}

export interface SnapshotOrder {
  name: string;
  description: string;
  vmstate: boolean;
}

export async function take(world: World, guest: Guest, worker: Worker, { name, description, vmstate }: SnapshotOrder): Promise<void> {
  refuseLocked(guest);
  if (guest.snapshots.some((one) => one.name === name)) throw new Error(`snapshot name ${nameOf(name)} already used`);
  if (!canSnapshot(world, guest)) throw new Error("snapshot feature is not available");
  await withFlock(world, guest, worker, () =>
    locked(guest, "snapshot", async () => {
      const withState = vmstate && guest.kind === "qemu" && guest.status === "running";
      if (withState) {
        worker.log(`saving VM state and RAM using storage '${guest.seed.storage}'`);
        await worker.sleep(guest.seed.memoryMiB * STATE_MS_PER_MIB);
        worker.log("completed saving the VM state in 11s, saved 1.31 GiB");
      }
      if (guest.kind === "qemu") worker.log(`snapshotting 'drive-scsi0' (${String(guest.config.scsi0 ?? "").split(",")[0]})`);
      await worker.sleep(TAKE_MS);
      if (guest.mishap.snapshotError) throw new Error(guest.mishap.snapshotError);
      const snaptime = seconds(world.clock.now());
      guest.snapshots.push({
        name,
        description,
        snaptime,
        ...(guest.parent ? { parent: guest.parent } : {}),
        ...(withState ? { vmstate: true } : {}),
        config: { ...guest.config },
      });
      guest.parent = name;
    }),
  );
}

export async function rollBack(world: World, guest: Guest, worker: Worker, name: string, start: boolean): Promise<void> {
  const snapshot = find(guest, name);
  refuseLocked(guest);
  await withFlock(world, guest, worker, () =>
    locked(guest, "rollback", async () => {
      takeDown(world, guest, { how: "rollback", upid: worker.upid });
      await worker.sleep(ROLLBACK_MS);
      if (snapshot.config) guest.config = { ...snapshot.config };
      guest.pending = {};
      resized(guest);
      guest.parent = name;
      delete guest.lock;
      if (snapshot.vmstate || start) bringUp(world, guest);
    }),
  );
}

export async function remove(world: World, guest: Guest, worker: Worker, name: string, force: boolean): Promise<void> {
  const snapshot = find(guest, name);
  if (!(force && guest.lock === "snapshot-delete")) refuseLocked(guest);
  await withFlock(world, guest, worker, () =>
    locked(guest, "snapshot-delete", async () => {
      await worker.sleep(DELETE_MS);
      if (guest.mishap.snapshotError) throw new Error(guest.mishap.snapshotError);
      const heirs = guest.snapshots.filter((one) => one.parent === name);
      for (const heir of heirs) {
        if (snapshot.parent) heir.parent = snapshot.parent;
        else delete heir.parent;
      }
      if (guest.parent === name) {
        if (snapshot.parent) guest.parent = snapshot.parent;
        else delete guest.parent;
      }
      guest.snapshots.splice(guest.snapshots.indexOf(snapshot), 1);
      worker.log(`${label(guest)}: snapshot ${nameOf(name)} removed`);
    }),
  );
}
