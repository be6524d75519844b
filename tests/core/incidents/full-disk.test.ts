// A full disk under the incidents: nothing throws out of the round, nothing is asked of the house over and over, and with room again all goes on by itself.
import { expect, test } from "bun:test";
import type { Cause } from "../../../core/contract/cause.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createTracker } from "../../../core/incidents/track.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";
import { fillDisk } from "../../support/full-disk.ts";
import { quietParts } from "./quiet-parts.ts";

const alertOf = (resource: string): OpenAlert => ({
  id: `farm/barn#gone#${resource}`,
  key: "gone",
  resource,
  severity: "critical",
  title: `${resource} is gone`,
  plugin: "farm",
  channel: "farm/barn",
});

const createHouse = (open: { alerts: OpenAlert[] }) => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const asked: string[] = [];
  const diagnose = async ({ resource }: OpenAlert): Promise<Cause> => {
    asked.push(resource);
    return { kind: "power", words: "It is dark.", evidence: [], verdict: "fault" };
  };
  const scene = async () => ({ log: "x".repeat(8000) });
  const tracker = createTracker({
    ...quietParts,
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose, scene },
    alerts: () => open.alerts,
  });
  tracker.start();
  return { clock, db, store, records, asked, tracker };
};

test("what ended and what began on a full disk is on record once there is room, and the house was asked once meanwhile", async () => {
  const [first, second] = [alertOf("guest/1"), alertOf("guest/2")];
  const open = { alerts: [first] };
  const { clock, db, store, records, asked, tracker } = createHouse(open);
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);

  const makeRoom = fillDisk(db);
  open.alerts = [second];
  asked.length = 0;
  tracker.told({ raised: [second], ended: [first] });
  await clock.advance(600_000);
  expect(asked).toEqual(["guest/2"]);

  makeRoom();
  await clock.advance(20_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/2"]);
  expect(store.list(["resolved"], 10).map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});

test("many that are wrong on a full disk are each diagnosed once at most, whatever comes on top, and all are taken up when there is room", async () => {
  const farm = Array.from({ length: 6 }, (_, n) => alertOf(`guest/${n}`));
  const open = { alerts: farm.slice(0, 3) };
  const { clock, db, records, asked, tracker } = createHouse(open);
  const makeRoom = fillDisk(db);
  tracker.told({ raised: open.alerts, ended: [] });
  await clock.advance(300_000);
  open.alerts = farm;
  tracker.told({ raised: farm.slice(3), ended: [] });
  await clock.advance(300_000);
  expect(asked.toSorted()).toEqual([...new Set(asked)].sort());
  expect(asked.length).toBeLessThanOrEqual(3);

  makeRoom();
  await clock.advance(60_000);
  expect(records.openOnes().map(({ resource }) => resource)).toHaveLength(6);
  tracker.stop();
});
