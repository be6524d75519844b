// A tracker over a database in memory and a quiet world, and the alert it is mostly told of: what several tests of it begin with. Each test says what is otherwise.
import type { Cause } from "../../../core/contract/cause.ts";
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

export const goneAlert = (resource: string): OpenAlert => ({
  id: `farm/barn#gone#${resource}`,
  key: "gone",
  resource,
  severity: "critical",
  title: `${resource} is gone`,
  plugin: "farm",
  channel: "farm/barn",
});

const DARK: Cause = { kind: "power", words: "It is dark.", evidence: [], verdict: "fault" };

/** `settled`: alerts of the run before that somebody had wanted, each with what they were taken for. */
export const createFarm = ({ settled, ...otherwise }: Partial<TrackParts> & { settled?: Record<string, string> }) => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  const records = createRecords({ clock, store, changed: () => undefined });
  const kept = createKept(db);
  if (settled !== undefined) kept.set("alerts.settled", settled);
  const feed = createFeed({ clock, store, publish: () => undefined });
  const suspicion = { diagnose: async () => DARK, scene: async () => ({}) };
  const tracker = createTracker({ ...quietParts, clock, log: () => undefined, kept, records, feed, suspicion, ...otherwise });
  return { clock, db, store, records, tracker };
};
