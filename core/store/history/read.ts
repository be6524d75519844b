// Answers how a series went: from the tier that fits the span, its newest part from the finer ones, what is older than ours from what the source told. Bounded in series and points.
import type { Series } from "../../contract/context.ts";
import { type Chunks, tierAt } from "./chunks.ts";
import type { Names } from "./names.ts";
import type { Roll } from "./roll.ts";
import type { Samples } from "./samples.ts";
import { coarser, emptySlots, gathered, lay, type Slots, underlay } from "./slots.ts";
import { floorTo, HISTORY_MINUTES, TIERS } from "./tiers.ts";

const MINUTE_MS = 60_000;
const MOST_SERIES = 2000;
/** Of long spans, by how many chunks each series costs: one answer keeps nobody waiting. */
const [MOST_LONG_SERIES, LEAST_LONG_SERIES, MOST_CHUNKS] = [200, 8, 4000];
const MOST_POINTS = 1500;

/** `max`: the most in each point's stretch, where it is another than its mean. `stepSeconds`: how long each point stands for; absent for readings as they came. */
export interface Told {
  series: Record<string, Series>;
  max?: Record<string, Series>;
  stepSeconds?: number;
}

interface Parts {
  samples: Samples;
  names: Names;
  chunks: Chunks;
  mark: Roll["mark"];
}

/** Steps that are made one point: a finer tier than would be drawn costs little and hides no peak. */
const MOST_JOINED = 6;

/** The finest tier that reaches back so far without costing too much; else the one that reaches back the farthest. */
const choose = (spanMs: number, points: number): number => {
  const found = TIERS.findIndex(({ stepMs, keepMs }) => spanMs <= keepMs && spanMs / stepMs <= points * MOST_JOINED);
  return found < 0 ? TIERS.length - 1 : found;
};

export const createReader = ({ samples, names, chunks, mark }: Parts) => {
  type Raw = ReadonlyMap<string, [number, number][]>;

  /** Own figures of one series, and what the source told where its chunk is not made yet. */
  const slotsOf = (tier: number, series: { id: number; name: string }, fromMs: number, toMs: number, nowMs: number, raw: Raw): Slots => {
    const { stepMs, chunkMs } = tierAt(tier);
    const start = floorTo(fromMs, stepMs);
    const slots = emptySlots(start, stepMs, Math.max(0, Math.ceil((toMs - start) / stepMs)));
    const made = mark(tier, nowMs);
    for (let at = floorTo(start, chunkMs); at < toMs; at += chunkMs) {
      const chunk = chunks.get(tier, at, series.id);
      if (chunk) lay(slots, chunk, true);
    }
    const tailMs = Math.max(made, start);
    if (tailMs < toMs) {
      const tail =
        tier === 0
          ? gathered(raw.get(series.name) ?? [], start, stepMs, slots.mean.length)
          : coarser(slotsOf(tier - 1, series, tailMs, toMs, nowMs, raw), start, stepMs, slots.mean.length);
      lay(slots, tail, true);
    }
    return slots;
  };

  /** With what only a coarser tier knows laid under it. */
  const whole = (tier: number, series: { id: number; name: string }, fromMs: number, toMs: number, nowMs: number, raw: Raw): Slots => {
    const slots = slotsOf(tier, series, fromMs, toMs, nowMs, raw);
    if (tier + 1 < TIERS.length && slots.mean.some((value) => Number.isNaN(value))) underlay(slots, whole(tier + 1, series, fromMs, toMs, nowMs, raw));
    return slots;
  };

  const long = (pattern: string, spanMs: number, nowMs: number, points: number): Told => {
    const tier = choose(spanMs, points);
    const { stepMs, chunkMs } = tierAt(tier);
    const fromMs = nowMs - spanMs;
    const most = Math.max(LEAST_LONG_SERIES, Math.min(MOST_LONG_SERIES, Math.floor(MOST_CHUNKS / (spanMs / chunkMs + 2 * TIERS.length))));
    const step = stepMs * Math.max(1, Math.ceil(spanMs / stepMs / points));
    const raw = samples.matching(pattern, mark(0, nowMs), nowMs + 1, most);
    const known = names.matching(pattern, most);
    const fresh = [...raw.keys()].filter((name) => !known.some((one) => one.name === name)).map((name) => ({ id: 0, name }));
    const told: Required<Told> = { series: {}, max: {}, stepSeconds: step / 1000 };
    for (const one of [...known, ...fresh].slice(0, most)) {
      const fine = whole(tier, one, fromMs, nowMs, nowMs, raw);
      const start = floorTo(fine.fromMs, step);
      const slots = step === stepMs ? fine : coarser(fine, start, step, Math.ceil((nowMs - start) / step));
      const at = (index: number): number => slots.fromMs + index * slots.stepMs + slots.stepMs / 2;
      const [means, mosts]: [Series, Series] = [[], []];
      slots.mean.forEach((value, index) => {
        if (Number.isNaN(value)) return;
        means.push([at(index), rounded(value)]);
        const most = slots.most[index] ?? value;
        if (rounded(most) !== rounded(value)) mosts.push([at(index), rounded(most)]);
      });
      if (means.length > 0) told.series[one.name] = means;
      if (mosts.length > 0) told.max[one.name] = mosts;
    }
    return told;
  };

  return {
    /** Series whose name matches a pattern (`guest/101/*`), oldest point first. A quarter of an hour and less: every reading as it came. */
    history(pattern: string, nowMs: number, minutes: number, points = MOST_POINTS): Told {
      if (minutes <= HISTORY_MINUTES) return { series: Object.fromEntries(samples.matching(pattern, nowMs - minutes * MINUTE_MS, Number.MAX_SAFE_INTEGER, MOST_SERIES)) };
      return long(pattern, minutes * MINUTE_MS, nowMs, points);
    },
  };
};

/** Six digits: what is stored knows no more. */
const rounded = (value: number): number => Number(value.toPrecision(6));
