// Slots survive being packed: gaps stay gaps, and no value is off by more than a thousandth of the largest.
import { expect, test } from "bun:test";
import { packed, unpacked } from "../../../../core/store/history/packing.ts";
import { emptySlots, gathered, type Slots } from "../../../../core/store/history/slots.ts";

const STEP = 10_000;
const again = (slots: Slots): Slots => unpacked(packed(slots), slots.fromMs, slots.stepMs, slots.mean.length);
const filled = (values: readonly number[]): Slots =>
  gathered(
    values.map((value, index) => [index * STEP, value]),
    0,
    STEP,
    values.length,
  );

test("a value that stands still costs no byte a sample and comes back exactly", () => {
  const slots = filled(Array.from({ length: 180 }, () => 8_589_934_592));
  expect(packed(slots).length).toBeLessThan(20);
  expect([...again(slots).mean]).toEqual([...slots.mean]);
});

test("gaps come back as gaps, an unknown stretch as an unknown stretch", () => {
  const slots = filled([1, Number.NaN, 3, Number.NaN]);
  expect([...again(slots).mean]).toEqual([1, Number.NaN, 3, Number.NaN]);
  expect([...again(emptySlots(0, STEP, 180)).most].every((value) => Number.isNaN(value))).toBe(true);
});

test("what moves is off by at most a thousandth of the largest, and costs at most two bytes a sample", () => {
  for (const [base, swing] of [
    [0, 100],
    [4_000_000_000, 9_000_000],
    [-20, 40],
  ] as const) {
    const values = Array.from({ length: 180 }, (_, index) => base + Math.abs(Math.sin(index * 1.7)) * swing);
    const slots = filled(values);
    const worst = Math.max(...values.map((value, index) => Math.abs(value - (again(slots).mean[index] ?? 0))));
    expect(worst).toBeLessThanOrEqual(0.001 * Math.max(...values.map(Math.abs)));
    expect(packed(slots).length).toBeLessThanOrEqual(2 * 180 + 20);
  }
});

test("the most of several in one slot is kept beside their mean", () => {
  const slots = gathered(
    [
      [0, 10],
      [3000, 90],
      [6000, 20],
      [10_000, 5],
    ],
    0,
    STEP,
    2,
  );
  expect([slots.mean[0], slots.least[0], slots.most[0], slots.mean[1]]).toEqual([40, 10, 90, 5]);
  const back = again(slots);
  expect(back.most[0]).toBe(90);
  expect(back.least[0]).toBeCloseTo(10, 1);
});

test("a body of another making is refused", () => {
  expect(() => unpacked(Uint8Array.of(9, 9), 0, STEP, 4)).toThrow();
  expect(() => unpacked(packed(filled([1, 2, 3])).subarray(0, 5), 0, STEP, 3)).toThrow();
});
