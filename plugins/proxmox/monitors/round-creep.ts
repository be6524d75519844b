// Brings the readings nearer to the round they follow: a little earlier each time until one comes too early, then back; and later whenever the round has drifted past them.
import type { Answer } from "../client/memory.ts";
import { ROUND_MS } from "./round-phase.ts";

const STEP_MS = 150;
/** A reading that came too early is followed by one so much later; the round itself wavers a little. */
const BACK_MS = 350;
/** Told phases may be so far off, in both directions. */
const FURTHEST_MS = 2200;

export interface Creep {
  /** The node whose numbers are looked at. */
  follow(node: string | undefined): void;
  observe(answer: Answer): void;
  /** How much earlier than the margin says; negative is later. */
  earlierMs(): number;
  restart(): void;
}

export const createCreep = (): Creep => {
  let node: string | undefined;
  let earlier = 0;
  let creeping = true;
  let youngest = Number.POSITIVE_INFINITY;

  const restart = (): void => {
    earlier = 0;
    creeping = true;
    youngest = Number.POSITIVE_INFINITY;
  };

  return {
    follow(leader) {
      node = leader;
    },
    observe({ at, entries }) {
      const entry = entries.find((one) => one.type === "node" && one.node === node);
      if (entry?.uptime === undefined || entry.uptime <= 0) return;
      // Reading time less uptime is the boot plus the age of the numbers: a whole round more than the least is a reading before the round.
      const age = at - entry.uptime * 1000;
      if (Math.abs(age - youngest) > 3 * ROUND_MS) youngest = age;
      youngest = Math.min(youngest, age);
      const tooEarly = age - youngest > ROUND_MS / 2;
      if (tooEarly) creeping = false;
      if (tooEarly) earlier = Math.max(-FURTHEST_MS, earlier - BACK_MS);
      else if (creeping && earlier + STEP_MS <= FURTHEST_MS) earlier += STEP_MS;
      else creeping = false;
    },
    earlierMs: () => earlier,
    restart,
  };
};
