// The last good value and its freshness.
import { describe, expect, test } from "bun:test";
import { patched } from "../../../core/contract/patch.ts";
import { createClock } from "../../../core/lib/clock.ts";
import { type Change, createStateStore } from "../../../core/state/store.ts";

const made = (saved = {}) => {
  const store = createStateStore({ clock: createClock(), saved });
  const changes: Change[] = [];
  store.on((change) => changes.push(change));
  return { store, changes };
};

describe("the state store", () => {
  test("an equal reading is silence, and keeps its revision", () => {
    const { store, changes } = made();
    store.accept("p/m", { a: 1 });
    store.accept("p/m", { a: 1 });
    expect(changes.length).toBe(1);
    expect(store.get("p/m")?.revision).toBe(1);
  });

  test("the operations of a change turn the value before into the value after", () => {
    const { store, changes } = made();
    store.accept("p/m", { a: 1, list: [1, 2, 3] });
    store.accept("p/m", { a: 2, list: [1, 3], "b/~c": null });
    expect(patched(changes[0]?.reading.value, changes[1]?.operations ?? [])).toEqual({ a: 2, list: [1, 3], "b/~c": null });
  });

  test("a failed reading keeps the last good value and says since when and why", () => {
    const { store } = made();
    store.accept("p/m", { guests: 22 });
    store.fail("p/m", "no answer");
    const first = store.get("p/m");
    store.fail("p/m", "no answer");
    expect(store.get("p/m")).toMatchObject({ value: { guests: 22 }, stale: true, words: "no answer" });
    expect(store.get("p/m")?.since).toBe(first?.since ?? "");
  });

  test("a channel that never had a good value has no hole to show", () => {
    const { store } = made();
    store.fail("p/m", "no answer");
    expect(store.get("p/m")).toBeUndefined();
  });

  test("what was saved is stale until it is read anew, and the first reading is told even when equal", () => {
    const { store, changes } = made({ "p/m": { value: { a: 1 }, revision: 7, at: "2026-01-01T00:00:00.000Z", stale: false } });
    expect(store.get("p/m")?.stale).toBe(true);
    store.accept("p/m", { a: 1 });
    expect(store.get("p/m")).toMatchObject({ stale: false, revision: 7 });
    expect(changes.length).toBe(1);
  });
});
