// A series as a path and as words. A pause longer than a few readings is a gap. Pure.

export type Point = readonly [atMs: number, value: number];

const WIDE = 300;
const TALL = 60;
const LEAST_TOP = 12;

const medianStep = (points: readonly Point[]): number => {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
};

/** Pieces without a gap in them. */
export const pieces = (points: readonly Point[]): Point[][] => {
  const most = Math.max(30_000, medianStep(points) * 3.5);
  const all: Point[][] = [];
  for (const point of points) {
    const last = all.at(-1);
    const before = last?.at(-1);
    if (last && before && point[0] - before[0] <= most) last.push(point);
    else all.push([point]);
  }
  return all;
};

/** The top is 100 unless all is low, then somewhat above the highest. */
export const topOf = (points: readonly Point[]): number => {
  const highest = points.reduce((most, [, value]) => Math.max(most, value), LEAST_TOP);
  return highest > 50 ? 100 : highest * 1.6;
};

/** On 300 by 60. */
export const pathOf = (points: readonly Point[], from: number, to: number, shownTop?: number): { line: string; area: string } => {
  const shown = points.filter(([at]) => at >= from && at <= to + 5000);
  const top = shownTop ?? topOf(shown);
  const x = (at: number): string => (((at - from) / (to - from)) * WIDE).toFixed(1);
  const y = (value: number): string => (TALL - 2 - (Math.min(value, top) / top) * (TALL - 6)).toFixed(1);
  const lines = pieces(shown).map((piece) => ({
    line: piece.map(([at, value], index) => `${index === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("") + (piece.length === 1 ? "h1" : ""),
    first: x(piece[0]?.[0] ?? from),
    last: x(piece.at(-1)?.[0] ?? from),
  }));
  return { line: lines.map(({ line }) => line).join(""), area: lines.map(({ line, first, last }) => `${line.replace(/h1$/, "")}L${last} ${TALL}L${first} ${TALL}Z`).join("") };
};

/** "rising, 62 to 91 percent". */
export const summaryOf = (points: readonly Point[], unit = "percent"): string => {
  const values = points.map(([, value]) => value);
  if (values.length === 0) return "no data yet";
  const third = Math.max(1, Math.floor(values.length / 3));
  const mean = (part: number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
  const drift = mean(values.slice(-third)) - mean(values.slice(0, third));
  const word = Math.abs(drift) < 3 ? "steady" : drift > 0 ? "rising" : "falling";
  return `${word}, ${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))} ${unit}`;
};
