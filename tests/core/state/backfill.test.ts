// The past is asked for one resource at a time and seldom, goes on where it stopped, and a source that cannot tell is left alone.
import { expect, test } from "bun:test";
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import type { Past, PastWanted } from "../../../core/contract/past.ts";
import { createBackfill } from "../../../core/state/backfill.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createManualClock } from "../../support/clock.ts";
import { DAY, HOUR, MINUTE, pastHouse, START } from "../store/history/house.ts";

const build = (answer: (about: PastWanted, count: number) => Past | undefined, ids = ["guest/101", "guest/102"]) => {
  const { history } = pastHouse();
  const clock = createManualClock(START + 400 * DAY);
  const asked: { about: PastWanted; at: number }[] = [];
  const told = ids.map((id) => ({ id, kind: "guest" as const, name: id, status: "up" as const, template: id === "guest/900" }));
  const make = () => createBackfill({ clock, log: () => undefined, history, resources: { told: () => told } });
  const monitor: BoundMonitor = {
    channel: "p/guests",
    plugin: "p",
    title: "Guests",
    everyMs: 10_000,
    watchedMs: undefined,
    deadlineMs: 1000,
    schema: z.unknown(),
    read: async () => ({}),
    backfill: async (about) => {
      asked.push({ about, at: clock.now() });
      return answer(about, asked.length);
    },
  };
  return { history, clock, asked, make, monitor };
};
const day = (now: number): Past["figures"] => ({ cpuPercent: Array.from({ length: 60 }, (_, index) => [now - HOUR + index * MINUTE, 7]) });

test("each resource is asked until nothing is left, never two at once, and then nobody any more", async () => {
  const { clock, asked, make, monitor, history } = build(
    (about) => ({ stepSeconds: 60, figures: day(START + 400 * DAY), ...(about.next === undefined ? { next: "more" } : {}) }),
    ["guest/101", "guest/102", "guest/900"],
  );
  const backfill = make();
  backfill.add(monitor);
  backfill.start();
  await clock.advance(30 * MINUTE);
  expect(asked.map(({ about }) => [about.resource, about.next])).toEqual([
    ["guest/101", undefined],
    ["guest/101", "more"],
    ["guest/102", undefined],
    ["guest/102", "more"],
  ]);
  expect(asked.every(({ about }) => about.sinceMs === 0)).toBe(true);
  expect(asked.slice(1).every(({ at }, index) => at - (asked[index]?.at ?? 0) >= 20_000)).toBe(true);
  expect(history.history("guest/102/cpuPercent", START + 400 * DAY, 60).series["guest/102/cpuPercent"]?.length).toBeGreaterThan(300);
  await backfill.stop();
  const again = make();
  again.add(monitor);
  again.start();
  await clock.advance(30 * MINUTE);
  expect(asked).toHaveLength(4);
  await again.stop();
});

test("a monitor that says not now is asked again, and nothing is taken for told", async () => {
  const { clock, asked, make, monitor, history } = build((_, count) => (count < 5 ? undefined : { stepSeconds: 60, figures: {} }), ["guest/101"]);
  const backfill = make();
  backfill.add(monitor);
  backfill.start();
  await clock.advance(2 * MINUTE);
  expect(history.fill.states(["guest/101"]).size).toBe(0);
  await clock.advance(5 * MINUTE);
  expect(asked).toHaveLength(5);
  await backfill.stop();
});

test("what a source refuses is not asked for ever: a denial once, a failure three times with long pauses", async () => {
  for (const [type, times] of [
    ["upstream_denied", 1],
    ["upstream_timeout", 3],
  ] as const) {
    const { clock, asked, make, monitor } = build(() => {
      throw new JarvisError(type);
    }, ["guest/101"]);
    const backfill = make();
    backfill.add(monitor);
    backfill.start();
    await clock.advance(2 * HOUR);
    expect(asked).toHaveLength(times);
    await backfill.stop();
  }
});

test("after hours without readings what was missed is asked for, from there on only", async () => {
  const { clock, asked, make, monitor, history } = build(() => ({ stepSeconds: 60, figures: {} }), ["guest/101"]);
  history.fill.keep("guest/101", { sinceMs: 0, next: null });
  history.add(clock.now() - 3 * HOUR, { "guest/101/cpuPercent": 1 });
  const backfill = make();
  backfill.add(monitor);
  backfill.start();
  await clock.advance(10 * MINUTE);
  expect(asked.map(({ about }) => about.sinceMs)).toEqual([START + 400 * DAY - 3 * HOUR]);
  await backfill.stop();
});
