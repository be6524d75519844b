// One open incident moved on: what is asked is asked once, and an old reading starts nothing anew.
import { expect, test } from "bun:test";
import type { Call, CallAnswer } from "../../../core/contract/call.ts";
import type { Cause } from "../../../core/contract/cause.ts";
import type { BoundRemedy } from "../../../core/incidents/bound.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import type { TrackParts } from "../../../core/incidents/parts.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createRun } from "../../../core/incidents/run.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const alert: OpenAlert = { id: "farm/barn#gone#guest/1", key: "gone", resource: "guest/1", severity: "critical", title: "one is gone.", plugin: "farm", channel: "farm/barn" };
const cause: Cause = { kind: "oom", words: "Its host ran out of memory.", evidence: [], verdict: "fault", propose: true };
const remedy: BoundRemedy = {
  id: "farm/start",
  plugin: "farm",
  title: "Start it",
  on: ["gone"],
  kinds: ["oom"],
  steps: [{ tool: "farm_guest_start", input: () => ({ vmid: 1 }) }],
  tries: { perHour: 3, gapsMinutes: [0, 5, 15] },
};

const made = (answers: (number: number) => Pick<CallAnswer, "state" | "text" | "rule"> = () => ({ state: "held", text: "held" })) => {
  let refreshed = 0;
  let there = true;
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const calls: Call[] = [];
  const call = async (request: { incident: string }): Promise<CallAnswer> => {
    const callId = `call-${calls.length + 1}`;
    calls.unshift({
      callId,
      tool: "farm_guest_start",
      arguments: {},
      target: "guest/1",
      identity: null,
      effect: "reversible",
      caller: { kind: "remedy", id: remedy.id, scope: "operate", tainted: false },
      decision: "ask",
      rule: "asked",
      state: "held",
      createdAt: clock.iso(),
      incident: request.incident,
    });
    const answer = { callId, ...answers(calls.length) };
    if (answer.state === "refused") calls[0] = { ...(calls[0] as Call), state: "refused" };
    return answer;
  };
  const parts: TrackParts = {
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => cause, scene: async () => ({}) },
    remedies: () => [remedy],
    prescribe: async () => undefined,
    toolAt: () => undefined,
    exists: () => there,
    isUp: () => false,
    nameOf: () => "one",
    countOf: () => 10,
    rootOf: () => undefined,
    isInside: () => false,
    recentActs: () => [],
    victimsOf: () => [],
    alerts: () => [alert],
    seen: () => true,
    refresh: async () => {
      refreshed += 1;
    },
    call,
    callsOn: () => calls,
    getCall: (callId) => calls.find((one) => one.callId === callId),
    waitFor: async () => calls[0] as Call,
    withdraw: () => undefined,
  };
  const incident = records.open(alert, "one", cause, { scene: {}, detectedAt: clock.iso(), victims: [] });
  const takeAway = (): void => {
    there = false;
  };
  return { clock, calls, run: createRun(parts), id: incident.id, records, feed: () => parts.feed.list(50), refreshed: () => refreshed, takeAway };
};

test("a held remedy is not asked again while it waits, nor after it worked and the alert is only an old reading", async () => {
  const { clock, calls, run, id, records } = made();
  await run.advance(alert, id, cause);
  await run.advance(alert, id, cause);
  expect(calls.length).toBe(1);

  calls[0] = { ...(calls[0] as Call), state: "succeeded", endedAt: clock.iso(), text: "Started; checked twice." };
  await run.advance(alert, id, cause);
  expect(calls.length).toBe(1);
  expect(records.get(id)).toMatchObject({ status: "verifying", words: "Started; checked twice." });
});

test("what still stands long after it worked is asked about anew", async () => {
  const { clock, calls, run, id } = made();
  await run.advance(alert, id, cause);
  calls[0] = { ...(calls[0] as Call), state: "succeeded", endedAt: clock.iso() };
  await clock.advance(120_000);
  await run.advance(alert, id, cause);
  expect(calls.length).toBe(2);
});

const ALREADY = { rule: "already", text: "one runs already; nothing was done." };
const fault: Cause = { kind: "oom", words: "It crashed.", evidence: [], verdict: "fault" };

test("what was found running is told as such, no failure, and looked at again soon at a fresh reading", async () => {
  const { clock, run, id, records, feed, refreshed } = made(() => ({ state: "refused", ...ALREADY }));
  await run.advance(alert, id, fault);
  expect(feed().map(({ kind, words }) => [kind, words])).toEqual([["notice", "one runs already; nothing was done. I look again."]]);
  expect([records.get(id)?.status, refreshed(), run.due(id)]).toEqual(["open", 1, false]);
  await clock.advance(5000);
  expect(run.due(id)).toBe(true);

  await run.advance(alert, id, fault);
  await clock.advance(5000);
  expect([run.due(id), feed().length]).toEqual([false, 1]);
});

test("what came up while its start was on its way is no failure either: the incident is open again", async () => {
  const { calls, run, id, records, feed, refreshed } = made(() => {
    calls[0] = { ...(calls[0] as Call), state: "aborted", ...ALREADY };
    return { state: "running", text: "under way" };
  });
  await run.advance(alert, id, fault);
  expect(feed().map(({ kind }) => kind)).toEqual(["notice", "acting"]);
  expect([records.get(id)?.status, records.get(id)?.words, refreshed()]).toEqual(["open", "one runs already; nothing was done. I look again.", 1]);
});

test("what is well again after a try that could not be checked is not called nobody's doing", async () => {
  const { calls, run, id, records } = made();
  await run.advance(alert, id, cause);
  const incident = () => {
    const found = records.get(id);
    if (!found) throw new Error("the incident is gone");
    return found;
  };
  calls[0] = { ...(calls[0] as Call), state: "failed", text: "Started. It could not be checked." };
  run.ended(incident());
  expect(incident().words).toBe("one is well again. I had tried to mend it; whether that did it is not proven.");
});

test("what somebody took away is told as gone, not as well, whatever was done for it", async () => {
  const { calls, run, id, records, feed, takeAway } = made();
  await run.advance(alert, id, cause);
  calls[0] = { ...(calls[0] as Call), state: "succeeded", text: "Started; checked twice." };
  takeAway();
  const incident = records.get(id);
  if (incident) run.ended(incident);
  expect(records.get(id)).toMatchObject({ status: "resolved", words: "one is not there any more: somebody took it away, and what was wrong with it went with it." });
  expect(feed()[0]?.kind).toBe("notice");
});

test("a person's no holds for the incident: nothing is asked again, however long it stands", async () => {
  const { clock, calls, run, id, records, feed } = made();
  await run.advance(alert, id, cause);
  calls[0] = { ...(calls[0] as Call), state: "denied", endedAt: clock.iso(), text: "Rejected: leave it." };
  for (let minute = 0; minute < 60; minute += 1) {
    await clock.advance(60_000);
    run.forgetDelays();
    await run.advance(alert, id, cause);
  }
  expect(calls.length).toBe(1);
  expect(records.get(id)).toMatchObject({ status: "escalated", words: "You said no, so I leave one as it is. I tell you when it is over." });
  expect(feed().map(({ kind }) => kind)).toEqual(["notice", "held"]);
});
