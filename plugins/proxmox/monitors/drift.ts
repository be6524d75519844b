// How far each node's clock is from what most of them show, and how exactly that is known: the measuring of both sides counts. Pure.

/** Ahead of ours by so much, known to so much; ms. */
export interface Measured {
  readonly offsetMs: number;
  readonly exactToMs: number;
}

/** Fewer nodes than this have no majority of clocks; ours decides then. */
const ENOUGH_CLOCKS = 3;
const OURS: Measured = { offsetMs: 0, exactToMs: 0 };

/** Of an even count the lower middle, so that it always is one of them, however far one of them runs away. */
const middleOf = (clocks: readonly Measured[]): Measured => [...clocks].sort((a, b) => a.offsetMs - b.offsetMs)[Math.floor((clocks.length - 1) / 2)] ?? OURS;

const tenths = (ms: number): number => Math.round(ms / 100) / 10;

export const driftsOf = (clocks: ReadonlyMap<string, Measured>): Map<string, { driftSeconds: number; exactToSeconds: number }> => {
  const all = [...clocks.values()];
  const middle = all.length >= ENOUGH_CLOCKS ? middleOf(all) : OURS;
  return new Map(
    [...clocks].map(([name, own]) => [
      name,
      { driftSeconds: tenths(own.offsetMs - middle.offsetMs), exactToSeconds: tenths(own === middle ? own.exactToMs : own.exactToMs + middle.exactToMs) },
    ]),
  );
};
