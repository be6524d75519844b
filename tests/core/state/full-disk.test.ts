// A full disk hides no change: what is told by the difference to the reading before is told on a disk that keeps nothing, too.
import { expect, test } from "bun:test";
import { z } from "zod";
import { createAlerts } from "../../../core/state/alerts.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createPoller } from "../../../core/state/poller.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createReadings } from "../../../core/store/readings.ts";
import { createManualClock } from "../../support/clock.ts";
import { fillDisk } from "../../support/full-disk.ts";

const State = z.object({ up: z.boolean(), log: z.string() });

test("a guest that stops while the disk is full is told as stopped, its source is not called lost, and room brings the reading to disk", async () => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const readings = createReadings(db);
  const store = createStateStore({ clock, keep: readings.keep });
  const raised: string[] = [];
  const told = (change: { raised: readonly { resource: string }[] }): void => void raised.push(...change.raised.map(({ resource }) => resource));
  const alerts = createAlerts({ clock, store, log: () => undefined, told });
  const poller = createPoller({ clock, store, log: () => undefined, random: () => 0.5 });
  let now = { up: true, log: "x".repeat(5000) };
  const monitor: BoundMonitor = {
    channel: "farm/barn",
    plugin: "farm",
    title: "barn",
    everyMs: 10_000,
    watchedMs: undefined,
    deadlineMs: 5000,
    schema: State,
    read: async () => now,
    // Only who was seen running has stopped.
    alerts: (value, { before, open }) =>
      !State.parse(value).up && (open.length > 0 || State.safeParse(before).data?.up === true)
        ? [{ key: "stopped", resource: "guest/1", severity: "critical", title: "one has stopped" }]
        : [],
  };
  alerts.add(monitor);
  poller.add(monitor);
  await clock.settle();

  const makeRoom = fillDisk(db);
  now = { up: false, log: "x".repeat(9000) };
  await clock.advance(30_500);
  expect(raised).toEqual(["guest/1"]);
  expect(store.get("farm/barn")?.stale).toBe(false);
  expect(createReadings(db).load()["farm/barn"]?.value).toMatchObject({ up: true });

  makeRoom();
  now = { up: false, log: "" };
  await clock.advance(10_500);
  expect(createReadings(db).load()["farm/barn"]?.value).toEqual(now);
  await poller.stop();
});
