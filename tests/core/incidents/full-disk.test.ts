// A full disk under the incidents: nothing throws out of the round, nothing is asked of the house over and over, and with room again all goes on by itself.
import { expect, test } from "bun:test";
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

test("what ended and what began on a full disk is on record once there is room, and the house was asked seldom meanwhile", async () => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const [first, second] = [alertOf("guest/1"), alertOf("guest/2")];
  let open = [first];
  let asked = 0;
  const scene = async () => {
    asked += 1;
    return { log: "x".repeat(8000) };
  };
  const tracker = createTracker({
    ...quietParts,
    clock,
    log: () => undefined,
    kept: createKept(db),
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => ({ kind: "power", words: "It is dark.", evidence: [], verdict: "fault" }), scene },
    alerts: () => open,
  });
  tracker.start();
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);

  const makeRoom = fillDisk(db);
  open = [second];
  asked = 0;
  tracker.told({ raised: [second], ended: [first] });
  await clock.advance(60_000);
  expect(asked).toBeLessThanOrEqual(5);

  makeRoom();
  await clock.advance(20_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/2"]);
  expect(store.list(["resolved"], 10).map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});
