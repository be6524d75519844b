// How busy things are at a moment: smooth, seeded functions of time, so that any two readers agree and counters never fall. A strain (world/state.ts) bends them from its beginning on.
import { GIB, type Guest, type GuestStrain, MIB, type Node, seconds, type World } from "./state.ts";
import { counter, traitsOf, wave } from "./traits.ts";

/** Since when it had been running at that moment; undefined when it was down. */
export function runningSince(guest: Guest, at: number): number | undefined {
  if (guest.status === "running" && guest.startedAt > 0 && at >= guest.startedAt) return guest.startedAt;
  return guest.past.find((span) => at >= span.from && at < span.to)?.from;
}

/** Since when a node had been up at that moment. */
export const upSince = (node: Node, at: number): number | undefined => (at >= node.bootedAt ? node.bootedAt : node.past.find((span) => at >= span.from && at < span.to)?.from);

const standing = <T extends { since: number }>(strain: T | undefined, at: number): T | undefined => (strain && at >= strain.since ? strain : undefined);

export interface Pressure {
  cpuSome: number;
  ioSome: number;
  ioFull: number;
  memorySome: number;
  memoryFull: number;
}

const CALM: Pressure = { cpuSome: 0, ioSome: 0, ioFull: 0, memorySome: 0, memoryFull: 0 };

export interface GuestLoad {
  cpu: number;
  memBytes: number;
  diskBytes: number;
  netin: number;
  netout: number;
  diskread: number;
  diskwrite: number;
  uptimeSeconds: number;
  pressure: Pressure;
}

const IDLE: GuestLoad = { cpu: 0, memBytes: 0, diskBytes: 0, netin: 0, netout: 0, diskread: 0, diskwrite: 0, uptimeSeconds: 0, pressure: CALM };

function countersOf(world: World, guest: Guest, at: number, since: number, strain: GuestStrain | undefined) {
  const traits = traitsOf(guest, world.seed, `guest/${guest.vmid}`);
  const uptime = (at - since) / 1000;
  /** What stands still keeps what it had when the strain began. */
  const until = (isStill: boolean): number => (strain && isStill ? Math.max(0, Math.min(at, strain.since) - since) / 1000 : uptime);
  const heard = until(strain?.mute === true);
  const strained = strain ? (at - Math.max(strain.since, since)) / 1000 : 0;
  const count = (what: string, share: number, over: number): number => counter(world.seed, traits, what, over, traits.scale * share * (0.3 + guest.seed.cpu * 8));
  return {
    netin: count("netin", 1, heard),
    netout: count("netout", 0.7, heard),
    diskread: count("diskread", 1.4, until(strain?.diskReadBytesPerSecond === 0)) + Math.floor((strain?.diskReadBytesPerSecond ?? 0) * strained),
    diskwrite: count("diskwrite", 2.1, until(strain?.diskWriteBytesPerSecond === 0)) + Math.floor((strain?.diskWriteBytesPerSecond ?? 0) * strained),
  };
}

export function loadOf(world: World, guest: Guest, at = world.clock.now()): GuestLoad {
  const since = runningSince(guest, at);
  if (since === undefined) return IDLE;
  const traits = traitsOf(guest, world.seed, `guest/${guest.vmid}`);
  const strain = standing(guest.strain, at);
  const diskShare = strain?.diskShare ?? 0.2 + 0.5 * traits.disk;
  const uptime = (at - since) / 1000;
  const warm = Math.min(1, 0.35 + uptime / 180);
  const busy = wave(world.seed, traits, at);
  const boot = uptime < 40 ? 0.35 * (1 - uptime / 40) : 0;
  const usual = Math.min(0.97, guest.seed.memory * warm * (0.96 + 0.08 * busy));
  return {
    cpu: guest.paused || guest.qmp ? 0 : (strain?.cpu ?? Math.min(1, guest.seed.cpu * (0.4 + 1.2 * busy) + boot)),
    memBytes: Math.floor(guest.seed.memoryMiB * MIB * (strain?.memoryShare ?? usual)),
    diskBytes: guest.kind === "lxc" ? Math.floor(diskShare * guest.seed.diskGiB * GIB) : 0,
    ...countersOf(world, guest, at, since, strain),
    uptimeSeconds: Math.floor(uptime),
    pressure: { ...CALM, ...strain?.pressure },
  };
}

export interface NodeLoad {
  cpu: number;
  memBytes: number;
  rootBytes: number;
  swapBytes: number;
  uptimeSeconds: number;
  wait: number;
  load: [number, number, number];
  netin: number;
  netout: number;
  pressure: Pressure;
}

export const SWAP_BYTES = 8 * GIB;

export const guestsOn = (world: World, node: string): Guest[] => [...world.guests.values()].filter((guest) => guest.node === node);

/** Bytes since boot through the node's own cards. */
export function nodeTrafficOf(world: World, node: Node, at: number): { netin: number; netout: number } {
  const traits = traitsOf(node, world.seed, `node/${node.name}`);
  const uptime = (at - (upSince(node, at) ?? node.bootedAt)) / 1000;
  return { netin: counter(world.seed, traits, "netin", uptime, 90_000), netout: counter(world.seed, traits, "netout", uptime, 70_000) };
}

/** `mine` spares a search where many moments of one node are asked for. */
export function nodeLoadOf(world: World, node: Node, at = world.clock.now(), mine: readonly Guest[] = guestsOn(world, node.name)): NodeLoad {
  const traits = traitsOf(node, world.seed, `node/${node.name}`);
  const strain = standing(node.machine.strain, at);
  let cores = node.seed.baseCpu * node.seed.cpus * (0.6 + 0.8 * wave(world.seed, traits, at));
  let memory = node.seed.baseMemoryGiB * GIB;
  for (const guest of mine) {
    const load = loadOf(world, guest, at);
    cores += load.cpu * guest.seed.cores;
    memory += load.memBytes;
  }
  const total = node.seed.memoryGiB * 0.985 * GIB;
  const cpu = strain?.cpu ?? Math.min(0.99, cores / node.seed.cpus);
  const burst = strain?.load ?? cores * (0.85 + 0.3 * wave(world.seed, traits, at, "/load"));
  return {
    cpu,
    memBytes: Math.floor(strain?.memoryShare === undefined ? Math.min(total, memory) : total * strain.memoryShare),
    rootBytes: Math.floor(node.seed.rootGiB * GIB * (strain?.rootShare ?? 0.18 + 0.2 * traits.disk)),
    swapBytes: Math.floor(SWAP_BYTES * (strain?.swapShare ?? 0.01)),
    uptimeSeconds: seconds(at - node.bootedAt),
    wait: strain?.wait ?? 0.004 * wave(world.seed, traits, at, "/wait"),
    load: strain?.load === undefined ? [burst, cores * 0.98 + 0.02, cores * 0.95 + 0.03] : [burst, burst, burst],
    ...nodeTrafficOf(world, node, at),
    pressure: { ...CALM, ...strain?.pressure },
  };
}
