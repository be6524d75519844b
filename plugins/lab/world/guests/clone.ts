// Cloning and destroying guests: a clone appears at once under the lock `clone`, its disks follow.
import { randomOf } from "../../random.ts";
import { configOf } from "../config.ts";
import { refuseLocked, withFlock } from "../power.ts";
import { GIB, type Guest, seconds, type World } from "../state.ts";
import type { Worker } from "../tasks.ts";
import { makeGuest } from "./make.ts";

const COPY_BYTES_PER_MS = 260_000;
const LINK_MS = 1_200;
const DESTROY_MS = 2_300;

export interface CloneOrder {
  vmid: number;
  name: string;
  node: string;
  storage: string;
  full: boolean;
  pool?: string;
  description?: string;
  snapshot?: string;
}

const freshMac = (world: World, vmid: number): string => {
  const { hex } = randomOf(world.seed, `clone/${vmid}/${Math.floor(world.clock.now())}`);
  return ["BC", "24", "11", hex(2), hex(2), hex(2)].join(":").toUpperCase();
};

/** Makes the record; the copy is the task's work. */
export function plant(world: World, source: Guest, order: CloneOrder): Guest {
  const { pool: _, description: __, stopped: ___, ...kept } = source.seed;
  const seed = {
    ...kept,
    vmid: order.vmid,
    name: order.name,
    node: order.node,
    storage: order.storage,
    running: false,
    template: false,
    ha: false,
    onboot: false,
    snapshots: [],
    ...(order.pool ? { pool: order.pool } : {}),
    ...(order.description ? { description: order.description } : {}),
  };
  const now = world.clock.now();
  const guest = makeGuest(world.seed, seed, now, now);
  const fresh = configOf(world.seed, seed, seconds(now));
  const from = source.snapshots.find((one) => one.name === order.snapshot)?.config ?? source.config;
  const { template: _template, onboot: _onboot, ...settings } = from;
  const disks = Object.fromEntries(Object.entries(fresh).filter(([key]) => ["scsi0", "rootfs", "name", "hostname", "smbios1", "vmgenid", "meta"].includes(key)));
  const net0 = String(settings.net0 ?? "").replace(/[0-9A-F]{2}(:[0-9A-F]{2}){5}/i, freshMac(world, order.vmid));
  guest.config = { ...settings, ...disks, ...(settings.net0 ? { net0 } : {}), ...(order.description ? { description: `${order.description}\n` } : {}) };
  guest.lock = "clone";
  world.guests.set(order.vmid, guest);
  return guest;
}

export async function copyInto(world: World, source: Guest, clone: Guest, worker: Worker, full: boolean): Promise<void> {
  try {
    await withFlock(world, source, worker, async () => {
      const total = source.seed.diskGiB * GIB;
      if (!full) {
        worker.log(`create linked clone of drive scsi0 (${source.seed.storage}:base-${source.vmid}-disk-0)`);
        return worker.sleep(LINK_MS);
      }
      worker.log(`create full clone of drive ${source.kind === "qemu" ? "scsi0" : "rootfs"} (${source.seed.storage}:vm-${source.vmid}-disk-0)`);
      for (let step = 1; step <= 10; step++) {
        await worker.sleep(total / COPY_BYTES_PER_MS / 10);
        worker.log(`transferred ${((total / GIB) * (step / 10)).toFixed(1)} GiB of ${(total / GIB).toFixed(1)} GiB (${(step * 10).toFixed(2)}%)`);
      }
    });
    delete clone.lock;
  } catch (error) {
    world.guests.delete(clone.vmid);
    throw error;
  }
}

export async function destroy(world: World, guest: Guest, worker: Worker, force: boolean): Promise<void> {
  refuseLocked(guest);
  await withFlock(world, guest, worker, async () => {
    // Waited for another destroy of it; the number may be another guest's by now.
    if (world.guests.get(guest.vmid) !== guest)
      throw new Error(`Configuration file 'nodes/${guest.node}/${guest.kind === "qemu" ? "qemu-server" : "lxc"}/${guest.vmid}.conf' does not exist`);
    if (guest.status === "running" && !force) throw new Error(`${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} is running - destroy failed`);
    await worker.sleep(DESTROY_MS);
    worker.log(`Logical volume "vm-${guest.vmid}-disk-0" successfully removed.`);
    world.guests.delete(guest.vmid);
    for (const job of world.replication.filter((one) => one.guest === guest.vmid)) world.replication.splice(world.replication.indexOf(job), 1);
  });
}
