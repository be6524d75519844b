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

test("an alert of the run before waits for its source's first good reading", async () => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  let fresh = false;
  let diagnosed = 0;
  const parts: TrackParts = {
    clock,
    log: () => undefined,
    kept: createKept(db),
    records: createRecords({ clock, store, changed: () => undefined }),
    feed: createFeed({ clock, store, publish: () => undefined }),
    suspicion: {
      diagnose: async () => {
        diagnosed += 1;
        return { kind: "user", words: "Somebody wanted it.", evidence: [], verdict: "meant" };
      },
      scene: async () => ({}),
    },
    remedies: () => [],
    nameOf: () => "one",
    countOf: () => 10,
    alerts: () => [alert],
    seen: () => fresh,
    refresh: async () => undefined,
    call: async () => ({ callId: "c", state: "refused", text: "" }),
    withdraw: () => undefined,
    callsOn: () => [],
    getCall: () => undefined,
    waitFor: () => new Promise(() => undefined),
  };
  const tracker = createTracker(parts);
  tracker.start();
  await clock.advance(20_000);
  expect(diagnosed).toBe(0);

  fresh = true;
  await clock.advance(20_000);
  expect(diagnosed).toBe(1);
  tracker.stop();
});
