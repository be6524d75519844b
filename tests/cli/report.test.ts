// ./jarvis report: which day is asked for, in which form it comes out, and what is no day.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createFixture, type Fixture, finish, spawnCli } from "./fixture.ts";

const REPORT = {
  period: "day",
  date: "2026-11-22",
  from: "2026-11-22T07:00:00.000Z",
  to: "2026-11-23T07:00:00.000Z",
  timeZone: "UTC",
  complete: true,
  summary: "Nothing happened.",
  sections: [],
  markdown: "# Jarvis: 2026-11-22\n\nNothing happened.\n",
};
let fixture: Fixture;
const asked: unknown[] = [];
beforeAll(() => {
  fixture = createFixture({
    "report.get": (params) => {
      asked.push(params);
      return REPORT;
    },
  });
});
afterAll(() => fixture.stop());
const run = (...words: string[]) => finish(spawnCli(["report", ...words], { JARVIS_DATA: fixture.data }));

describe("./jarvis report", () => {
  test("asks for the day that runs, a date, the last one, a week", async () => {
    for (const words of [[], ["day", "yesterday"], ["2026-11-22"], ["week"], ["week", "last"]]) expect((await run(...words)).code).toBe(0);
    expect(asked).toEqual([{ period: "day" }, { period: "day", date: "last" }, { period: "day", date: "2026-11-22" }, { period: "week" }, { period: "week", date: "last" }]);
  }, 30_000);

  test("is JSON into a pipe", async () => {
    expect(JSON.parse((await run()).out)).toEqual(REPORT);
  }, 20_000);

  test("what is neither day nor week is a mistake of use", async () => {
    const ran = await run("month", "2026-11-22");
    expect([ran.code, ran.out]).toEqual([64, ""]);
    expect(ran.err).toContain('there is no report of "month": there is one of a day and one of a week');
    expect(ran.err).toContain("usage: ./jarvis report [day|week] [DATE]");
    for (const [words, said] of [
      [["weak"], 'no report of "weak"'],
      [["weak"], "Did you mean week?"],
      [["week", "tomorrow"], 'no report of "tomorrow"'],
    ] as const) {
      const other = await run(...words);
      expect(other.code).toBe(64);
      expect(other.err).toContain(said);
    }
  }, 20_000);
});
