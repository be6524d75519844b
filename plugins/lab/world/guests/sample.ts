// A guest's processor share as one of a node's three API workers reckons it: from its own last sample, so that the first answer of each is 0 and two within a second are the same. pvestatd, which samples steadily, is not asked here.
import type { Guest, World } from "../state.ts";

const WORKERS = 3;
const LEAST_GAP_MS = 1_000;

interface Sample {
  startedAt: number;
  at: number;
  cpu: number;
}

interface Workers {
  turn: number;
  samples: Map<string, Sample>;
}

const kept = new WeakMap<World, Map<string, Workers>>();

/** The worker that takes a node's next call, as a way to sample a guest. */
export function nextWorker(world: World, node: string): (guest: Guest, cpu: number) => number {
  const nodes = kept.get(world) ?? new Map<string, Workers>();
  kept.set(world, nodes);
  const workers = nodes.get(node) ?? { turn: 0, samples: new Map() };
  nodes.set(node, workers);
  workers.turn = (workers.turn + 1) % WORKERS;
  const { turn, samples } = workers;
  return ({ vmid, startedAt, status }, cpu) => {
    const [key, now] = [`${turn}/${vmid}`, world.clock.now()];
    if (status !== "running") {
      samples.delete(key);
      return 0;
    }
    const last = samples.get(key);
    if (last?.startedAt === startedAt && now - last.at < LEAST_GAP_MS) return last.cpu;
    const seen = last?.startedAt === startedAt ? cpu : 0;
    samples.set(key, { startedAt, at: now, cpu: seen });
    return seen;
  };
}
