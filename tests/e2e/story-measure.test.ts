// The page measured over a living house: no complaint of the browser, nothing too small, no amber or red in a healthy house, nothing beside the window.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath, type Launched, launch } from "../support/chromium.ts";
import { until } from "../support/until.ts";
import { openPage, type StoryHouse, startStoryHouse } from "./story-house.ts";
import { ask } from "./story-press.ts";

const path = browserPath();
const LONG_MS = 240_000;
const LEAST_TEXT_PX = 13;
const ROUTES = ["/", "/incidents", "/chat", "/plugins", "/audit", "/settings"];
/** `--warn` and `--crit` of the theme arc. */
const ABNORMAL = [
  [255, 176, 32],
  [255, 107, 107],
];
const REACH = 48;

describe.skipIf(path === undefined)("the page, measured", () => {
  let story: StoryHouse;
  let browser: Launched;
  let page: Page;
  let incident = "";
  const errors: string[] = [];

  const go = async (route: string): Promise<void> => {
    await page.goto(story.url + route);
    await page.getByText("Live").first().waitFor({ timeout: 20_000 });
    await page.locator("h1").first().waitFor({ state: "attached" });
  };

  const small = async (where: string, targetPx: number): Promise<string[]> =>
    [...(await ask(page, "smallTexts", LEAST_TEXT_PX)), ...(await ask(page, "smallTargets", targetPx))].map((one) => `${where}: ${one}`);

  beforeAll(async () => {
    story = await startStoryHouse();
    browser = await launch(path ?? "", { width: 1440, height: 900 });
    page = await openPage(browser, story.url, { errors });
  }, LONG_MS);
  afterAll(async () => {
    await browser?.close();
    await story?.stop();
  });

  test(
    "a healthy deck shows no amber and no red outside HOLD ALL",
    async () => {
      await page.getByRole("heading", { level: 1, name: "All is well." }).waitFor();
      await page.locator(".overlay .cell").first().waitFor();
      const hold = await page.locator(".hold").boundingBox();
      const picture = `data:image/png;base64,${(await page.screenshot()).toString("base64")}`;
      const blank = await browser.context.newPage();
      expect(await ask(blank, "pixelsLike", { picture, colours: ABNORMAL, reach: REACH, without: [hold] })).toBe(0);
      expect(await ask(blank, "pixelsLike", { picture, colours: ABNORMAL, reach: REACH, without: [] })).toBeGreaterThan(50);
      await blank.close();
    },
    LONG_MS,
  );

  test(
    "after a repair there is an incident to look at",
    async () => {
      await story.lab.break("guest-crash", "guest/106");
      incident = await until(async () => (await story.incidentOf("guest/106"))?.id, { withinMs: 60_000, what: "the incident" });
      await go(`/incidents/${incident}`);
      await page.getByRole("heading", { name: "Line by line" }).waitFor();
    },
    LONG_MS,
  );

  test(
    "no text is under 13 px, nothing to press under 24 px, and nothing is wider than the window",
    async () => {
      const found: string[] = [];
      for (const width of [1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        for (const route of [...ROUTES, `/incidents/${incident}`]) {
          await go(route);
          found.push(...(await small(`${route} ${width}`, 24)));
        }
      }
      expect(found).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "on touch sizes targets are 44 px, and nothing scrolls sideways at 820, 390 and 320",
    async () => {
      const found: string[] = [];
      for (const width of [820, 390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        for (const route of [...ROUTES, `/incidents/${incident}`]) {
          await go(route);
          const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
          if (wide !== width) found.push(`${route} ${width}: ${wide} px wide`);
          found.push(...(await small(`${route} ${width}`, 44)));
        }
      }
      expect(found).toEqual([]);
    },
    LONG_MS,
  );

  test("and the browser had nothing to complain about", () => {
    expect(errors).toEqual([]);
  });
});
