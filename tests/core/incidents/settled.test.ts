// What somebody wanted is left alone as long as it stands, over a restart too, and not a moment longer.
import { expect, test } from "bun:test";
import { createFeed } from "../../../core/incidents/feed.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createTracker } from "../../../core/incidents/track.ts";
import type { OpenAlert } from "../../../core/state/alerts.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";
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
const [ONE, TWO] = [alertOf("guest/1"), alertOf("guest/2")];

test("a wish that was kept and whose alert ended unseen, as by a death in between, hides no later fault; one that still stands does", async () => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const kept = createKept(db);
  kept.set("alerts.settled", { [ONE.id]: "user", [TWO.id]: "user" });
  let open = [TWO];
  const tracker = createTracker({
    ...quietParts,
    clock,
    log: () => undefined,
    kept,
    records,
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: { diagnose: async () => ({ kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" }), scene: async () => ({}) },
    alerts: () => open,
  });
  tracker.start();
  await clock.advance(10_000);
  expect(records.openOnes()).toEqual([]);
  open = [ONE, TWO];
  tracker.told({ raised: [ONE], ended: [] });
  await clock.advance(10_000);
  expect(records.openOnes().map(({ resource }) => resource)).toEqual(["guest/1"]);
  tracker.stop();
});
