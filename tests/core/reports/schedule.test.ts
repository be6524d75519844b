// Reports are written at the end of their day, once: over restarts, missed days, jumps of the clock, a full disk and a changed calendar.
import { expect, test } from "bun:test";
import type { Calendar, Span } from "../../../core/reports/period.ts";
import { nameOf } from "../../../core/reports/period.ts";
import { createSchedule } from "../../../core/reports/schedule.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock, type ManualClock } from "../../support/clock.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BERLIN: Calendar = { timeZone: "Europe/Berlin", at: "07:00" };

const build = (start: string) => {
  const kept = createKept(openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" }));
  const written: string[] = [];
  const lines: string[] = [];
  let fail: Error | undefined;
  let clock: ManualClock = createManualClock(Date.parse(start));
  const begin = (calendar: Calendar = BERLIN) => {
    const schedule = createSchedule({
      clock,
      log: (level, message) => void lines.push(`${level} ${message}`),
      kept,
      rule: `${calendar.at} ${calendar.timeZone}`,
      calendar: () => calendar,
      write: async (span: Span, isAgain) => {
        if (fail) throw fail;
        written.push(`${nameOf(span)}${isAgain ? " again" : ""}`);
        return `journal/${nameOf(span)}.md`;
      },
    });
    schedule.start();
    return schedule;
  };
  return {
    written,
    lines,
    begin,
    get clock() {
      return clock;
    },
    /** Another process, at another time. */
    restart: (time: string, calendar?: Calendar) => {
      clock = createManualClock(Date.parse(time));
      return begin(calendar);
    },
    failWith: (thrown: Error | undefined) => {
      fail = thrown;
    },
  };
};

test("a day is written when it is over, and a week on Monday", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const schedule = house.begin();
  await house.clock.advance(DAY_MS);
  expect(house.written).toEqual(["2026-11-20"]);
  await house.clock.advance(3 * DAY_MS);
  expect(house.written).toEqual(["2026-11-20", "2026-11-21", "2026-11-22", "2026-W47", "2026-11-23"]);
  await schedule.stop();
  await house.clock.advance(3 * DAY_MS);
  expect(house.written).toHaveLength(5);
});

test("at the minute it is due, over both changes of the clock", async () => {
  for (const [start, due] of [
    ["2026-03-28T12:00:00Z", "2026-03-29T05:00:00Z"],
    ["2026-10-24T12:00:00Z", "2026-10-25T06:00:00Z"],
  ] as const) {
    const house = build(start);
    const schedule = house.begin();
    await house.clock.advance(Date.parse(due) - Date.parse(start) - 1000);
    expect(house.written).toEqual([]);
    await house.clock.advance(2000);
    expect(house.written).toEqual([start.slice(0, 10)]);
    await schedule.stop();
  }
});

test("a house that has just been begun owes nothing for the time before, and its first start works out no calendar", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const schedule = house.begin();
  await house.clock.advance(60_000);
  expect(house.written).toEqual([]);
  await schedule.stop();
});

test("of the days missed the last is written at the next start, with the week that ended, once", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const first = house.begin();
  await house.clock.advance(HOUR_MS);
  await first.stop();
  const second = house.restart("2026-11-26T12:00:00Z");
  await house.clock.settle();
  await second.stop();
  expect(house.written).toEqual(["2026-11-25", "2026-W47"]);
  const third = house.restart("2026-11-26T12:01:00Z");
  await house.clock.advance(HOUR_MS);
  await third.stop();
  expect(house.written).toHaveLength(2);
});

test("a start so short that no calendar was worked out loses no day either", async () => {
  const house = build("2026-11-20T05:50:00Z");
  const first = house.begin();
  await house.clock.advance(60_000);
  await first.stop();
  const second = house.restart("2026-11-20T08:00:00Z");
  await house.clock.settle();
  await second.stop();
  expect(house.written).toEqual(["2026-11-19"]);
});

test("a clock that goes back writes no day twice, and one that was years ahead does not silence it", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const first = house.begin();
  await house.clock.advance(DAY_MS);
  await first.stop();
  expect(house.written).toEqual(["2026-11-20"]);
  const back = house.restart("2026-11-20T13:00:00Z");
  await house.clock.advance(DAY_MS);
  await back.stop();
  expect(house.written).toEqual(["2026-11-20"]);
  const ahead = house.restart("2099-01-01T12:00:00Z");
  await house.clock.settle();
  await ahead.stop();
  expect(house.written).toEqual(["2026-11-20", "2098-12-31", "2098-W52"]);
  const right = house.restart("2026-11-21T14:00:00Z");
  await house.clock.advance(DAY_MS);
  await right.stop();
  expect(house.written.slice(3)).toEqual(["2026-11-21"]);
});

test("what could not be written is said once and tried again, knowing that it was begun", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const schedule = house.begin();
  house.failWith(new Error("ENOSPC: no space left on device"));
  await house.clock.advance(DAY_MS);
  expect(house.lines).toEqual(["error a report could not be written, I try again within the hour: ENOSPC: no space left on device"]);
  house.failWith(undefined);
  await house.clock.advance(HOUR_MS);
  expect(house.written).toEqual(["2026-11-20 again"]);
  await schedule.stop();
});

test("another time of day or zone begins a new calendar", async () => {
  const house = build("2026-11-20T12:00:00Z");
  const first = house.begin();
  await house.clock.advance(HOUR_MS);
  await first.stop();
  const evening: Calendar = { timeZone: "America/New_York", at: "20:00" };
  const second = house.restart("2026-11-20T14:00:00Z", evening);
  await house.clock.advance(DAY_MS);
  await second.stop();
  expect(house.written).toEqual(["2026-11-19"]);
});
