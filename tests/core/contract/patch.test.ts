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

test("what a patch does not name is the very same object afterwards, so that it costs what changed and not what there is", () => {
  const before = { resources: { "guest/1": { cpu: 1, labels: { os: "a" } }, "guest/2": { cpu: 2, labels: { os: "b" } } }, list: [{ a: 1 }, { a: 2 }] };
  const kept = structuredClone(before);
  const after = patched(before, [
    { op: "replace", path: "/resources/guest~11/cpu", value: 7 },
    { op: "add", path: "/resources/guest~13", value: { cpu: 3 } },
    { op: "replace", path: "/resources/guest~13/cpu", value: 4 },
    { op: "move", from: "/list/0", path: "/list/1" },
  ]);
  const at = (value: unknown, ...keys: string[]): unknown => keys.reduce<unknown>((here, key) => Reflect.get(Object(here), key), value);
  expect(before).toEqual(kept);
  expect(at(after, "resources")).toEqual({ ...before.resources, "guest/1": { cpu: 7, labels: { os: "a" } }, "guest/3": { cpu: 4 } });
  expect(at(after, "resources", "guest/2")).toBe(before.resources["guest/2"]);
  expect(at(after, "resources", "guest/1", "labels")).toBe(before.resources["guest/1"].labels);
  expect(at(after, "list")).toEqual([{ a: 2 }, { a: 1 }]);
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
