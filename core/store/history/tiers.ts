// How long figures are kept, and how finely: four tiers, each made from the one before it. Times in ms; a chunk is what one row of one series holds.
const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1000, 60_000, 3_600_000, 86_400_000];

export interface Tier {
  readonly stepMs: number;
  readonly chunkMs: number;
  readonly keepMs: number;
}

/** Each step and each chunk is a whole multiple of the one before, so that a chunk is made of whole chunks. */
export const TIERS: readonly Tier[] = [
  { stepMs: 10 * SECOND_MS, chunkMs: 30 * MINUTE_MS, keepMs: 2 * DAY_MS },
  { stepMs: MINUTE_MS, chunkMs: 4 * HOUR_MS, keepMs: 14 * DAY_MS },
  { stepMs: 10 * MINUTE_MS, chunkMs: 2 * DAY_MS, keepMs: 90 * DAY_MS },
  { stepMs: HOUR_MS, chunkMs: 8 * DAY_MS, keepMs: 730 * DAY_MS },
];

/** Every reading as it came, for so long at least: what a scene and a diagnosis look at. */
export const HISTORY_MINUTES = 15;

export const floorTo = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;

/** The coarsest tier whose step is not longer than `stepMs`; undefined for what is finer than all. */
export const tierFor = (stepMs: number): number | undefined => {
  const found = TIERS.findLastIndex((tier) => tier.stepMs <= stepMs);
  return found < 0 ? undefined : found;
};
