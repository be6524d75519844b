// Root and victim both fail: the root is mended first, the victim waits and is judged anew; and what goes round in circles, or fails again and again, ends with a person.
import { describe, expect, test } from "bun:test";
import type { Call } from "../../../core/contract/call.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import { createGivenUp } from "../../../core/incidents/given-up.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createTracker } from "../../../core/incidents/track.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { isInside, rootOf, victimsOf } from "../../../core/state/roots.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const MINUTE_MS = 60_000;
const THINGS = [{ id: "container/mgmt/db", parent: "guest/100" }, { id: "container/mgmt/web", parent: "guest/100", needs: ["container/mgmt/db"] }, { id: "guest/100" }];
const down = (name: string): OpenAlert => ({
  id: `farm/barn#died#container/mgmt/${name}`,
  key: "died",
  resource: `container/mgmt/${name}`,
  severity: "critical",
  title: `${name} has stopped.`,
  explains: "below",
  plugin: "farm",
  channel: "farm/barn",
});
const [DB, WEB] = [down("db"), down("web")];

/** `act`: what a start of a thing makes of the house; its answer: whether it held. `meant`: alerts somebody wanted. */
const setUp = ({
  act = () => true,
  meant = [],
  things = THINGS,
}: {
  act?: (target: string) => boolean;
  meant?: string[];
  things?: { id: string; parent?: string; needs?: string[] }[];
}) => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const find = (id: string) => things.find((one) => one.id === id);
  const calls: Call[] = [];
  const house = { open: [] as OpenAlert[] };
  const feed = createFeed({ clock, store, publish: () => undefined });
  const tracker = createTracker({
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed,
    suspicion: {
      diagnose: async ({ id }) => ({ kind: "crash", words: "It crashed.", evidence: [], verdict: meant.includes(id) ? "meant" : "fault" }),
      scene: async () => ({}),
    },
    remedies: () => [
      {
        id: "farm/start",
        plugin: "farm",
        title: "Start it",
        on: ["died"],
        kinds: ["crash"],
        steps: [{ tool: "farm_start", input: ({ alert }) => ({ target: alert.resource }) }],
        tries: { perHour: 3, gapsMinutes: [0, 5, 15] },
      },
    ],
    prescribe: async () => undefined,
    toolAt: () => undefined,
    exists: () => true,
    isUp: () => false,
    nameOf: (id) => id.split("/").at(-1) ?? id,
    countOf: () => 20,
    rootOf: (alert) => {
      const givenUp = createGivenUp(records.openOnes, (callId) => calls.find((call) => call.callId === callId))();
      return rootOf(alert, house.open, find, ({ id }) => !givenUp.has(id));
    },
    isInside: (id, carrier) => isInside(id, carrier, find),
    victimsOf: (id) => victimsOf(id, things),
    alerts: () => house.open,
    seen: () => true,
    refresh: async () => undefined,
    call: async ({ arguments: input, incident, remedy }) => {
      const { target } = input as { target: string };
      const held = act(target);
      const callId = `call-${calls.length + 1}`;
      calls.push({
        callId,
        tool: "farm_start",
        arguments: {},
        target,
        identity: null,
        effect: "reversible",
        caller: { kind: "remedy", id: remedy, scope: "operate", tainted: false },
        decision: "allow",
        rule: "allowed",
        state: held ? "succeeded" : "failed",
        createdAt: clock.iso(),
        endedAt: clock.iso(),
        incident,
        text: held ? "It runs." : "It does not hold.",
      });
      return { callId, state: "running", text: "under way" };
    },
    withdraw: () => undefined,
    callsOn: (target) => calls.filter((call) => call.target === target).reverse(),
    recentActs: () => calls,
    getCall: (callId) => calls.find((call) => call.callId === callId),
    waitFor: async (callId) => calls.find((call) => call.callId === callId) ?? Promise.reject(new Error(callId)),
  });
  tracker.start();
  const told = (change: { raised?: OpenAlert[]; ended?: OpenAlert[] }): void => {
    house.open = [...house.open.filter((one) => !change.ended?.includes(one)), ...(change.raised ?? [])];
    tracker.told({ raised: change.raised ?? [], ended: change.ended ?? [] });
  };
  return { clock, store, records, calls, tracker, told, acts: () => calls.map(({ target }) => target) };
};

describe("when root and victim both fail", () => {
  test("only the root is acted on; the victim waits, is said to, and is judged anew and mended when the root is over and it still stands", async () => {
    const { clock, store, calls, acts, told, tracker } = setUp({});
    told({ raised: [WEB, DB] });
    await clock.advance(20_000);
    expect(acts()).toEqual([DB.resource]);
    const [root] = store.open();
    expect(root).toMatchObject({ resource: DB.resource, victims: [WEB.resource] });
    const said = root?.timeline.map(({ words }) => words).filter((words) => words.includes("web is hurt by it too"));
    expect(said).toEqual(["web is hurt by it too: web has stopped. What would be done for it waits until this is over or given up, and it is judged anew then."]);

    told({ ended: [DB] });
    await clock.advance(20_000);
    expect(acts()).toEqual([DB.resource]);
    await clock.advance(60_000);
    expect(acts()).toEqual([DB.resource, WEB.resource]);
    expect(calls[1]?.incident).not.toBe(calls[0]?.incident);
    tracker.stop();
  });

  test("the victim waits no longer for a root that was tried for in vain, and its record says so", async () => {
    const { clock, store, acts, told, tracker } = setUp({ act: (target) => target !== DB.resource });
    told({ raised: [WEB, DB] });
    await clock.advance(15 * MINUTE_MS);
    expect(new Set(acts())).toEqual(new Set([DB.resource]));
    await clock.advance(10 * MINUTE_MS);
    expect(acts()).toEqual([DB.resource, DB.resource, DB.resource, WEB.resource]);
    expect(store.open().find(({ resource }) => resource === DB.resource)).toMatchObject({ status: "escalated" });
    const web = store.open().find(({ resource }) => resource === WEB.resource);
    expect(web?.timeline.map(({ words }) => words)).toContain("I waited for this to be mended first: db has stopped. I gave that up, so I look at this for itself now.");
    tracker.stop();
  });

  test("who needs what somebody stopped on purpose is left alone and told of once; what lies inside it goes without saying", async () => {
    const guest: OpenAlert = { ...DB, id: "farm/barn#died#guest/100", resource: "guest/100", title: "mgmt has stopped." };
    const by = setUp({ meant: [DB.id] });
    by.told({ raised: [DB, WEB] });
    await by.clock.advance(5 * MINUTE_MS);
    expect([by.acts(), by.store.open()]).toEqual([[], []]);
    expect(
      by.store
        .feed(50)
        .filter(({ resource }) => resource === WEB.resource)
        .map(({ words }) => words),
    ).toEqual(["I leave web alone (web has stopped): it cannot run without db, and that was meant (db has stopped)."]);
    by.tracker.stop();

    const inside = setUp({ meant: [guest.id] });
    inside.told({ raised: [guest, DB] });
    await inside.clock.advance(5 * MINUTE_MS);
    expect(inside.store.feed(50).filter(({ resource }) => resource === DB.resource)).toEqual([]);
    inside.tracker.stop();
  });

  test("two that need each other are one incident of the one that failed first, and both are mended in the end", async () => {
    const things = [
      { id: DB.resource, needs: [WEB.resource] },
      { id: WEB.resource, needs: [DB.resource] },
    ];
    const { clock, store, acts, told, tracker } = setUp({ things });
    told({ raised: [WEB, DB] });
    await clock.advance(20_000);
    expect([acts(), store.open().map(({ resource }) => resource)]).toEqual([[WEB.resource], [WEB.resource]]);
    told({ ended: [WEB] });
    await clock.advance(90_000);
    expect(acts()).toEqual([WEB.resource, DB.resource]);
    tracker.stop();
  });
});

test("a cure that breaks another thing, whose cure breaks the first, is not gone round a second time: a person is told what breaks what", async () => {
  const [left, right] = [down("left"), down("right")];
  const pending: (() => void)[] = [];
  const { clock, store, acts, told, tracker } = setUp({
    things: [],
    act: (target) => {
      const [mended, broken] = target === left.resource ? [left, right] : [right, left];
      pending.push(() => told({ ended: [mended], raised: [broken] }));
      return true;
    },
  });
  told({ raised: [left] });
  for (let step = 0; step < 40; step += 1) {
    await clock.advance(30_000);
    pending.shift()?.();
  }
  expect(acts()).toEqual([left.resource, right.resource, left.resource]);
  const [stopped] = store.open();
  expect(stopped).toMatchObject({ resource: right.resource, status: "escalated" });
  expect(stopped?.words).toStartWith(
    "I go round in a circle: each time I mend left, right fails within two minutes, and mending that brings the other down again (left, then right, then left).",
  );
  tracker.stop();
});

test("a cure that never holds for long is tried three times an hour, over all the incidents it makes, and then a person is told", async () => {
  const again: (() => void)[] = [];
  const { clock, store, acts, told, tracker } = setUp({
    act: () => {
      again.push(() => told({ ended: [WEB] }));
      again.push(() => told({ raised: [WEB] }));
      return true;
    },
  });
  told({ raised: [WEB] });
  for (let step = 0; step < 100; step += 1) {
    await clock.advance(30_000);
    again.shift()?.();
  }
  expect(acts()).toEqual([WEB.resource, WEB.resource, WEB.resource]);
  expect(store.open()).toMatchObject([{ resource: WEB.resource, status: "escalated", words: "I tried 3 times in an hour and web does not stay up. It needs a person." }]);
  tracker.stop();
});
