// The tracker begins nothing on an alert it has only from before.
import { expect, test } from "bun:test";
import { createFeed } from "../../../core/incidents/feed.ts";
import type { TrackParts } from "../../../core/incidents/parts.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createTracker } from "../../../core/incidents/track.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const alert: OpenAlert = { id: "farm/barn#gone#guest/1", key: "gone", resource: "guest/1", severity: "critical", title: "one is gone.", plugin: "farm", channel: "farm/barn" };

const setUp = (overrides: Partial<TrackParts>) => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const parts: TrackParts = {
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => ({ kind: "power", words: "It is dark.", evidence: [], verdict: "fault" }), scene: async () => ({}) },
    remedies: () => [],
    nameOf: (id) => id,
    countOf: () => 10,
    rootOf: () => undefined,
    victimsOf: () => [],
    alerts: () => [],
    seen: () => true,
    refresh: async () => undefined,
    call: async () => ({ callId: "c", state: "refused", text: "" }),
    withdraw: () => undefined,
    callsOn: () => [],
    getCall: () => undefined,
    waitFor: () => new Promise(() => undefined),
    ...overrides,
  };
  return { clock, store, records, tracker: createTracker(parts) };
};

test("one root opens one incident that names its victims; what it explains opens none, or ends as a part of it", async () => {
  const farm: OpenAlert = { ...alert, id: "farm/barn#dark#node/pve", key: "dark", resource: "node/pve", title: "pve is dark", cause: "power", explains: true };
  let open: OpenAlert[] = [alert];
  const { clock, store, records, tracker } = setUp({
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
  expect(store.list(["resolved"], 10)).toMatchObject([{ resource: "guest/1", words: "This is no fault of its own: pve is dark." }]);

  open = [alert];
  await clock.advance(20_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});

test("what a root explained is read anew when the root has gone, and told for itself only when it still stands", async () => {
  const farm: OpenAlert = { ...alert, id: "farm/barn#dark#node/pve", key: "dark", resource: "node/pve", title: "pve is dark", cause: "power", explains: true };
  let open: OpenAlert[] = [alert, farm];
  const read: string[] = [];
  const { clock, store, tracker } = setUp({
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
  expect(read).toEqual(["farm/barn"]);
  expect(store.list(undefined, 10).map(({ resource, status }) => [resource, status])).toEqual([["node/pve", "resolved"]]);
  tracker.stop();
});

test("an alert of the run before waits for its source's first good reading", async () => {
  let fresh = false;
  let diagnosed = 0;
  const { clock, tracker } = setUp({
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
