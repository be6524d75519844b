// What came of one check or test file, and the sum of many. Pure.

export interface Outcome {
  /** A check's name or a test file's path. */
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of the skipped tests. */
  readonly skips: readonly string[];
  readonly seconds: number;
  /** What it said; shown when something failed. */
  readonly words: string;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const sum = (outcomes: readonly Outcome[]): Totals =>
  outcomes.reduce<Totals>((total, one) => ({ passed: total.passed + one.passed, failed: total.failed + one.failed, skipped: total.skipped + one.skipped }), {
    passed: 0,
    failed: 0,
    skipped: 0,
  });

/** The last line of every run; scripts read it. */
export const lastLine = (totals: Totals): string => `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`;

export const outcomeLine = (one: Outcome): string => {
  const counts = [`${one.passed} passed`, ...(one.failed > 0 ? [`${one.failed} FAILED`] : []), ...(one.skipped > 0 ? [`${one.skipped} skipped`] : [])].join(", ");
  return `  ${one.failed > 0 ? "FAIL" : "ok  "} ${one.name.padEnd(56)} ${counts}  (${one.seconds.toFixed(1)} s)`;
};

/** The files that took longest, longest first: where time is to be won. */
export const slowestLines = (outcomes: readonly Outcome[], most: number): string[] =>
  outcomes
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, most)
    .map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${name}`);
