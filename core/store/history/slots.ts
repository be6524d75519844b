// A stretch of one series as equal slots: mean, least and most of each, NaN where nothing is known. Pure; a gap is never filled with a guess.

/** Slot `i` covers `fromMs + i * stepMs` up to the next. All three arrays have the same length. */
export interface Slots {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly mean: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

export const emptySlots = (fromMs: number, stepMs: number, count: number): Slots => ({
  fromMs,
  stepMs,
  mean: new Float64Array(count).fill(Number.NaN),
  least: new Float64Array(count).fill(Number.NaN),
  most: new Float64Array(count).fill(Number.NaN),
});

/** Values as they came, averaged where several fall into one slot; what lies outside is left out. */
export const gathered = (points: readonly (readonly [atMs: number, value: number])[], fromMs: number, stepMs: number, count: number): Slots => {
  const slots = emptySlots(fromMs, stepMs, count);
  const counts = new Uint32Array(count);
  for (const [atMs, value] of points) {
    const at = Math.floor((atMs - fromMs) / stepMs);
    if (at < 0 || at >= count || !Number.isFinite(value)) continue;
    const seen = counts[at] ?? 0;
    slots.mean[at] = seen === 0 ? value : ((slots.mean[at] ?? 0) * seen + value) / (seen + 1);
    slots.least[at] = seen === 0 ? value : Math.min(slots.least[at] ?? value, value);
    slots.most[at] = seen === 0 ? value : Math.max(slots.most[at] ?? value, value);
    counts[at] = seen + 1;
  }
  return slots;
};

/** The same stretch in coarser slots: the mean of the known means, the least of the least, the most of the most. `stepMs`: a multiple of the finer step. */
export const coarser = (fine: Slots, fromMs: number, stepMs: number, count: number): Slots => {
  const slots = emptySlots(fromMs, stepMs, count);
  const known = new Uint32Array(count);
  for (let i = 0; i < fine.mean.length; i += 1) {
    const value = fine.mean[i] ?? Number.NaN;
    const at = Math.floor((fine.fromMs + i * fine.stepMs - fromMs) / stepMs);
    if (Number.isNaN(value) || at < 0 || at >= count) continue;
    const seen = known[at] ?? 0;
    slots.mean[at] = seen === 0 ? value : (slots.mean[at] ?? 0) + (value - (slots.mean[at] ?? 0)) / (seen + 1);
    slots.least[at] = seen === 0 ? (fine.least[i] ?? value) : Math.min(slots.least[at] ?? value, fine.least[i] ?? value);
    slots.most[at] = seen === 0 ? (fine.most[i] ?? value) : Math.max(slots.most[at] ?? value, fine.most[i] ?? value);
    known[at] = seen + 1;
  }
  return slots;
};

/** Writes what `from` knows into `into` (of the same step), where that knows nothing, or everywhere when it `wins`. */
export const lay = (into: Slots, from: Slots, wins: boolean): void => {
  const shift = Math.round((from.fromMs - into.fromMs) / into.stepMs);
  for (let i = 0; i < from.mean.length; i += 1) {
    const at = i + shift;
    if (at < 0 || at >= into.mean.length || Number.isNaN(from.mean[i])) continue;
    if (!wins && !Number.isNaN(into.mean[at])) continue;
    into.mean[at] = from.mean[i] ?? Number.NaN;
    into.least[at] = from.least[i] ?? Number.NaN;
    into.most[at] = from.most[i] ?? Number.NaN;
  }
};

/** A coarse slot under which nothing finer is known fills all its finer slots: such a one was told by the source, it is not the mean of ours. */
export const underlay = (into: Slots, coarse: Slots): void => {
  const each = Math.round(coarse.stepMs / into.stepMs);
  for (let i = 0; i < coarse.mean.length; i += 1) {
    const first = Math.round((coarse.fromMs + i * coarse.stepMs - into.fromMs) / into.stepMs);
    const [from, to] = [Math.max(0, first), Math.min(into.mean.length, first + each)];
    if (Number.isNaN(coarse.mean[i]) || from >= to || into.mean.subarray(from, to).some((value) => !Number.isNaN(value))) continue;
    into.mean.fill(coarse.mean[i] ?? Number.NaN, from, to);
    into.least.fill(coarse.least[i] ?? Number.NaN, from, to);
    into.most.fill(coarse.most[i] ?? Number.NaN, from, to);
  }
};
