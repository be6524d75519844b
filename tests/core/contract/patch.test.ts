// Making and applying differences are each other's inverse, whatever JSON it is.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { diff, patched } from "../../../core/contract/patch.ts";

/** Keys that name a prototype are never set by a patch: a state that has one is sent as a snapshot by whoever finds it does not fit. */
const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !/"(?:__proto__|constructor|prototype)"/.test(text))
  .map((text): unknown => JSON.parse(text));

test("patched(a, diff(a, b)) is b, and a stays as it was", () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const before = JSON.stringify(a);
      expect(patched(a, diff(a, b))).toEqual(b);
      expect(JSON.stringify(a)).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test("equal values have no difference", () => {
  fc.assert(fc.property(json, (a) => expect(diff(a, structuredClone(a))).toEqual([])));
});

test("two long lists are told apart without weighing every pair: one replacement, and none when they are equal", () => {
  const list = (shift: number) => ({ rows: Array.from({ length: 2000 }, (_, index) => ({ id: index + shift, words: `row ${index + shift}` })) });
  expect(diff(list(0), list(1))).toEqual([{ op: "replace", path: "/rows", value: list(1).rows }]);
  expect(diff(list(0), list(0))).toEqual([]);
  expect(patched(list(0), diff(list(0), list(1)))).toEqual(list(1));
});
