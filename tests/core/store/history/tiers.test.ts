// The tiers: what goes in comes out as means and peaks, a missed stretch is caught up, what is old goes, and what sources tell lies under what was seen.
import { expect, test } from "bun:test";
import { DAY, HOUR, MINUTE, pastHouse, SECOND, START } from "./house.ts";

const CPU = "guest/101/cpuPercent";
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("a quarter of an hour is answered as it came", () => {
  const { history, run } = pastHouse();
  run(START, START + HOUR, (at) => ({ [CPU]: (at / SECOND) % 50 }));
  const { series, stepSeconds } = history.history(CPU, START + HOUR, 15);
  expect(stepSeconds).toBeUndefined();
  expect(series[CPU]).toHaveLength(90);
  expect(series[CPU]?.at(-1)).toEqual([START + HOUR - 10 * SECOND, ((START + HOUR - 10 * SECOND) / SECOND) % 50]);
});

test("an hour has ten second steps, a day minutes, a week ten minutes, and each step's mean and peak are right", () => {
  const { history, run } = pastHouse();
  // One reading a minute is a peak of 90 among fives of 10.
  const value = (at: number): number => (at % MINUTE === 0 ? 90 : 10);
  run(START, START + 8 * HOUR, (at) => ({ [CPU]: value(at) }));
  const now = START + 8 * HOUR;
  const hour = history.history(CPU, now, 60);
  expect(hour.stepSeconds).toBe(10);
  expect(hour.series[CPU]?.length).toBeGreaterThanOrEqual(359);
  const day = history.history(CPU, now, 1440);
  expect(day.stepSeconds).toBe(60);
  expect(mean(day.series[CPU]?.map(([, one]) => one) ?? [])).toBeCloseTo((90 + 5 * 10) / 6, 1);
  expect(day.max?.[CPU]?.every(([, most]) => most === 90)).toBe(true);
  const week = history.history(CPU, now, 7 * 1440);
  expect(week.stepSeconds).toBe(600);
  expect(week.series[CPU]).toHaveLength(48);
  expect(week.series[CPU]?.at(0)?.[0]).toBeLessThan(START + 10 * MINUTE);
});

test("a gap stays a gap in every tier", () => {
  const { history, run } = pastHouse();
  run(START, START + 4 * HOUR, () => ({ [CPU]: 20 }));
  run(START + 6 * HOUR, START + 12 * HOUR, () => ({ [CPU]: 20 }));
  for (const points of [720, 72]) {
    const { series } = history.history(CPU, START + 12 * HOUR, 720, points);
    const inside = (series[CPU] ?? []).filter(([at]) => at > START + 4 * HOUR + 10 * MINUTE && at < START + 6 * HOUR - 10 * MINUTE);
    expect(inside).toEqual([]);
    expect(series[CPU]?.length).toBeGreaterThan(points * 0.8);
  }
});

test("nothing is lost when the work was not done for hours, nor when another run does it", () => {
  const { history, make } = pastHouse();
  for (let at = START; at < START + 5 * HOUR; at += 10 * SECOND) history.add(at, { [CPU]: 33 });
  const other = make();
  expect([...other.work(START + 5 * HOUR)].length).toBeGreaterThan(5);
  for (const one of [history, other]) expect(one.history(CPU, START + 5 * HOUR, 300).series[CPU]?.length).toBeGreaterThan(295);
});

test("the readings of a run that ended are rolled up by the next one, days later", () => {
  const { history, make, run } = pastHouse();
  run(START, START + 50 * MINUTE, () => ({ [CPU]: 12 }));
  const later = START + 3 * DAY;
  const next = make();
  next.add(later, { [CPU]: 50 });
  [...next.work(later + MINUTE)];
  [...next.work(later + 2 * HOUR)];
  const { series } = history.history(CPU, later + 2 * HOUR, 4 * 1440, 1500);
  expect(series[CPU]?.filter(([at]) => at < START + HOUR).length).toBeGreaterThan(4);
});

test("each piece of the work is small: no more than forty series at once", () => {
  const { history, work } = pastHouse();
  const values = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`guest/${index}/cpuPercent`, index % 100]));
  for (let at = START; at < START + 31 * MINUTE; at += MINUTE) history.add(at, values);
  expect(work(START + 31 * MINUTE)).toBeGreaterThanOrEqual(25);
});

test("however many series match, an answer over a long time costs a bounded number of chunks", () => {
  const { history, run } = pastHouse();
  run(START, START + 31 * MINUTE, () => Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`guest/${100 + index}/cpuPercent`, index])), MINUTE);
  const count = (minutes: number): number => Object.keys(history.history("**", START + 31 * MINUTE, minutes).series).length;
  expect([count(15), count(60), count(365 * 1440)]).toEqual([300, 200, 74]);
});

test("a house whose resources change within a stretch loses no series and counts none twice", () => {
  const { history, run } = pastHouse();
  // The first name of the group changes, so that one series is told in two groups.
  run(START, START + 10 * MINUTE, () => ({ "guest/100/cpuPercent": 1, [CPU]: 40 }));
  run(START + 10 * MINUTE, START + 2 * HOUR, () => ({ [CPU]: 40, "guest/102/cpuPercent": 3 }));
  const { series } = history.history("guest/*/cpuPercent", START + 2 * HOUR, 120);
  expect(series[CPU]?.length).toBeGreaterThan(715);
  expect(series[CPU]?.every(([, value]) => value === 40)).toBe(true);
  expect([series["guest/100/cpuPercent"]?.length, (series["guest/102/cpuPercent"]?.length ?? 0) > 650]).toEqual([60, true]);
});

test("what is older than its tier keeps goes, piece by piece, and coarser tiers still have it", () => {
  const { history, db, run } = pastHouse();
  run(START, START + 20 * DAY, () => ({ [CPU]: 40 }), 12 * HOUR, 2 * DAY);
  const oldest = (tier: number): number => Number(db.sqlite.query<{ at: number }, [number]>("select min(start_s) as at from chunks where tier = ?").get(tier)?.at) * 1000;
  expect(oldest(0)).toBeGreaterThan(START + 17 * DAY);
  expect(oldest(1)).toBeGreaterThan(START + 5 * DAY);
  expect(oldest(2)).toBeLessThanOrEqual(START);
  expect(history.history(CPU, START + 20 * DAY, 20 * 1440, 1000).series[CPU]?.length).toBeGreaterThan(30);
});

test("a clock that jumped far ahead and came back does not stop the past for long", () => {
  const { history, work, run } = pastHouse();
  run(START, START + HOUR, () => ({ [CPU]: 1 }));
  work(START + 400 * DAY);
  run(START + HOUR, START + 4 * HOUR, () => ({ [CPU]: 2 }));
  expect(history.history(CPU, START + 4 * HOUR, 120).series[CPU]?.length).toBeGreaterThan(350);
});

test("what a source tells lies under what was seen, is never counted twice, and its gaps stay gaps", () => {
  const { history, run } = pastHouse();
  const seen = START + DAY;
  run(seen, seen + 6 * HOUR, () => ({ [CPU]: 60 }));
  const now = seen + 6 * HOUR;
  const minutes = Array.from({ length: 1440 }, (_, index): [number, number] => [now - DAY + index * MINUTE, 20]).filter(([at]) => at < seen - 2 * HOUR || at >= seen - HOUR);
  history.fill.lay({ [CPU]: minutes }, 60, now);
  history.fill.lay({ [CPU]: minutes }, 60, now);
  const points = history.history(CPU, now, 1440).series[CPU] ?? [];
  expect(points.filter(([at, value]) => at < seen && value !== 20)).toEqual([]);
  expect(points.filter(([at, value]) => at >= seen + 10 * SECOND && value !== 60)).toEqual([]);
  expect(points.filter(([at]) => at > seen - 2 * HOUR && at < seen - HOUR)).toEqual([]);
  expect(points.length).toBeGreaterThan(1370);
});

test("the coarse past of years shows below the fine one: a year has both, an hour before the first sight has the source's steps", () => {
  const { history, run } = pastHouse();
  const seen = START + 400 * DAY;
  const now = seen + 30 * MINUTE;
  run(seen, now, () => ({ [CPU]: 60 }));
  history.fill.lay({ [CPU]: Array.from({ length: 1440 }, (_, index): [number, number, number] => [now - 360 * DAY + index * 6 * HOUR, 15, 80]) }, 21_600, now);
  history.fill.lay({ [CPU]: Array.from({ length: 1440 }, (_, index): [number, number] => [now - 1440 * MINUTE + index * MINUTE, 25]) }, 60, now);
  const year = history.history(CPU, now, 365 * 1440);
  expect(year.series[CPU]?.length).toBeGreaterThan(1300);
  expect(year.max?.[CPU]?.at(3)?.[1]).toBe(80);
  const hour = history.history(CPU, now, 60).series[CPU] ?? [];
  expect(hour.filter(([at]) => at < seen).every(([, value]) => value === 25)).toBe(true);
  expect(hour.filter(([at]) => at < seen).length).toBeGreaterThan(150);
});

test("who was asked about the past is remembered, and asked again after a time without readings", () => {
  const { history, make } = pastHouse();
  history.fill.keep("guest/101", { sinceMs: 0, next: "month" });
  history.fill.keep("guest/102", { sinceMs: 0, next: null });
  history.fill.reopen(START);
  const states = make().fill.states(["guest/101", "guest/102", "guest/103"]);
  expect(states.get("guest/101")).toEqual({ sinceMs: 0, next: "month" });
  expect(states.get("guest/102")).toEqual({ sinceMs: START, next: undefined });
  expect(states.has("guest/103")).toBe(false);
});
