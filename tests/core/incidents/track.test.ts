// The tracker begins nothing on an alert it has only from before.
import { expect, test } from "bun:test";
import type { Call } from "../../../core/contract/call.ts";
import type { Cause } from "../../../core/contract/cause.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createFarm } from "./farm.ts";

const alert: OpenAlert = { id: "farm/barn#gone#guest/1", key: "gone", resource: "guest/1", severity: "critical", title: "one is gone.", plugin: "farm", channel: "farm/barn" };

test("one root opens one incident that names its victims; what it explains opens none, or ends as a part of it", async () => {
  const farm: OpenAlert = { ...alert, id: "farm/barn#dark#node/pve", key: "dark", resource: "node/pve", title: "pve is dark", cause: "power", explains: true };
  let open: OpenAlert[] = [alert];
  const { clock, store, records, tracker } = createFarm({
    alerts: () => open,
    rootOf: (one) => (one.id === alert.id ? open.find(({ explains }) => explains) : undefined),
    victimsOf: () => ["guest/2", "guest/3"],
  });
  tracker.start();
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);

  open = [alert, farm];
  await clock.advance(20_000);
  expect(records.openOnes()).toMatchObject([{ resource: "node/pve", status: "escalated", victims: ["guest/2", "guest/3", "guest/1"] }]);
  expect(store.list(["resolved"], 10)).toMatchObject([
    { resource: "guest/1", words: "This is no fault of its own: pve is dark. I see to that first, and judge this anew when it is over or given up." },
  ]);

  open = [alert];
  await clock.advance(20_000);
  expect(records.openOnes()).toEqual([]);
  await clock.advance(20_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});

test("what a root explained is read anew when the root has gone, and told for itself only when it still stands", async () => {
  const farm: OpenAlert = { ...alert, id: "farm/barn#dark#node/pve", key: "dark", resource: "node/pve", title: "pve is dark", cause: "power", explains: true };
  let open: OpenAlert[] = [alert, farm];
  const read: string[] = [];
  const { clock, store, tracker } = createFarm({
    alerts: () => open,
    rootOf: (one) => (one.id === alert.id ? open.find(({ explains }) => explains) : undefined),
    refresh: async (channel) => {
      read.push(channel);
      open = [];
    },
  });
  tracker.start();
  await clock.advance(10_000);
  open = [alert];
  await clock.advance(20_000);
  expect(read).toEqual([]);
  await clock.advance(20_000);
  expect(read).toEqual(["farm/barn"]);
  expect(store.list(undefined, 10).map(({ resource, status }) => [resource, status])).toEqual([["node/pve", "resolved"]]);
  tracker.stop();
});

test("an alert of the run before waits for its source's first good reading", async () => {
  let fresh = false;
  let diagnosed = 0;
  const { clock, tracker } = createFarm({
    suspicion: {
      diagnose: async () => {
        diagnosed += 1;
        return { kind: "user", words: "Somebody wanted it.", evidence: [], verdict: "meant" };
      },
      scene: async () => ({}),
    },
    alerts: () => [alert],
    seen: () => fresh,
  });
  tracker.start();
  await clock.advance(20_000);
  expect(diagnosed).toBe(0);

  fresh = true;
  await clock.advance(20_000);
  expect(diagnosed).toBe(1);
  tracker.stop();
});

const MINUTE_MS = 60_000;

test("a second try is judged anew: what a person stopped after the first is left alone, and the incident ends", async () => {
  const crash: Cause = { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" };
  const wish: Cause = { kind: "user", words: "Somebody stopped it, and it stays down.", evidence: [], verdict: "meant" };
  let now = crash;
  let looks = 0;
  const calls: Call[] = [];
  const { clock, store, records, tracker } = createFarm({
    alerts: () => [alert],
    suspicion: {
      diagnose: async () => {
        looks += 1;
        return now;
      },
      scene: async () => ({}),
    },
    remedies: () => [
      {
        id: "farm/start",
        plugin: "farm",
        title: "Start it",
        on: ["gone"],
        kinds: ["crash"],
        steps: [{ tool: "farm_guest_start", input: () => ({}) }],
        tries: { perHour: 3, gapsMinutes: [0, 5] },
      },
    ],
    call: async ({ incident }) => {
      const callId = `call-${calls.length + 1}`;
      calls.unshift({
        callId,
        tool: "farm_guest_start",
        arguments: {},
        target: alert.resource,
        identity: null,
        effect: "reversible",
        caller: { kind: "remedy", id: "farm/start", scope: "operate", tainted: false },
        decision: "allow",
        rule: "allowed",
        state: "failed",
        createdAt: clock.iso(),
        endedAt: clock.iso(),
        incident,
        text: "It does not hold: it is stopped.",
      });
      return { callId, state: "running", text: "under way" };
    },
    callsOn: () => calls,
    getCall: (callId) => calls.find((one) => one.callId === callId),
    waitFor: async () => calls[0] as Call,
  });
  tracker.start();
  await clock.advance(MINUTE_MS);
  expect([calls.length, looks]).toEqual([1, 1]);

  now = wish;
  await clock.advance(30 * MINUTE_MS);
  expect([calls.length, looks]).toEqual([1, 2]);
  expect(records.openOnes()).toEqual([]);
  expect(store.list(["resolved"], 1)).toMatchObject([{ cause: { kind: "user" } }]);
  tracker.stop();
});

test("what somebody else is at work on opens no incident before its cause has been waited for, and none when it is well again by then", async () => {
  const working: Cause = { kind: "unknown", words: "Somebody else brings it back.", evidence: [], verdict: "unclear", waitSeconds: 120 };
  let open: OpenAlert[] = [alert];
  let cause = working;
  const asked: string[] = [];
  const { clock, store, records, tracker } = createFarm({
    alerts: () => open,
    suspicion: {
      diagnose: async (_alert, openedAt) => {
        asked.push(openedAt);
        return cause;
      },
      scene: async () => ({}),
    },
  });
  const began = clock.iso();
  tracker.start();
  await clock.advance(100_000);
  expect(records.openOnes()).toEqual([]);
  // Judged again now and then, always from when it was first seen.
  expect([asked.length, new Set(asked).size, asked[0]]).toEqual([4, 1, began]);
  open = [];
  tracker.told({ raised: [], ended: [alert] });
  await clock.advance(10_000);

  // The next time it is not brought back.
  open = [alert];
  await clock.advance(100_000);
  expect(records.openOnes()).toEqual([]);
  await clock.advance(40_000);
  expect(records.openOnes()).toMatchObject([{ resource: "guest/1", cause: { kind: "unknown" } }]);
  open = [];
  tracker.told({ raised: [], ended: [alert] });
  await clock.advance(10_000);
  expect(store.list(undefined, 10).map(({ status }) => status)).toEqual(["resolved"]);

  // A fault that is proved meanwhile is told at once.
  open = [alert];
  await clock.advance(10_000);
  cause = { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" };
  await clock.advance(40_000);
  expect(records.openOnes()).toMatchObject([{ cause: { kind: "crash" } }]);
  tracker.stop();
});

test("an open incident takes over the cause that its monitor tells once it knows better", async () => {
  const lost: OpenAlert = { ...alert, title: "one is gone", cause: "host-down" };
  let open = [lost];
  const { clock, records, tracker } = createFarm({
    alerts: () => open,
    suspicion: { diagnose: async ({ cause = "unknown" }) => ({ kind: cause, words: `It is ${cause}.`, evidence: [], verdict: "fault" }), scene: async () => ({}) },
  });
  tracker.start();
  await clock.advance(10_000);
  open = [{ ...lost, cause: "user" }];
  await clock.advance(10_000);
  const [incident] = records.openOnes();
  expect(incident?.cause).toMatchObject({ kind: "user", words: "It is user." });
  expect(incident?.timeline.filter(({ step }) => step === "diagnosed").map(({ words }) => words)).toEqual(["It is host-down.", "It is user."]);
  tracker.stop();
});

test("an act that lasts holds up no other incident", async () => {
  const other: OpenAlert = { ...alert, id: "farm/barn#gone#guest/2", resource: "guest/2" };
  let isOtherJudged = 0;
  const { clock, tracker } = createFarm({
    alerts: () => [alert, other],
    suspicion: {
      diagnose: async ({ resource }) => {
        if (resource === other.resource) isOtherJudged += 1;
        return { kind: "crash", words: "It crashed.", evidence: [], verdict: resource === other.resource ? "unclear" : "fault", graceSeconds: 600 };
      },
      scene: async () => ({}),
    },
    remedies: () => [
      { id: "farm/start", plugin: "farm", title: "Start it", on: ["gone"], kinds: ["crash"], steps: [{ tool: "t", input: () => ({}) }], tries: { perHour: 3, gapsMinutes: [0] } },
    ],
    call: async () => ({ callId: "call-1", state: "running", text: "under way" }),
    // It never ends.
    waitFor: () => new Promise(() => undefined),
  });
  tracker.start();
  await clock.advance(20 * MINUTE_MS);
  expect(isOtherJudged).toBeGreaterThan(1);
  tracker.stop();
});

test("an incident whose monitor was taken out of the configuration ends in words of its own, and not as well again", async () => {
  let open = [alert];
  const { clock, store, records, tracker } = createFarm({ alerts: () => open });
  tracker.start();
  await clock.advance(10_000);
  expect(records.openOnes().length).toBe(1);
  open = [];
  tracker.abandoned([alert]);
  await clock.advance(10_000);
  expect(store.list(["resolved"], 10)).toMatchObject([
    {
      words: "Nobody looks at guest/1 for this any more: what told of it was taken out of the configuration. I close it without knowing whether it is well.",
    },
  ]);
  tracker.stop();
});
