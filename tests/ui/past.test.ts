// The past on a resource's sheet: five ranges by mouse and arrows, each asked once, charts of what is known with their peaks, gaps as gaps; whole on a phone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { beginOf, chartsOf, freshMs, RANGES, wantedOf, wordsOf } from "../../ui/src/lib/past/range.ts";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";

const path = browserPath();
const LONG_MS = 120_000;
const GIB = 1024 ** 3;

test("figures become percent of the resource's own limit; what has no limit, or no point, has no chart", () => {
  const series = { "guest/1/cpuPercent": [[1, 20]], "guest/1/memoryBytes": [[1, GIB]], "guest/1/diskBytes": [[1, GIB]] } satisfies Record<string, [number, number][]>;
  const charts = chartsOf("guest/1", { memoryTotalBytes: 4 * GIB }, { series, max: { "guest/1/cpuPercent": [[1, 90]] } });
  expect(charts.map(({ title, points, peaks }) => [title, points[0]?.[1], peaks[0]?.[1]])).toEqual([
    ["CPU", 20, 90],
    ["Memory", 25, undefined],
  ]);
  expect(charts.map(wordsOf)).toEqual(["mean 20 %, peak 90 %", "mean 25 %, peak 25 %"]);
});

test("the charts begin where the knowledge does when that is less than half of the stretch", () => {
  const from = (first: number): number =>
    beginOf(
      [
        {
          title: "CPU",
          points: [
            [first, 1],
            [100, 2],
          ],
          peaks: [],
        },
      ],
      0,
      100,
    );
  expect([from(10), from(50), from(80)]).toEqual([0, 0, 80]);
  expect(beginOf([], 0, 100)).toBe(0);
});

test("no more points are asked for than a chart shows, and a year's answer is good for a day", () => {
  expect(RANGES.map((range) => wantedOf("node/home", range))).toEqual([15, 60, 1440, 10_080, 525_600].map((minutes) => ({ series: "node/home/*", minutes, points: 300 })));
  expect(RANGES.map(freshMs)[0]).toBe(10_000);
  expect(RANGES.map(freshMs).at(-1)).toBeGreaterThan(86_400_000);
});

describe.skipIf(path === undefined)("the past on a sheet", () => {
  let deck: Deck;

  beforeAll(async () => {
    deck = await openDeck(quietHouse(Date.now()));
  }, LONG_MS);
  afterAll(() => deck?.close());

  for (const [name, width, height] of [
    ["desktop", 1440, 900],
    ["phone", 390, 844],
  ] as const)
    test(
      `${name}: the charts of an hour are there at once, another range by an arrow, and nothing is cut`,
      async () => {
        const page = await deck.open("/", { width, height });
        await page.locator('[data-resource="node/home"]').first().click();
        const past = page.getByRole("dialog", { name: "Home" }).getByRole("region", { name: "The past" });
        await past.getByRole("img", { name: /^CPU of Home, last 1 h: / }).waitFor();
        // The gap in what is known is a gap in the line.
        expect((await past.locator("path.line").first().getAttribute("d"))?.match(/M/g)).toHaveLength(2);
        expect(await past.locator("path.peak").count()).toBeGreaterThan(0);
        await past.getByRole("radio", { name: "1 h" }).press("ArrowRight");
        await past.getByRole("img", { name: /^CPU of Home, last 1 d: / }).waitFor();
        expect(await past.getByRole("radio", { name: "1 d" }).getAttribute("aria-checked")).toBe("true");
        await past.getByRole("radio", { name: "1 y" }).click();
        await past.getByText("1 y ago").waitFor();
        expect(await page.evaluate<boolean>('[...document.querySelectorAll(".past, .past button, .past .words")].some((one) => one.scrollWidth > one.clientWidth)')).toBe(false);
        await page.close();
      },
      LONG_MS,
    );
});
