// Days and weeks of the reports in the operator's zone: over midnight, over changes of the clock, over a change of the year.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Calendar, clockTime, daysOf, lasting, lastOver, nameOf, spanAt, spanOn } from "../../../core/reports/period.ts";

const BERLIN: Calendar = { timeZone: "Europe/Berlin", at: "07:00" };
const HOUR_MS = 3_600_000;
const told = (span: { date: string; fromMs: number; toMs: number } | undefined) => span && [span.date, new Date(span.fromMs).toISOString(), new Date(span.toMs).toISOString()];

describe("a day", () => {
  test("begins at the report's time: what happens at three in the night is still the day before", () => {
    expect(told(spanAt(BERLIN, "day", Date.parse("2026-11-23T02:00:00Z")))).toEqual(["2026-11-22", "2026-11-22T06:00:00.000Z", "2026-11-23T06:00:00.000Z"]);
    expect(spanAt(BERLIN, "day", Date.parse("2026-11-23T06:00:00Z")).date).toBe("2026-11-23");
    expect(spanAt(BERLIN, "day", Date.parse("2026-11-23T05:59:59.999Z")).date).toBe("2026-11-22");
    expect(lastOver(BERLIN, "day", Date.parse("2026-11-23T06:00:00Z")).date).toBe("2026-11-22");
  });

  test("has 23 hours when the clocks go forward, and 25 when they go back", () => {
    const hours = (calendar: Calendar, date: string): number => {
      const span = spanOn(calendar, "day", date);
      return span ? (span.toMs - span.fromMs) / HOUR_MS : 0;
    };
    expect([hours(BERLIN, "2026-03-28"), hours(BERLIN, "2026-03-29"), hours(BERLIN, "2026-10-24"), hours(BERLIN, "2026-10-25")]).toEqual([23, 24, 25, 24]);
    // Half past two is skipped in spring and shown twice in autumn.
    const night: Calendar = { timeZone: "Europe/Berlin", at: "02:30" };
    expect([hours(night, "2026-03-28"), hours(night, "2026-03-29"), hours(night, "2026-10-24"), hours(night, "2026-10-25")]).toEqual([24, 23, 24, 25]);
    // Lord Howe Island moves by half an hour.
    expect(hours({ timeZone: "Australia/Lord_Howe", at: "07:00" }, "2026-10-03")).toBe(23.5);
  });

  test("of no calendar is none", () => {
    for (const date of ["2026-02-30", "2026-13-01", "last", "", "26-1-1", "2026-11-22T00:00"]) expect(spanOn(BERLIN, "day", date)).toBeUndefined();
  });
});

test("a week begins on Monday and is called as the calendar calls it", () => {
  const week = spanOn(BERLIN, "week", "2027-01-01");
  expect(told(week)).toEqual(["2026-12-28", "2026-12-28T06:00:00.000Z", "2027-01-04T06:00:00.000Z"]);
  expect(week && nameOf(week)).toBe("2026-W53");
  expect(week && daysOf(BERLIN, week).map(({ date }) => date)).toEqual(["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02", "2027-01-03"]);
  // Before seven on Monday it is still the week before.
  expect(spanAt(BERLIN, "week", Date.parse("2027-01-04T05:00:00Z")).date).toBe("2026-12-28");
});

test("wherever and whenever: spans hold their moment, touch each other, and last a day or a week", () => {
  const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns"];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 1439 }),
      fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
      fc.constantFrom("day" as const, "week" as const),
      (timeZone, minute, ms, period) => {
        const calendar = { timeZone, at: `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}` };
        const span = spanAt(calendar, period, ms);
        expect(span.fromMs <= ms && ms < span.toMs).toBe(true);
        expect(spanAt(calendar, period, span.toMs).fromMs).toBe(span.toMs);
        expect(lastOver(calendar, period, ms).toMs).toBe(span.fromMs);
        expect(spanOn(calendar, period, span.date)).toEqual(span);
        expect(Math.abs(span.toMs - span.fromMs - (period === "day" ? 24 : 168) * HOUR_MS)).toBeLessThanOrEqual(HOUR_MS);
      },
    ),
    { numRuns: 300 },
  );
});

test("times and lengths are said as people say them", () => {
  expect(clockTime("Europe/Berlin", Date.parse("2026-11-22T13:03:05Z"), "2026-11-22")).toBe("14:03:05");
  expect(clockTime("Europe/Berlin", Date.parse("2026-11-22T23:03:05Z"), "2026-11-22")).toBe("2026-11-23 00:03:05");
  expect([26_000, 300_000, 6 * HOUR_MS, 190 * 60_000, 72 * HOUR_MS].map(lasting)).toEqual(["26 s", "5 min", "6 h", "3 h 10 min", "3 days"]);
});
