// A prescription taken through an incident: asked or done step by step, proved twice, taken back once, reported without a step; a restart loses nothing of it.
import { expect, test } from "bun:test";
import type { Call, CallAnswer, CallState } from "../../../core/contract/call.ts";
import type { Cause } from "../../../core/contract/cause.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import type { Plan } from "../../../core/incidents/bound.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import type { TrackParts } from "../../../core/incidents/parts.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createRun } from "../../../core/incidents/run.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const alert: OpenAlert = {
  id: "farm/barn#ill#guest/1",
  key: "ill",
  resource: "guest/1",
  severity: "warning",
  title: "one is ill.",
  plugin: "farm",
  channel: "farm/barn",
  cause: "cold",
};
const cause: Cause = { kind: "cold", words: "It caught a cold.", evidence: [], verdict: "fault" };
const EFFECTS: Record<string, Effect> = { farm_look: "read", farm_warm: "reversible", farm_feed: "reversible", farm_cool: "reversible" };
const step = (tool: string) => ({ tool, input: { id: "guest/1" } });
const PLAN: Plan = {
  id: "farm/cure",
  name: "cure",
  title: "Warm it",
  class: "act",
  words: "It is cold; I would warm it.",
  says: "I warm one.",
  effect: "reversible",
  reach: "root",
  steps: [step("farm_look"), step("farm_warm"), step("farm_feed")],
  verify: { by: "up" },
  deadlineSeconds: 60,
  tries: { most: 2, withinMinutes: 360 },
};

/** `ends`: how a call of a tool ends; `held`: it waits for a person. The journal outlives `again`, as the real one does. */
const made = (plan: Partial<Plan> | undefined, ends: (tool: string, hold: string | undefined) => CallState = () => "succeeded") => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const calls: Call[] = [];
  const asked: { tool: string; hold: string | undefined; by: string }[] = [];
  const house = { up: false, plan: plan === undefined ? undefined : { ...PLAN, ...plan } };
  const call: TrackParts["call"] = async ({ tool, incident, hold, by, remedy }): Promise<CallAnswer> => {
    asked.push({ tool, hold, by });
    if (EFFECTS[tool] === "read") return { callId: `look-${asked.length}`, state: "succeeded", text: "It shivers.", rule: "allowed" };
    const state = ends(tool, hold);
    const callId = `call-${asked.length}`;
    calls.unshift({
      callId,
      tool,
      arguments: {},
      target: "guest/1",
      identity: null,
      effect: "reversible",
      caller: { kind: by, id: remedy, scope: "operate", tainted: false },
      decision: "allow",
      rule: "allowed",
      state,
      text: `${tool} ${state}.`,
      createdAt: clock.iso(),
      ...(state === "held" ? {} : { endedAt: clock.iso() }),
      incident,
    });
    return { callId, state: state === "held" ? "held" : "running", text: "", rule: "allowed" };
  };
  const parts: TrackParts = {
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => cause, scene: async () => ({}) },
    remedies: () => [],
    prescribe: async () => house.plan,
    toolAt: (tool) => (EFFECTS[tool] === undefined ? undefined : { effect: EFFECTS[tool], target: "guest/1" }),
    exists: () => true,
    isUp: () => house.up,
    nameOf: () => "one",
    countOf: () => 10,
    rootOf: () => undefined,
    isInside: () => false,
    recentActs: () => [],
    victimsOf: () => [],
    alerts: () => [alert],
    seen: () => true,
    refresh: async () => undefined,
    call,
    callsOn: () => calls,
    getCall: (callId) => calls.find((one) => one.callId === callId),
    waitFor: async (callId) => calls.find((one) => one.callId === callId) ?? Promise.reject(new Error("no such call")),
    withdraw: () => undefined,
  };
  const { id } = records.open(alert, "one", cause, { scene: {}, detectedAt: clock.iso(), victims: [] });
  let run = createRun(parts);
  return {
    house,
    calls,
    asked,
    acts: () => asked.filter(({ tool }) => EFFECTS[tool] !== "read").map(({ tool }) => tool),
    incident: () => records.get(id),
    run: () => run,
    /** The tick of the tracker, so often for so long. */
    async tick(times = 1, ms = 5000): Promise<void> {
      for (let index = 0; index < times; index += 1) {
        const now = records.get(id);
        if (now && run.due(alert, now)) await run.advance(alert, id, cause);
        await clock.advance(ms);
      }
    },
    again: () => {
      run = createRun(parts);
    },
    feed: () => parts.feed.list(50).map(({ kind, words }) => [kind, words]),
    /** A person said yes, and by then a rule forbade it. */
    approveInVain: (tool: string) => {
      const index = calls.findIndex((one) => one.tool === tool && one.state === "held");
      const held = calls[index];
      if (held) calls[index] = { ...held, state: "refused", rule: "rule_deny", text: "A rule forbids it.", endedAt: clock.iso() };
    },
    approveAndFail: (tool: string) => {
      const index = calls.findIndex((one) => one.tool === tool && one.state === "held");
      const held = calls[index];
      if (held) calls[index] = { ...held, state: "failed", text: `${tool} failed.`, endedAt: clock.iso() };
    },
    approve: (tool: string) => {
      const index = calls.findIndex((one) => one.tool === tool && one.state === "held");
      const held = calls[index];
      if (held) calls[index] = { ...held, state: "succeeded", text: `${tool} succeeded.`, endedAt: clock.iso() };
    },
  };
};

test("what acts makes its calls in order as the runbook's own, keeps what it looked at, and is proved by two looks", async () => {
  const { house, tick, acts, asked, incident, feed, run } = made({});
  await tick();
  expect(asked.map(({ tool, by, hold }) => [tool, by, hold])).toEqual(["farm_look", "farm_warm", "farm_feed"].map((tool) => [tool, "runbook", undefined]));
  expect(incident()?.timeline.map(({ words }) => words)).toContain("farm_look tells: It shivers.");
  expect(incident()?.prescribed).toEqual({ by: "farm/cure", tools: ["farm_warm", "farm_feed"], targets: ["guest/1"] });
  house.up = true;
  await tick(6);
  expect(incident()).toMatchObject({ status: "verifying", words: "It worked: one was found well twice." });
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
  expect(feed().filter(([kind]) => kind === "acting")[0]).toEqual(["acting", "I warm one."]);
  // The alert is gone: believed at the second look only.
  const now = incident();
  if (now) expect(run().underway(now)).toBe(true);
  await tick(2);
});

test("what asks puts one step after the other before a person, and the next only when the one before worked; a restart in between asks nothing twice", async () => {
  const { tick, acts, asked, approve, again, house } = made({ class: "ask" }, () => "held");
  await tick(3);
  expect(acts()).toEqual(["farm_warm"]);
  expect(asked.find(({ tool }) => tool === "farm_warm")?.hold).toBe("It is cold; I would warm it.");
  approve("farm_warm");
  again();
  await tick(40);
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
  approve("farm_feed");
  house.up = true;
  await tick(3);
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
});

test("what nobody stands behind asks although it says act", async () => {
  const { tick, asked } = made({ hold: "It is new." }, () => "held");
  await tick();
  expect(asked.find(({ tool }) => tool === "farm_warm")?.hold).toBe("It is new.");
});

test("what did not help by its deadline is taken back once, told, and tried again only as often as it says", async () => {
  const { tick, acts, feed, incident } = made({ steps: [step("farm_warm")], compensation: step("farm_cool") });
  await tick(20);
  expect(acts().slice(0, 2)).toEqual(["farm_warm", "farm_cool"]);
  expect(feed()).toContainEqual(["failed", "one is not well 1 min after I did this: warm it."]);
  await tick(200, 10_000);
  expect(acts()).toEqual(["farm_warm", "farm_cool", "farm_warm"]);
  expect(incident()).toMatchObject({ status: "escalated", words: "I did this 2 times within 6 h (warm it), and one is still not well. It needs a person." });
});

test("a step that failed ends the round: what comes after it is not done, and what was done is taken back", async () => {
  const { tick, acts } = made({ compensation: step("farm_cool") }, (tool) => (tool === "farm_feed" ? "failed" : "succeeded"));
  await tick();
  expect(acts()).toEqual(["farm_warm", "farm_feed", "farm_cool"]);
});

test("a later step that fails is tried again no oftener than the first", async () => {
  const { tick, acts, incident } = made({}, (tool) => (tool === "farm_feed" ? "failed" : "succeeded"));
  await tick(300);
  expect(acts()).toEqual(["farm_warm", "farm_feed", "farm_feed"]);
  expect(incident()?.status).toBe("escalated");
});

test("of what stands on the resource one that fails or is refused keeps none of the others waiting", async () => {
  const { tick, acts } = made({ reach: "standing" }, (tool) => (tool === "farm_warm" ? "failed" : "succeeded"));
  await tick();
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
  const asks = made({ reach: "standing", class: "ask" }, () => "held");
  await asks.tick(3);
  expect(asks.acts()).toEqual(["farm_warm"]);
});

test("of several that are asked about, one that was approved in vain keeps the others from nothing", async () => {
  const house = { forbidden: false };
  const { tick, acts, approveInVain, incident } = made({ reach: "standing", class: "ask" }, (tool) => (tool === "farm_warm" && house.forbidden ? "refused" : "held"));
  await tick(2);
  house.forbidden = true;
  approveInVain("farm_warm");
  await tick(24);
  expect(acts().at(-1)).toBe("farm_feed");
  expect(incident()?.status).not.toBe("escalated");
});

test("of several that are asked about, one that was tried often enough is asked about no more, and the others are", async () => {
  const { tick, acts, approveAndFail } = made({ reach: "standing", class: "ask", tries: { most: 1, withinMinutes: 360 } }, () => "held");
  await tick(2);
  approveAndFail("farm_warm");
  await tick(24);
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
  approveAndFail("farm_feed");
  await tick(24);
  expect(acts()).toEqual(["farm_warm", "farm_feed"]);
});

test("of several, what worked is not done again because another is refused, and that one is not tried every few seconds", async () => {
  const { tick, acts } = made({ reach: "standing" }, (tool) => (tool === "farm_warm" ? "refused" : "succeeded"));
  await tick(120);
  expect(acts().filter((tool) => tool === "farm_feed").length).toBe(1);
  expect(acts().filter((tool) => tool === "farm_warm").length).toBeLessThanOrEqual(6);
});

test("what only reports looks once, hands over with its words, and offers nothing", async () => {
  const { tick, acts, asked, incident, feed, again } = made({ class: "report", effect: "read", steps: [step("farm_look")], words: "Call the vet.", says: "The vet is needed." });
  await tick(5);
  again();
  await tick(5);
  expect(acts()).toEqual([]);
  expect(asked.length).toBe(1);
  expect(incident()).toMatchObject({ status: "escalated", words: "Call the vet." });
  expect(feed()).toEqual([["notice", "one: The vet is needed."]]);
});

test("what is not to be done now waits and says why; what does not keep its word is left alone", async () => {
  const waits = made({ wait: "one is locked." });
  await waits.tick(3);
  expect(waits.acts()).toEqual([]);
  expect(waits.feed()).toEqual([["notice", "I would warm it, and wait: one is locked."]]);
  const strays = made({ effect: "read" });
  await strays.tick(3);
  expect(strays.asked).toEqual([]);
  expect(strays.incident()?.status).toBe("escalated");
  expect(strays.feed()[0]?.[1]).toContain("farm_warm is reversible, and it says that it is no more than read");
  const lacks = made({ steps: [step("ssh_run")] });
  await lacks.tick(3);
  expect(lacks.feed()).toEqual([["notice", "I know what to do (warm it), and nothing here brings ssh_run. It needs a person."]]);
});

test("who cannot be asked at once is asked again, and an incident nobody knows an answer to is handed over", async () => {
  const { tick, incident } = made(undefined);
  await tick();
  expect(incident()).toMatchObject({ status: "escalated", words: expect.stringContaining("Nothing I have mends this") });
});
