// How busy things are at a moment: smooth, seeded functions of time, so that any two readers agree and counters never fall.
import { steady } from "../random.ts";
import { GIB, type Guest, MIB, type Node, seconds, type World } from "./state.ts";

const SLOW_S = 5_400;
const FAST_S = 47;
const TURN = 2 * Math.PI;

/** A wave between 0 and 1 around 0.5, with a grain that changes every 10 s. */
function wave(seed: number, label: string, at: number): number {
  const time = at / 1000;
  const slow = Math.sin(TURN * (time / SLOW_S + steady(seed, `${label}/slow`)));
  const fast = Math.sin(TURN * (time / FAST_S + steady(seed, `${label}/fast`)));
  const grain = steady(seed, `${label}/${Math.floor(time / 10)}`) - 0.5;
  return Math.min(1, Math.max(0, 0.5 + 0.25 * slow + 0.12 * fast + 0.3 * grain));
}

const aliveAt = (guest: Guest, at: number): boolean => guest.status === "running" && guest.startedAt > 0 && at >= guest.startedAt;

export interface GuestLoad {
  cpu: number;
  memBytes: number;
  diskBytes: number;
  netin: number;
  netout: number;
  diskread: number;
  diskwrite: number;
  uptimeSeconds: number;
}

const IDLE: GuestLoad = { cpu: 0, memBytes: 0, diskBytes: 0, netin: 0, netout: 0, diskread: 0, diskwrite: 0, uptimeSeconds: 0 };

/** Bytes since the start: the integral of a rate that swings by half around its mean. */
function counter(seed: number, label: string, uptimeSeconds: number, meanPerSecond: number): number {
  const turns = TURN / SLOW_S;
  const offset = TURN * steady(seed, `${label}/phase`);
  const swing = (Math.cos(offset) - Math.cos(turns * uptimeSeconds + offset)) / (2 * turns);
  return Math.max(0, Math.floor(meanPerSecond * (uptimeSeconds + swing)));
}

export function loadOf(world: World, guest: Guest, at = world.clock.now()): GuestLoad {
  const diskUsed = (0.2 + 0.5 * steady(world.seed, `${guest.vmid}/disk`)) * guest.seed.diskGiB * GIB;
  const diskBytes = guest.kind === "lxc" ? Math.floor(diskUsed) : 0;
  if (!aliveAt(guest, at)) return IDLE;
  const label = `guest/${guest.vmid}`;
  const uptime = (at - guest.startedAt) / 1000;
  const warm = Math.min(1, 0.35 + uptime / 180);
  const busy = wave(world.seed, label, at);
  const boot = uptime < 40 ? 0.35 * (1 - uptime / 40) : 0;
  const scale = 2_000 + 60_000 * steady(world.seed, `${label}/traffic`);
  const count = (what: string, share: number): number => counter(world.seed, `${label}/${what}`, uptime, scale * share * (0.3 + guest.seed.cpu * 8));
  return {
    cpu: guest.paused ? 0 : Math.min(1, guest.seed.cpu * (0.4 + 1.2 * busy) + boot),
    memBytes: Math.floor(guest.seed.memoryMiB * MIB * Math.min(0.97, guest.seed.memory * warm * (0.96 + 0.08 * busy))),
    diskBytes,
    netin: count("netin", 1),
    netout: count("netout", 0.7),
    diskread: count("diskread", 1.4),
    diskwrite: count("diskwrite", 2.1),
    uptimeSeconds: Math.floor(uptime),
  };
}

export interface NodeLoad {
  cpu: number;
  memBytes: number;
  rootBytes: number;
  uptimeSeconds: number;
  wait: number;
  load: [number, number, number];
  netin: number;
  netout: number;
}

export function nodeLoadOf(world: World, node: Node, at = world.clock.now()): NodeLoad {
  const label = `node/${node.name}`;
  let cores = node.seed.baseCpu * node.seed.cpus * (0.6 + 0.8 * wave(world.seed, label, at));
  let memory = node.seed.baseMemoryGiB * GIB;
  for (const guest of world.guests.values()) {
    if (guest.node !== node.name) continue;
    const load = loadOf(world, guest, at);
    cores += load.cpu * guest.seed.cores;
    memory += load.memBytes;
  }
  const uptime = (at - node.bootedAt) / 1000;
  const cpu = Math.min(0.99, cores / node.seed.cpus);
  const burst = cores * (0.85 + 0.3 * wave(world.seed, `${label}/load`, at));
  return {
    cpu,
    memBytes: Math.floor(Math.min(node.seed.memoryGiB * 0.985 * GIB, memory)),
    rootBytes: Math.floor(node.seed.rootGiB * GIB * (0.18 + 0.2 * steady(world.seed, `${label}/root`))),
    uptimeSeconds: seconds(at - node.bootedAt),
    wait: 0.004 * wave(world.seed, `${label}/wait`, at),
    load: [burst, cores * 0.98 + 0.02, cores * 0.95 + 0.03],
    netin: counter(world.seed, `${label}/netin`, uptime, 90_000),
    netout: counter(world.seed, `${label}/netout`, uptime, 70_000),
  };
}
