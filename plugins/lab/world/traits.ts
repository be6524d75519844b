// What is steady about a guest or node: the phases and scales its waves are made of, computed once from the seed and kept, as a fleet asks for them a million times.
import { steady } from "../random.ts";

export interface Traits {
  label: string;
  slow: number;
  fast: number;
  scale: number;
  disk: number;
  phases: Map<string, number>;
}

const TURN = 2 * Math.PI;
const SLOW_S = 5_400;
const FAST_S = 47;
const GRAIN_S = 10;

const kept = new WeakMap<object, Traits>();

export function traitsOf(owner: object, seed: number, label: string): Traits {
  const known = kept.get(owner);
  if (known?.label === label) return known;
  const traits = {
    label,
    slow: steady(seed, `${label}/slow`),
    fast: steady(seed, `${label}/fast`),
    scale: 2_000 + 60_000 * steady(seed, `${label}/traffic`),
    disk: steady(seed, `${label}/disk`),
    phases: new Map<string, number>(),
  };
  kept.set(owner, traits);
  return traits;
}

/** A wave between 0 and 1 around 0.5, with a grain that changes every 10 s. */
export function wave(seed: number, { label, slow, fast }: Traits, at: number, what = ""): number {
  const time = at / 1000;
  const swing = Math.sin(TURN * (time / SLOW_S + slow)) * 0.25 + Math.sin(TURN * (time / FAST_S + fast)) * 0.12;
  const grain = steady(seed, `${label}${what}/${Math.floor(time / GRAIN_S)}`) - 0.5;
  return Math.min(1, Math.max(0, 0.5 + swing + 0.3 * grain));
}

/** Bytes since the start: the integral of a rate that swings by half around its mean. */
export function counter(seed: number, { label, phases }: Traits, what: string, uptimeSeconds: number, meanPerSecond: number): number {
  let offset = phases.get(what);
  if (offset === undefined) {
    offset = TURN * steady(seed, `${label}/${what}/phase`);
    phases.set(what, offset);
  }
  const turns = TURN / SLOW_S;
  const swing = (Math.cos(offset) - Math.cos(turns * uptimeSeconds + offset)) / (2 * turns);
  return Math.max(0, Math.floor(meanPerSecond * (uptimeSeconds + swing)));
}
