// Fix A breaks B and fix B breaks A: it is seen before the round is gone a second time, and no coincidence is taken for it.
import { describe, expect, test } from "bun:test";
import { circleOf, type Deed } from "../../../core/incidents/circle.ts";

const MINUTE_MS = 60_000;
/** One that was found and mended at these seconds. */
const deed = (target: string, foundS: number, endS = foundS + 20): Deed => ({ target, foundMs: foundS * 1000, atMs: (foundS + 1) * 1000, endMs: endS * 1000 });
const round = (...targets: string[]): Deed[] => targets.map((target, at) => deed(target, at * 60));
const next = (target: string, foundS: number) => ({ target, foundMs: foundS * 1000 });

describe("a circle", () => {
  test("of two is seen when the second time round begins to repeat itself, not before", () => {
    expect(circleOf(next("a", 0), [], 0)).toBeUndefined();
    expect(circleOf(next("b", 60), round("a"), 60_000)).toBeUndefined();
    expect(circleOf(next("a", 120), round("a", "b"), 120_000)).toBeUndefined();
    expect(circleOf(next("b", 180), round("a", "b", "a"), 180_000)).toEqual(["b", "a"]);
  });

  test("of three is one too, with its way", () => {
    expect(circleOf(next("a", 180), round("a", "b", "c"), 180_000)).toBeUndefined();
    expect(circleOf(next("b", 240), round("a", "b", "c", "a"), 240_000)).toEqual(["b", "a", "c"]);
  });

  test("is none when the faults come long after the acts, when one thing fails by itself again and again, or when others fail in between by no pattern", () => {
    const slow = [deed("a", 0), deed("b", 300), deed("a", 600)];
    expect(circleOf(next("b", 900), slow, 900_000)).toBeUndefined();
    expect(circleOf(next("a", 180), round("a", "a", "a"), 180_000)).toBeUndefined();
    expect(circleOf(next("d", 240), round("a", "b", "c", "a"), 240_000)).toBeUndefined();
  });

  test("is forgotten after an hour", () => {
    expect(circleOf(next("b", 180), round("a", "b", "a"), 180_000 + 61 * MINUTE_MS)).toBeUndefined();
  });
});
