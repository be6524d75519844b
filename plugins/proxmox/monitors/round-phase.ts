// Where in the 10 s round each node's pvestatd tells its numbers, and where one reading then finds them youngest over all nodes. Pure.

/** How often pvestatd measures (pve-manager, `$updatetime`). */
export const ROUND_MS = 10_000;
/** Readings at so many different seconds of the round show where the numbers change, to within the widest gap between them. */
const SECONDS_NEEDED = 9;

/** One reading of one node: when it was taken (epoch ms, ours), and the uptime that was told. */
export interface Seen {
  readonly atMs: number;
  readonly uptimeSeconds: number;
}

const within = (ms: number): number => ((ms % ROUND_MS) + ROUND_MS) % ROUND_MS;

/** How old numbers told at `phaseMs` of each round are at `offsetMs` of it. */
export const ageAt = (offsetMs: number, phaseMs: number): number => within(offsetMs - phaseMs);

/**
 * The phase, from readings taken at different places of the round. The uptime in an answer is that of the round it comes from, so reading time less uptime is
 * the boot plus the age of the numbers: where that is least they were fresh. Undefined while too few places have been tried.
 */
export const phaseOf = (seen: readonly Seen[]): number | undefined => {
  const tried = new Set(seen.map(({ atMs }) => Math.floor(within(atMs) / 1000)));
  if (tried.size < SECONDS_NEEDED) return undefined;
  const youngest = seen.reduce((best, one) => (one.atMs - one.uptimeSeconds * 1000 < best.atMs - best.uptimeSeconds * 1000 ? one : best));
  return within(youngest.atMs);
};

/** The phase of a round told by its second (of the server's clock). `aheadMs`: how far the server's clock, as it tells it, is ahead of ours. */
export const phaseTold = (timestampSeconds: number, aheadMs: number): number => within(timestampSeconds * 1000 - aheadMs);

export interface Place {
  /** Milliseconds after each whole round at which to read. */
  readonly offsetMs: number;
  /** How old the numbers are then, on average over the nodes. */
  readonly meanAgeMs: number;
  /** The phase it follows. */
  readonly phaseMs: number;
}

/** `marginMs`: how long after a phase its numbers surely are there; it is no part of the choice, lest another node be met in its margin. Undefined without phases. */
export const bestPlace = (phases: readonly number[], marginMs: number): Place | undefined => {
  const agesAt = (offsetMs: number): number[] => phases.map((phase) => ageAt(offsetMs, phase));
  const meanOf = (ages: readonly number[]): number => ages.reduce((sum, age) => sum + age, 0) / ages.length;
  const rated = phases.map((phaseMs) => {
    const ages = agesAt(phaseMs);
    return { phaseMs, mean: meanOf(ages), oldest: Math.max(...ages) };
  });
  const [best] = rated.sort((a, b) => a.mean - b.mean || a.oldest - b.oldest || a.phaseMs - b.phaseMs);
  if (!best) return undefined;
  const offsetMs = within(best.phaseMs + marginMs);
  return { offsetMs, meanAgeMs: meanOf(agesAt(offsetMs)), phaseMs: best.phaseMs };
};

/** The next place to try while phases are not known: a little earlier each round, so that all of it is seen in eleven. */
export const nextTry = (lastMs: number): number => within(lastMs - 950);
