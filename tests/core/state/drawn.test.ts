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

test("a service that votes beside the nodes counts while it is up; one that only has such a label does not", () => {
  const device = (more: Partial<LiveResource>) => node("q", { id: "service/farm/q", kind: "service", ...more });
  expect(draw([node("a"), node("b"), device({})], new Map()).quorum).toMatchObject({ votes: 3, of: 3 });
  expect(draw([node("a"), node("b"), device({ status: "down" })], new Map()).quorum).toMatchObject({ votes: 2, of: 3 });
  expect(draw([node("a"), device({ labels: { vote: "1" } })], new Map()).quorum).toMatchObject({ votes: 1, of: 1 });
});

test("a limit that is not known gives no percentage", () => {
  expect(draw([node("a", { figures: { memoryBytes: 5, memoryTotalBytes: 0 } })], new Map()).resources["node/a"]?.memory).toBeUndefined();
});

test("figures that waver are not drawn anew; what moved, stopped or filled up is", () => {
  const many = (cpuPercent: number) => Array.from({ length: 100 }, (_, n) => ({ ...wavering, id: `guest/${n}`, figures: { cpuPercent } }));
  const first = draw(many(40), new Map());
  expect(draw(many(47), new Map(), first)).toEqual(first);
  for (const cpu of [50, 30, 100]) expect(draw(many(cpu), new Map(), first).resources["guest/7"]?.cpu).toBe(cpu);
  const low = draw(many(4), new Map());
  expect(draw(many(0), new Map(), low).resources["guest/7"]?.cpu).toBe(0);
  const few = draw(many(40).slice(0, 20), new Map());
  expect(draw(many(44).slice(0, 20), new Map(), few)).toEqual(few);
  expect(draw(many(45).slice(0, 20), new Map(), few).resources["guest/7"]?.cpu).toBe(45);
});

const wavering: LiveResource = { id: "", kind: "guest", name: "g", status: "up", stale: false, since: "2026-01-01T00:00:00.000Z", at: "2026-01-01T00:00:00.000Z", plugin: "p" };
