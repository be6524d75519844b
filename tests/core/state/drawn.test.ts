// What the screen is sent: quantised, and silent about what no pixel shows.
import { expect, test } from "bun:test";
import type { LiveResource } from "../../../core/contract/resource.ts";
import { draw } from "../../../core/state/drawn.ts";

const node = (name: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id: `node/${name}`,
  kind: "node",
  name,
  status: "up",
  stale: false,
  at: "2026-11-22T21:00:00.000Z",
  plugin: "farm",
  labels: { vote: "1", quorate: "yes" },
  ...more,
});

test("a change below a digit or a pixel draws the same", () => {
  const figures = { cpuPercent: 38.1, memoryBytes: 1_000_000, memoryTotalBytes: 2_000_000, uptimeSeconds: 100 };
  const before = draw([node("a", { figures })], new Map());
  const after = draw([node("a", { figures: { ...figures, cpuPercent: 38.4, memoryBytes: 1_001_000, uptimeSeconds: 110 } })], new Map());
  expect(after).toEqual(before);
  expect(before.resources["node/a"]).toMatchObject({ cpu: 38, memory: 50 });
});

test("votes are counted from the nodes that are up", () => {
  expect(draw([node("a"), node("b", { status: "down" }), node("c")], new Map()).quorum).toEqual({ votes: 2, of: 3, quorate: true });
  expect(draw([node("a", { labels: {} })], new Map()).quorum).toBeUndefined();
});

test("a limit that is not known gives no percentage", () => {
  expect(draw([node("a", { figures: { memoryBytes: 5, memoryTotalBytes: 0 } })], new Map()).resources["node/a"]?.memory).toBeUndefined();
});
