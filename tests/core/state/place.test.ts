// A monitor that knows its place in the interval is read there, once an interval, and by jitter when it knows none.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { untilPlace } from "../../../core/state/place.ts";
import { createPoller } from "../../../core/state/poller.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const EVERY = 10_000;

test("the next place is never nearer than half an interval nor further than one and a half", () => {
  for (let now = 0; now < EVERY; now += 37)
    for (const offset of [0, 1, 4999, 5000, 9999, 12_345, -1]) {
      const wait = untilPlace(now, EVERY, offset);
      expect(wait).toBeGreaterThanOrEqual(EVERY / 2);
      expect(wait).toBeLessThan(1.5 * EVERY);
      expect((((now + wait - offset) % EVERY) + EVERY) % EVERY).toBe(0);
    }
});

const run = async (place: () => number | undefined, failing = false) => {
  const clock = createManualClock(Date.UTC(2026, 0, 1) + 1234);
  const lines: string[] = [];
  const at: number[] = [];
  const monitor: BoundMonitor = {
    channel: "p/m",
    plugin: "p",
    title: "m",
    everyMs: EVERY,
    watchedMs: undefined,
    deadlineMs: 1000,
    schema: z.number(),
    read: async () => {
      at.push(clock.now());
      if (failing) throw new Error("no answer");
      return at.length;
    },
    placeMs: place,
  };
  const poller = createPoller({ clock, store: createStateStore({ clock }), log: (_, message) => void lines.push(message), random: () => 1 });
  poller.add(monitor);
  await clock.advance(10 * EVERY);
  await poller.stop();
  return { at, lines };
};

describe("the poller", () => {
  test("reads at the place, ten times in ten intervals", async () => {
    const { at } = await run(() => 7000);
    expect(at.slice(1).map((ms) => ms % EVERY)).toEqual(at.slice(1).map(() => 7000));
    expect(at.length).toBeWithin(10, 12);
  });

  test("jitters without one, also when asking for it throws", async () => {
    const unknown = await run(() => undefined);
    expect(unknown.at.slice(1).map((ms, index) => ms - (unknown.at[index] ?? 0))).toEqual(unknown.at.slice(1).map(() => 10_500));
    const broken = await run(() => {
      throw new Error("oh");
    });
    expect(broken.at).toEqual(unknown.at);
    expect(broken.lines[0]).toContain("oh");
  });

  test("backs off as ever from what fails", async () => {
    expect((await run(() => 7000, true)).at.length).toBeLessThan(6);
  });
});
