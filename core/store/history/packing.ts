// Slots as bytes: one or two bytes a value between the least and the most of its column, a bit each for gaps. The error is at most a thousandth of the largest value. Refuses what it did not write.
import { emptySlots, type Slots } from "./slots.ts";

/** One byte is enough while its error stays below this share of the largest value. */
const FINE_ENOUGH = 0.001;
const [EMPTY, GAPS] = [8, 4];
const HEAD_BYTES = 1 + 8 + 8;
/** First byte of a body: only the mean is told, as least and most are the same. */
const [ALONE, THREE] = [1, 3];

const widthOf = (low: number, high: number): 0 | 1 | 2 => {
  if (low === high) return 0;
  return (high - low) / 510 <= FINE_ENOUGH * Math.max(Math.abs(low), Math.abs(high)) ? 1 : 2;
};

const packColumn = (values: Float64Array): Uint8Array => {
  let [low, high, known] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    known += 1;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (known === 0) return Uint8Array.of(EMPTY);
  const width = widthOf(low, high);
  const gaps = known < values.length;
  const bytes = new Uint8Array(HEAD_BYTES + (gaps ? Math.ceil(values.length / 8) : 0) + known * width);
  const view = new DataView(bytes.buffer);
  bytes[0] = width | (gaps ? GAPS : 0);
  view.setFloat64(1, low);
  view.setFloat64(9, high);
  const full = width === 1 ? 255 : 65_535;
  let at = HEAD_BYTES + (gaps ? Math.ceil(values.length / 8) : 0);
  values.forEach((value, index) => {
    if (Number.isNaN(value)) return;
    if (gaps) bytes[HEAD_BYTES + (index >> 3)] = (bytes[HEAD_BYTES + (index >> 3)] ?? 0) | (1 << (index & 7));
    if (width === 0) return;
    const level = Math.round(((value - low) / (high - low)) * full);
    if (width === 1) bytes[at] = level;
    else view.setUint16(at, level);
    at += width;
  });
  return bytes;
};

/** Reads one column into `values`; answers where the next begins. */
const unpackColumn = (view: DataView, start: number, values: Float64Array): number => {
  const flags = view.getUint8(start);
  if ((flags & EMPTY) !== 0) return start + 1;
  const width = flags & 3;
  const gaps = (flags & GAPS) !== 0;
  const [low, high] = [view.getFloat64(start + 1), view.getFloat64(start + 9)];
  const bits = start + HEAD_BYTES;
  let at = bits + (gaps ? Math.ceil(values.length / 8) : 0);
  for (let index = 0; index < values.length; index += 1) {
    if (gaps && ((view.getUint8(bits + (index >> 3)) >> (index & 7)) & 1) === 0) continue;
    if (width === 0) values[index] = low;
    else values[index] = low + (width === 1 ? view.getUint8(at) / 255 : view.getUint16(at) / 65_535) * (high - low);
    at += width;
  }
  return at;
};

const alike = (slots: Slots): boolean => slots.mean.every((value, index) => Number.isNaN(value) || (slots.least[index] === value && slots.most[index] === value));

export const packed = (slots: Slots): Buffer =>
  alike(slots)
    ? Buffer.concat([Uint8Array.of(ALONE), packColumn(slots.mean)])
    : Buffer.concat([Uint8Array.of(THREE), packColumn(slots.mean), packColumn(slots.least), packColumn(slots.most)]);

/** Throws on a body that is cut or of another making. */
export const unpacked = (body: Uint8Array, fromMs: number, stepMs: number, count: number): Slots => {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const slots = emptySlots(fromMs, stepMs, count);
  const columns = view.getUint8(0);
  if (columns !== ALONE && columns !== THREE) throw new Error(`a chunk of history begins with ${columns}`);
  let at = unpackColumn(view, 1, slots.mean);
  if (columns === ALONE) {
    slots.least.set(slots.mean);
    slots.most.set(slots.mean);
    return slots;
  }
  at = unpackColumn(view, at, slots.least);
  unpackColumn(view, at, slots.most);
  // Each column is rounded by itself: the mean stays between the others.
  slots.mean.forEach((value, index) => {
    slots.least[index] = Math.min(slots.least[index] ?? value, value);
    slots.most[index] = Math.max(slots.most[index] ?? value, value);
  });
  return slots;
};
