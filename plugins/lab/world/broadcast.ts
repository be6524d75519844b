// pvestatd: every node measures itself, its guests and storages every 10 s at a phase of its own and tells the others; /cluster/resources shows these numbers, not newer ones.
import { guestsOn, loadOf, nodeLoadOf } from "./load.ts";
import { runs } from "./machine/services.ts";
import { GIB, type Guest, MIB, type Node, type Storage, type World } from "./state.ts";
import { hasStorage, isActive, usageOf } from "./storage.ts";

export const ROUND_MS = 10_000;

/** `running`, `stopped`, `paused`, or what QEMU says is wrong. */
export const qmpStatusOf = (guest: Guest): string => (guest.status === "running" ? (guest.qmp ?? (guest.paused ? "paused" : "running")) : "stopped");

export const guestId = (guest: Guest): string => `${guest.kind}/${guest.vmid}`;

function guestEntry(world: World, guest: Guest): Record<string, unknown> {
  const load = loadOf(world, guest);
  return {
    name: guest.config.name ?? guest.config.hostname ?? guest.seed.name,
    status: qmpStatusOf(guest),
    uptime: load.uptimeSeconds,
    cpu: load.cpu,
    maxcpu: guest.seed.cores,
    mem: load.memBytes,
    maxmem: guest.seed.memoryMiB * MIB,
    disk: load.diskBytes,
    maxdisk: Math.floor(guest.seed.diskGiB * GIB),
    netin: load.netin,
    netout: load.netout,
    diskread: load.diskread,
    diskwrite: load.diskwrite,
    ...(world.dialect === "9.1" ? { memhost: Math.floor(load.memBytes * 1.04) } : {}),
  };
}

function nodeEntry(world: World, node: Node, mine: readonly Guest[]): Record<string, unknown> {
  const load = nodeLoadOf(world, node, world.clock.now(), mine);
  return {
    uptime: load.uptimeSeconds,
    cpu: load.cpu,
    maxcpu: node.seed.cpus,
    mem: load.memBytes,
    maxmem: Math.floor(node.seed.memoryGiB * 0.985 * GIB),
    disk: load.rootBytes,
    maxdisk: Math.floor(node.seed.rootGiB * GIB),
    "cgroup-mode": 2,
  };
}

const storageEntry = (world: World, storage: Storage, node: string): Record<string, unknown> => {
  const { used, total } = usageOf(world, storage, node);
  return { disk: used, maxdisk: total };
};

/** One hanging mount holds up the whole round; a node that is off or whose pvestatd does not run tells nothing either. */
const stuck = (world: World, node: Node): boolean =>
  node.power !== "on" || !runs(node.machine, "pvestatd") || world.storages.some((storage) => storage.hangsOn.has(node.name) && hasStorage(storage, node.name));

export function measure(world: World, node: Node): void {
  if (stuck(world, node)) return;
  const mine = guestsOn(world, node.name);
  const entries = new Map<string, Record<string, unknown>>([[`node/${node.name}`, nodeEntry(world, node, mine)]]);
  for (const guest of mine) entries.set(guestId(guest), guestEntry(world, guest));
  for (const storage of world.storages) {
    if (hasStorage(storage, node.name) && isActive(storage, node.name)) entries.set(`storage/${node.name}/${storage.name}`, storageEntry(world, storage, node.name));
  }
  world.broadcasts.set(node.name, { at: world.clock.now(), entries });
}

/** Starts every node's rounds; each has told something before the first call is answered. */
export function startBroadcasts(world: World): () => void {
  const stops = [...world.nodes.values()].map((node) => {
    measure(world, node);
    return world.clock.every(ROUND_MS, () => measure(world, node), node.phaseMs);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
