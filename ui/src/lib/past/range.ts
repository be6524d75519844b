// The past of one resource as charts: which stretches may be chosen, what is asked for them, and the answer as percent of the resource's own limits. Pure.
import type { Params, Result } from "$contract/wire.ts";
import type { Point } from "../format/trend.ts";

export interface Range {
  id: string;
  /** On the button, and before "ago". */
  title: string;
  minutes: number;
}

export const RANGES: readonly Range[] = [
  { id: "quarter", title: "15 min", minutes: 15 },
  { id: "hour", title: "1 h", minutes: 60 },
  { id: "day", title: "1 d", minutes: 1440 },
  { id: "week", title: "1 w", minutes: 7 * 1440 },
  { id: "year", title: "1 y", minutes: 365 * 1440 },
];

/** As many as a chart of that width can show. */
const POINTS = 300;
const LEAST_STEP_MS = 10_000;

export const wantedOf = (id: string, { minutes }: Range): Params<"history.get"> => ({ series: `${id}/*`, minutes, points: POINTS });

/** How long an answer is good for: until its newest step is a new one. */
export const freshMs = ({ minutes }: Range): number => Math.max(LEAST_STEP_MS, (minutes * 60_000) / POINTS);

export interface Limits {
  memoryTotalBytes?: number | undefined;
  diskTotalBytes?: number | undefined;
}

export interface Chart {
  title: string;
  points: readonly Point[];
  /** The most of each step, where it is known to be above the mean. */
  peaks: readonly Point[];
}

/** What is charted, in the order of the sheet's bars. */
const FIGURES: readonly { title: string; name: string; whole: (limits: Limits) => number | undefined }[] = [
  { title: "CPU", name: "cpuPercent", whole: () => 100 },
  { title: "Memory", name: "memoryBytes", whole: ({ memoryTotalBytes }) => memoryTotalBytes },
  { title: "Disk", name: "diskBytes", whole: ({ diskTotalBytes }) => diskTotalBytes },
];

/** Those of which anything is known. What has no limit of its own has no percent. */
export const chartsOf = (id: string, limits: Limits, { series, max }: Result<"history.get">): Chart[] =>
  FIGURES.flatMap(({ title, name, whole }) => {
    const [full, points] = [whole(limits), series[`${id}/${name}`]];
    if (full === undefined || full <= 0 || points === undefined || points.length === 0) return [];
    const percent = (all: readonly Point[]): Point[] => all.map(([at, value]) => [at, (100 * value) / full]);
    const most = new Map(max?.[`${id}/${name}`]);
    const peaks = most.size === 0 ? [] : percent(points.map(([at, value]): Point => [at, most.get(at) ?? value]));
    return [{ title, points: percent(points), peaks }];
  });

/** Where the charts begin: where the knowledge does when that is less than half of the stretch, so that a young house has no empty half. */
export const beginOf = (charts: readonly Chart[], from: number, to: number): number => {
  const first = charts.reduce((least, { points }) => Math.min(least, points[0]?.[0] ?? least), to);
  return first - from > (to - from) / 2 && first < to ? first : from;
};

/** "mean 23 %, peak 61 %" */
export const wordsOf = ({ points, peaks }: Chart): string => {
  const mean = points.reduce((sum, [, value]) => sum + value, 0) / points.length;
  const peak = [...points, ...peaks].reduce((most, [, value]) => Math.max(most, value), 0);
  return `mean ${Math.round(mean)} %, peak ${Math.round(peak)} %`;
};
