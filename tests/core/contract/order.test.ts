import { expect, test } from "bun:test";
import { byText } from "../../../core/contract/order.ts";

const sorted = (...names: string[]): string[] => names.toSorted(byText);

test("numbers in names count as numbers, case counts last, what is shorter comes first", () => {
  expect(sorted("vm-10", "vm-9", "vm-09", "vm")).toEqual(["vm", "vm-09", "vm-9", "vm-10"]);
  expect(sorted("pve", "Home", "agent1", "agent", "home")).toEqual(["agent", "agent1", "Home", "home", "pve"]);
  expect(sorted("guest/1000", "guest/101", "guest/20", "")).toEqual(["", "guest/20", "guest/101", "guest/1000"]);
});

test("times come in their order, and numbers no machine can hold too", () => {
  expect(sorted("2026-11-23T10:00:00.000Z", "2026-11-23T09:59:59.999Z")).toEqual(["2026-11-23T09:59:59.999Z", "2026-11-23T10:00:00.000Z"]);
  const [huge, larger] = [`x${"9".repeat(400)}`, `x1${"0".repeat(400)}`];
  expect(sorted(larger, huge)).toEqual([huge, larger]);
});

test("it is an order: whoever is before another is so from both sides, and only the same is equal", () => {
  const names = ["a", "A", "a1", "a01", "a001b", "a1b", "ä", "b", "1", "01", "", "a-1", "a.1"];
  for (const a of names)
    for (const b of names) {
      expect(Math.sign(byText(a, b))).toBe(-Math.sign(byText(b, a)) || 0);
      expect(byText(a, b) === 0).toBe(a === b);
      for (const c of names) if (byText(a, b) < 0 && byText(b, c) < 0) expect(byText(a, c)).toBeLessThan(0);
    }
});
