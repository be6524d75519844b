// A source that answers again: one success drops the back-off of all it feeds, and of nobody else.
import { expect, test } from "bun:test";
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createPoller } from "../../../core/state/poller.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const build = () => {
  const clock = createManualClock();
  const reads: string[] = [];
  const down = new Set<string>();
  const store = createStateStore({ clock, saved: {}, keep: () => undefined });
  const poller = createPoller({ clock, store, log: () => undefined, random: () => 0.5 });
  const monitor = (plugin: string, name: string, everyMs: number): BoundMonitor => ({
    channel: `${plugin}/${name}`,
    plugin,
    title: name,
    everyMs,
    watchedMs: undefined,
    deadlineMs: 5000,
    schema: z.unknown(),
    read: async () => {
      reads.push(`${plugin}/${name}`);
      if (down.has(plugin)) throw new JarvisError("upstream_timeout", { message: "no answer" });
      return {};
    },
  });
  return { clock, reads, down, poller, monitor };
};

test("one success after an outage reads its siblings at once, whatever their back-off", async () => {
  const { clock, reads, down, poller, monitor } = build();
  down.add("farm").add("boats");
  for (const one of [monitor("farm", "quick", 10_000), monitor("farm", "slow", 60_000), monitor("boats", "list", 60_000)]) poller.add(one);
  await clock.advance(1_300_000);
  down.delete("farm");
  reads.length = 0;
  for (let seconds = 0; !reads.includes("farm/quick") && seconds < 70; seconds += 1) await clock.advance(1000);
  await clock.settle();
  expect(reads.filter((channel) => channel !== "boats/list")).toEqual(["farm/quick", "farm/slow"]);
  expect(reads.filter((channel) => channel === "boats/list").length).toBeLessThanOrEqual(1);
  await poller.stop();
});

test("a sibling that is well is not read any more often, and one that still fails waits as after its first failure", async () => {
  const { clock, reads, poller, monitor } = build();
  let isSlowDown = true;
  let isQuickDown = true;
  const guarded = (one: BoundMonitor, isDown: () => boolean): BoundMonitor => ({
    ...one,
    read: async (signal) => {
      const value = await one.read(signal);
      if (isDown()) throw new JarvisError("upstream_timeout", { message: "no answer" });
      return value;
    },
  });
  poller.add(monitor("farm", "well", 60_000));
  poller.add(guarded(monitor("farm", "slow", 60_000), () => isSlowDown));
  poller.add(guarded(monitor("farm", "quick", 10_000), () => isQuickDown));
  await clock.advance(600_000);
  isQuickDown = false;
  reads.length = 0;
  for (let seconds = 0; !reads.includes("farm/quick") && seconds < 70; seconds += 1) await clock.advance(1000);
  expect(reads.filter((channel) => channel === "farm/slow").length).toBeGreaterThanOrEqual(1);
  expect(reads.filter((channel) => channel === "farm/well").length).toBeLessThanOrEqual(2);
  isSlowDown = false;
  reads.length = 0;
  await clock.advance(125_000);
  expect(reads).toContain("farm/slow");
  await poller.stop();
});

test("a source that has it hard is read in longer rounds while nobody watches, and as ever once it is well", async () => {
  const { clock, reads, poller, monitor } = build();
  let pace = 1;
  poller.add({ ...monitor("farm", "list", 60_000), pace: () => pace });
  poller.add({ ...monitor("farm", "broken", 60_000), pace: () => Number(JSON.parse("{")) });
  const lately = async (minutes: number): Promise<number> => {
    reads.length = 0;
    await clock.advance(minutes * 60_000);
    return reads.filter((channel) => channel === "farm/list").length;
  };
  expect(await lately(9)).toBeGreaterThanOrEqual(9);
  pace = 3;
  await lately(3);
  expect(await lately(9)).toBe(3);
  poller.watching("farm/list", true);
  await lately(3);
  expect(await lately(9)).toBe(9);
  expect(reads.filter((channel) => channel === "farm/broken")).toHaveLength(9);
  await poller.stop();
});

test("who cannot hear how a reading went makes it no failed one, and ends neither the monitor nor the process", async () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const told: string[] = [];
  const poller = createPoller({
    clock,
    store,
    log: (_, words) => void told.push(words),
    standing: () => {
      throw new Error("database or disk is full");
    },
    random: () => 0.5,
  });
  let reads = 0;
  const read = async (): Promise<unknown> => {
    reads += 1;
    if (reads === 2) throw new Error("no answer");
    return reads;
  };
  poller.add({ channel: "farm/barn", plugin: "farm", title: "barn", everyMs: 10_000, watchedMs: undefined, deadlineMs: 5000, schema: z.unknown(), read });
  await clock.settle();
  expect(store.get("farm/barn")).toMatchObject({ value: 1, stale: false });
  await clock.advance(10_500);
  expect(store.get("farm/barn")).toMatchObject({ value: 1, stale: true, words: "no answer" });
  await clock.advance(10_500);
  expect(store.get("farm/barn")).toMatchObject({ value: 3, stale: false });
  expect(told[0]).toContain("its standing threw: database or disk is full");
  await poller.stop();
});
