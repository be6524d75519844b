// What crashes and comes back by itself: told once as flapping, not each time, and never started into it. What Jarvis itself brought back is no flapping.
import { afterEach, expect, test } from "bun:test";
import type { Call } from "../../../core/contract/call.ts";
import type { FeedEntry } from "../../../core/contract/incident.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import type { TrackParts } from "../../../core/incidents/parts.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createTracker } from "../../../core/incidents/track.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";
import { quietParts } from "./quiet-parts.ts";

const MINUTE_MS = 60_000;
const alert: OpenAlert = { id: "farm/barn#gone#guest/1", key: "gone", resource: "guest/1", severity: "critical", title: "one is gone", plugin: "farm", channel: "farm/barn" };
const mended: Call = {
  callId: "c-0001",
  tool: "farm_start",
  arguments: {},
  target: "guest/1",
  identity: null,
  effect: "reversible",
  caller: { kind: "remedy", id: "farm/start", scope: "operate", tainted: false },
  decision: "allow",
  rule: "allowed",
  state: "succeeded",
  createdAt: "1970-01-01T00:00:00.000Z",
};
const remedy = {
  id: "farm/start",
  plugin: "farm",
  title: "Start it",
  on: ["gone"],
  kinds: ["crash"],
  steps: [{ tool: "farm_start", input: () => ({}) }],
  tries: { perHour: 9, gapsMinutes: [0] },
};

let stop = (): void => undefined;
afterEach(() => stop());

/** `ours`: each fall is brought back by a call of ours, so it stands for a grace otherwise. */
const barn = ({ ours = false, acts = true } = {}) => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const told: FeedEntry[] = [];
  const calls: string[] = [];
  const byHand: Call[] = [];
  let open: OpenAlert[] = [];
  const unclear = { kind: "unknown", words: "Nobody knows.", evidence: [], verdict: "unclear" as const, graceSeconds: 60 };
  let cause: Awaited<ReturnType<TrackParts["suspicion"]["diagnose"]>> = ours ? { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" } : unclear;
  const make = () => {
    const records = createRecords({ clock, store, changed: () => undefined });
    const tracker = createTracker({
      ...quietParts,
      clock,
      log: (...words) => {
        throw new Error(JSON.stringify(words));
      },
      kept: createKept(db),
      records,
      feed: createFeed({ clock, store, publish: (entry) => void told.push(entry) }),
      suspicion: { diagnose: async () => cause, scene: async () => ({}) },
      remedies: () => [remedy],
      isUp: () => open.length === 0,
      nameOf: () => "one",
      alerts: () => open,
      call: async ({ tool }) => {
        calls.push(tool);
        return { callId: mended.callId, state: "running", text: "" };
      },
      callsOn: () => byHand,
      acts: () => acts,
      getCall: (callId) => (callId === mended.callId ? mended : undefined),
      waitFor: async () => mended,
    });
    tracker.start();
    return { records, tracker };
  };
  let life = make();
  stop = () => life.tracker.stop();
  const change = async (to: OpenAlert[], forMs: number): Promise<void> => {
    const [raised, ended] = [to.filter((one) => !open.includes(one)), open.filter((one) => !to.includes(one))];
    open = to;
    life.tracker.told({ raised, ended });
    await clock.advance(forMs);
  };
  return {
    clock,
    told,
    calls,
    get records() {
      return life.records;
    },
    judge: (next: typeof cause): void => {
      cause = next;
    },
    fall: (forMs = 20_000) => change([alert], forMs),
    rise: (forMs = 20_000) => change([], forMs),
    /** A person acts on it through Jarvis. */
    hand: (): void =>
      void byHand.unshift({ ...mended, callId: `c-hand-${byHand.length}`, caller: { kind: "operator", id: "owner", scope: "admin", tainted: false }, createdAt: clock.iso() }),
    restart: (): void => {
      life.tracker.stop();
      life = make();
    },
    resolved: () => store.list(["resolved"], 50),
  };
};

const fallAndRise = async ({ fall, rise }: ReturnType<typeof barn>, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    await fall();
    await rise();
  }
};

test("the third time within ten minutes it is told once as flapping; ten more falls open nothing, tell nothing and start nothing", async () => {
  const it = barn();
  await fallAndRise(it, 2);
  expect(it.resolved().map(({ cause }) => cause.kind)).toEqual(["unknown", "unknown"]);
  const before = it.told.length;
  await fallAndRise(it, 11);
  expect(it.records.openOnes()).toMatchObject([
    { status: "escalated", cause: { kind: "flapping" }, words: expect.stringContaining("I tell this once and do not start it into that") },
  ]);
  expect(it.told.slice(before).map(({ kind, words }) => [kind, words])).toEqual([
    ["found", "one is gone. It failed and came back by itself 3 times within ten minutes. Nobody knows."],
  ]);
  expect(it.calls).toEqual([]);

  await it.rise(9 * MINUTE_MS);
  expect(it.records.openOnes()).toHaveLength(1);
  await it.rise(2 * MINUTE_MS);
  expect(it.records.openOnes()).toEqual([]);
  expect(it.told.at(-1)).toMatchObject({ kind: "notice", words: "one is well again, without my doing." });
});

test("what stays down for ten minutes flaps no more: it is judged anew and mended", async () => {
  const it = barn();
  await fallAndRise(it, 3);
  it.judge({ kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" });
  await it.fall(9 * MINUTE_MS);
  expect(it.calls).toEqual([]);
  await it.fall(2 * MINUTE_MS);
  expect(it.calls[0]).toBe("farm_start");
  expect(
    it.records
      .openOnes()[0]
      ?.timeline.filter(({ step }) => step === "diagnosed")
      .at(-1)?.words,
  ).toBe("It crashed.");
});

test("a restart of Jarvis forgets neither how often it fell nor that it flaps", async () => {
  const it = barn();
  await fallAndRise(it, 2);
  it.restart();
  await it.fall();
  expect(it.records.openOnes()).toMatchObject([{ cause: { kind: "flapping" } }]);
  it.restart();
  await it.rise();
  await it.fall();
  expect(it.records.openOnes()).toHaveLength(1);
  expect(it.calls).toEqual([]);
});

test("seldom is not flapping, and what was meant is no fault", async () => {
  const seldom = barn();
  for (let time = 0; time < 5; time += 1) {
    await seldom.fall();
    await seldom.rise(6 * MINUTE_MS);
  }
  expect(seldom.resolved().every(({ cause }) => cause.kind === "unknown")).toBe(true);
  stop();
  const meant = barn();
  meant.judge({ kind: "user", words: "Somebody stopped it.", evidence: [], verdict: "meant" });
  await fallAndRise(meant, 5);
  expect([meant.resolved(), meant.records.openOnes()]).toEqual([[], []]);
});

test("what Jarvis brought back each time is its own work, bounded by its own tries, and no flapping", async () => {
  const it = barn({ ours: true });
  await fallAndRise(it, 4);
  expect(it.calls.length).toBeGreaterThanOrEqual(4);
  expect([...it.resolved(), ...it.records.openOnes()].every(({ cause }) => cause.kind === "crash")).toBe(true);
});

const fault = { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" as const };

test("what a person brought back through Jarvis has not come back by itself", async () => {
  const it = barn();
  for (let time = 0; time < 2; time += 1) {
    await it.fall();
    it.hand();
    await it.rise();
  }
  await it.fall();
  expect(it.records.openOnes()).toMatchObject([{ cause: { kind: "unknown" } }]);
});

test("what was meant is no fault among faults, also when that was found later", async () => {
  const it = barn();
  for (let time = 0; time < 2; time += 1) {
    it.judge({ kind: "unknown", words: "Nobody knows.", evidence: [], verdict: "unclear", graceSeconds: 60 });
    await it.fall();
    it.judge({ kind: "wish", words: "Ana stopped it.", evidence: [], verdict: "meant" });
    await it.clock.advance(70_000);
    await it.rise();
  }
  expect(it.resolved().map(({ cause }) => cause.verdict)).toEqual(["meant", "meant"]);
  it.judge(fault);
  await it.fall();
  expect(it.records.openOnes()).toMatchObject([{ cause: { kind: "crash" } }]);
});

test("where Jarvis only watches or asks, what comes back was mended by people: each fall is judged for itself", async () => {
  const it = barn({ acts: false });
  await fallAndRise(it, 4);
  expect(it.resolved().map(({ cause }) => cause.kind)).toEqual(["unknown", "unknown", "unknown", "unknown"]);
  expect(it.records.openOnes()).toEqual([]);
});
