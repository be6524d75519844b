// How long to wait before the next try: doubling, capped, spread out so that many screens do not come back at once. Pure.

const FIRST_MS = 500;
const MOST_MS = 15_000;

/** `random`: 0 to 1. Between half and all of the step. */
export const backoffMs = (tries: number, random: number): number => {
  const step = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(step * (0.5 + random / 2));
};
