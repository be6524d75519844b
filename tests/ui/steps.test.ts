// The five steps tell what was done, and nothing more.
import { expect, test } from "bun:test";
import type { Incident } from "../../core/contract/incident.ts";
import { stepsDone } from "../../ui/src/lib/resource/work.ts";

const incident = (more: Partial<Incident>): Incident => ({
  id: "INC-0001",
  resource: "guest/1",
  name: "one",
  title: "one stopped",
  severity: "critical",
  status: "open",
  cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
  openedAt: "2026-11-22T21:00:00.000Z",
  callIds: [],
  alert: "a",
  ...more,
});

test("an incident handed over without an act shows no act as done", () => {
  expect(stepsDone(incident({ status: "escalated" }))).toBe(2);
  expect(stepsDone(incident({ status: "escalated", callIds: ["call-1"] }))).toBe(4);
});

test("open, acting, verifying and resolved come in their order", () => {
  expect((["open", "acting", "verifying", "resolved"] as const).map((status) => stepsDone(incident({ status })))).toEqual([2, 2, 3, 5]);
});
