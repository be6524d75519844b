// When something started: the earliest telling of one life is kept, a new life and a clock that was set are not mistaken for it.
import { expect, test } from "bun:test";
import { startOf } from "../../../plugins/proxmox/monitors/started.ts";

const NOW = Date.UTC(2026, 5, 1, 12);
const told = (...sights: [second: number, uptime: number | undefined][]) => {
  const memory = new Map<string, { at: number; uptime: number }>();
  return sights.map(([second, uptime]) => {
    const at = startOf(memory, "guest/101", uptime, NOW + second * 1000);
    return at === undefined ? undefined : (Date.parse(at) - NOW) / 1000;
  });
};

test("a round that comes late moves no start, and an earlier telling is the truer one", () => {
  expect(told([100, 95], [150, 95], [200, 195], [260, 245])).toEqual([5, 5, 5, 5]);
  expect(told([100, 60], [110, 105])).toEqual([40, 5]);
});
test("an uptime that fell is a new start, and one that ended is none", () => {
  expect(told([100, 95], [130, 10])).toEqual([5, 120]);
  expect(told([100, 95], [110, undefined], [130, 10])).toEqual([5, undefined, 120]);
});
test("minutes off, our clock was set: the new telling stands", () => expect(told([100, 95], [700, 105])).toEqual([5, 595]));
