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
import { quietParts } from "./quiet-parts.ts";

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
  let standing = "down";
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
    if (answer.state === "refused") calls[0] = { ...(calls[0] as Call), state: "refused", rule: answer.rule ?? "", text: answer.text };
    return answer;
  };
  const parts: TrackParts = {
    ...quietParts,
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => cause, scene: async () => ({}) },
    remedies: () => [remedy],
    exists: () => there,
    signs: () => standing,
    nameOf: () => "one",
    alerts: () => [alert],
    refresh: async () => {
      refreshed += 1;
    },
    call,
    callsOn: () => calls,
    getCall: (callId) => calls.find((one) => one.callId === callId),
    waitFor: async () => calls[0] as Call,
  };
  const incident = records.open(alert, "one", cause, { scene: {}, detectedAt: clock.iso(), victims: [] });
  const takeAway = (): void => {
    there = false;
  };
  const change = (how: string): void => {
    standing = how;
  };
  const run = createRun(parts);
  const isDue = (): boolean => {
    const now = records.get(incident.id);
    return now !== undefined && run.due(alert, now);
  };
  return { clock, calls, run, isDue, id: incident.id, records, feed: () => parts.feed.list(50), refreshed: () => refreshed, takeAway, change };
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
  const { clock, run, isDue, id, records, feed, refreshed } = made(() => ({ state: "refused", ...ALREADY }));
  await run.advance(alert, id, fault);
  expect(feed().map(({ kind, words }) => [kind, words])).toEqual([["notice", "one runs already; nothing was done. I look again."]]);
  expect([records.get(id)?.status, refreshed(), isDue()]).toEqual(["open", 1, false]);
  await clock.advance(5000);
  expect(isDue()).toBe(true);

  await run.advance(alert, id, fault);
  await clock.advance(5000);
  expect([isDue(), feed().length]).toEqual([false, 1]);
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

/** Tries whenever it is due, for so many minutes. */
const minutes = async ({ clock, run, isDue, id }: ReturnType<typeof made>, many: number): Promise<void> => {
  for (let seconds = 0; seconds < many * 60; seconds += 5) {
    if (isDue()) await run.advance(alert, id, fault);
    await clock.advance(5000);
  }
};
const PROTECTED = { rule: "protected", text: "guest/1 is protected: nothing is changed on it." };

test("what policy refuses is handed to a person with what they can do, once, and is seldom tried: a dozen times a day, not every ten minutes", async () => {
  const house = made(() => ({ state: "refused", ...PROTECTED }));
  await minutes(house, 24 * 60);
  expect(house.calls.length).toBeLessThanOrEqual(15);
  const words =
    "I would do this and may not: start it for one. guest/1 is protected: nothing is changed on it. It needs a person. Take it out of `protect:` in jarvis.yaml, or do it by hand. I look again when something has changed.";
  expect(house.records.get(house.id)).toMatchObject({ status: "escalated", words });
  expect(house.feed().map(({ kind, words: told }) => [kind, told])).toEqual([["notice", words]]);
});

test("as soon as something has changed it is tried again: the law, or how the thing stands", async () => {
  const house = made((number) => (number < 8 ? { state: "refused", ...PROTECTED } : { state: "held", text: "held" }));
  await minutes(house, 35);
  const tried = house.calls.length;
  await minutes(house, 12);
  expect(house.calls.length).toBe(tried);
  house.run.forgetDelays();
  await minutes(house, 1);
  expect(house.calls.length).toBeGreaterThan(tried);

  const other = made(() => ({ state: "refused", ...PROTECTED }));
  await minutes(other, 42);
  const before = other.calls.length;
  other.change("stopped by hand");
  await minutes(other, 12);
  expect(other.calls.length).toBe(before + 1);
});

test("what passes by itself is tried every ten minutes and stays open; refused twice in the same words it is no passing doubt", async () => {
  const busy = made(() => ({ state: "refused", rule: "busy", text: "A backup is running." }));
  await minutes(busy, 6 * 60);
  expect(busy.calls.length).toBeGreaterThan(30);
  expect(busy.records.get(busy.id)?.status).toBe("open");

  const blind = made(() => ({ state: "refused", rule: "preflight_failed", text: "Before acting, Jarvis could not make sure: pve did not answer within 10 s." }));
  await minutes(blind, 6 * 60);
  expect(blind.calls.length).toBeGreaterThan(30);
  expect(blind.records.get(blind.id)?.status).toBe("open");

  const deaf = made(() => ({ state: "refused", rule: "preflight_failed", text: "pve is not off: its own API answers." }));
  await deaf.run.advance(alert, deaf.id, fault);
  expect(deaf.records.get(deaf.id)?.status).toBe("open");
  await minutes(deaf, 6 * 60);
  expect(deaf.calls.length).toBeLessThanOrEqual(12);
  expect(deaf.records.get(deaf.id)).toMatchObject({ status: "escalated" });
  expect(deaf.records.get(deaf.id)?.words).toContain("Change what stands against it, or do it by hand.");
});

test("a right that Jarvis's own credential lacks is told at once as what it would do, with what a person can do besides, and tried again once that may be mended", async () => {
  const text = "It needs Sys.PowerMgmt on /nodes/pve, which the token lacks. Nothing was sent. Grant it: pveum acl modify /nodes.";
  const poor = made(() => ({ state: "refused", rule: "no_right", text }));
  await poor.run.advance(alert, poor.id, fault);
  const incident = poor.records.get(poor.id);
  expect(incident?.status).toBe("escalated");
  expect(incident?.words).toStartWith("I would do this and may not: ");
  expect(incident?.words).toContain(`${text} It needs a person. Grant that right as it says, or do it by hand. I look again when something has changed.`);
  const asking = made(() => ({ state: "refused", rule: "no_right", text }));
  await asking.run.advance(alert, asking.id, { ...fault, propose: true, words: "See its console first." });
  expect(asking.records.get(asking.id)?.words).toContain("or do it by hand. See its console first. I look again");

  await minutes(poor, 6 * 60);
  expect(poor.feed().filter(({ words: told }) => told.includes("Sys.PowerMgmt"))).toHaveLength(1);
  expect(poor.calls.length).toBeGreaterThan(3);
});

test("where Jarvis only watches it looks seldom too, and hands nothing over", async () => {
  const house = made(() => ({ state: "refused", rule: "observe", text: "Jarvis only observes: it would have run it." }));
  await minutes(house, 24 * 60);
  expect(house.calls.length).toBeLessThanOrEqual(15);
  expect(house.records.get(house.id)?.status).toBe("open");
});

test("an approval that was refused all the same is not asked for again a moment later; and that nothing fits any more is nobody's no", async () => {
  const house = made();
  await house.run.advance(alert, house.id, cause);
  house.calls[0] = { ...(house.calls[0] as Call), state: "refused", endedAt: house.clock.iso(), ...PROTECTED };
  await minutes(house, 10);
  expect(house.calls.length).toBe(1);
  expect(house.records.get(house.id)?.words).toContain("may not");

  const changed = made();
  await changed.run.advance(alert, changed.id, cause);
  changed.calls[0] = { ...(changed.calls[0] as Call), state: "denied", rule: "changed", endedAt: changed.clock.iso(), text: "The rules changed." };
  await minutes(changed, 1);
  expect(changed.records.get(changed.id)?.words).not.toContain("You said no");
  expect(changed.calls.length).toBe(2);
});
