// The last readings over a restart: all of them where they are small, the last minute's at a clean stop where they are large.
import { expect, test } from "bun:test";
import { openDatabase } from "../../../core/store/open.ts";
import { createReadings } from "../../../core/store/readings.ts";

const START = Date.UTC(2026, 10, 23);
const made = () => {
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const readings = createReadings(db);
  const keep = (seconds: number, value: unknown): void => readings.keep("p/m", { value, revision: seconds, at: new Date(START + seconds * 1000).toISOString(), stale: false });
  return { db, readings, keep, kept: () => createReadings(db).load()["p/m"]?.revision };
};

test("a small reading is on disk at once, each time", () => {
  const { db, keep, kept } = made();
  for (const seconds of [0, 10, 20]) {
    keep(seconds, { guests: 22 });
    expect(kept()).toBe(seconds);
  }
  db.close();
});

test("a large one is written once a minute, and the last at a stop", () => {
  const { db, readings, keep, kept } = made();
  const large = { text: "x".repeat(100_000) };
  const seen: (number | undefined)[] = [];
  for (let seconds = 0; seconds <= 130; seconds += 10) {
    keep(seconds, large);
    seen.push(kept());
  }
  expect(seen).toEqual([0, 0, 0, 0, 0, 0, 60, 60, 60, 60, 60, 60, 120, 120]);
  readings.flush();
  expect(kept()).toBe(130);
  // What has become small, or came from a clock that was set back, waits for nothing.
  keep(10, large);
  expect(kept()).toBe(10);
  keep(80, { guests: 1 });
  keep(81, { guests: 2 });
  expect(kept()).toBe(81);
  db.close();
});
