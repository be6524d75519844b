// The five steps tell what was done, and nothing more.
import { expect, test } from "bun:test";
import type { Incident } from "../../core/contract/incident.ts";
import { storySteps } from "../../ui/src/lib/incident/story.ts";
import { standstill } from "../../ui/src/lib/resource/turn.ts";
import { stepNow, stepsDone } from "../../ui/src/lib/resource/work.ts";

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

test("no act is lit before it begins: not while it is looked at, and not of calls that were refused", () => {
  expect((["open", "acting", "verifying", "resolved"] as const).map((status) => stepNow(incident({ status })))).toEqual([undefined, 2, 3, 5]);
  expect(stepNow(incident({ cause: { kind: "unknown", words: "", evidence: [], verdict: "unclear" } }))).toBe(1);
  const refused = [{ callId: "call-1", state: "refused" as const }];
  const given = incident({ status: "escalated", callIds: ["call-1"] });
  expect([stepsDone(given, refused), stepNow(given, refused)]).toEqual([2, 4]);
  expect(stepsDone(given, [{ callId: "call-1", state: "failed" }])).toBe(4);
});

test("the story says why nothing is done, and what was tried before stays done", () => {
  const held = standstill(incident({}), { status: { mode: "act", killed: true }, asks: [] });
  const story = (timeline: { at: string; step: "acted"; words: string }[]) => storySteps({ ...incident({}), timeline, scene: {} }, held)[2];
  expect(story([])).toMatchObject({ state: "later", words: "Held: nothing is done until you resume." });
  expect(story([{ at: "2026-11-22T21:01:00.000Z", step: "acted", words: "Started it; it failed." }])).toMatchObject({ state: "done", words: "Started it; it failed." });
  expect(standstill(incident({}), { status: { mode: "observe", killed: false }, asks: [] })).toContain("only watch");
  expect(standstill(incident({}), { status: { mode: "act", killed: false }, asks: [{ incident: "INC-0001" }] })).toContain("your word");
  expect(standstill(incident({ status: "acting" }), { status: { mode: "act", killed: true }, asks: [] })).toBeUndefined();
});
