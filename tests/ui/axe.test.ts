// What axe finds on every page, question and state of the deck: nothing serious or critical, in both grounds and on both ends of the sizes.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { startUiServer } from "../support/ui-server.ts";
import { busyHouse } from "../support/ui-story.ts";

const path = browserPath();
const LONG_MS = 180_000;
const ROUTES = ["/", "/incidents", "/incidents/inc-0141", "/chat", "/plugins", "/audit", "/settings"];
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;
/** Answers one line for each rule that matters: how often it is broken, and where first. */
const RUN = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .map(({ id, nodes: [first, ...more] }) => id + " (" + (more.length + 1) + "): " + first.target.join(" ") + " " + first.failureSummary.replace(/\\s+/g, " ").slice(0, 240)))`;

const findings = async (page: Page): Promise<string[]> => {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  return page.evaluate<string[]>(RUN);
};

describe.skipIf(path === undefined)("axe finds nothing serious", () => {
  let deck: Deck;

  /** Still, so that nothing is judged half faded in. */
  const open = (route: string, theme = "arc"): Promise<Page> =>
    deck.open(route, { prepare: (page) => page.addInitScript(`localStorage.setItem("jarvis.look", JSON.stringify({ theme: "${theme}", turns: false }))`) });

  beforeAll(async () => {
    deck = await openDeck(busyHouse(Date.now()), { reducedMotion: true });
  }, LONG_MS);
  afterAll(() => deck?.close());

  test.each(["arc", "paper"])(
    "on any page, wide and narrow, in %s",
    async (theme) => {
      const found: string[] = [];
      for (const route of ROUTES) {
        const page = await open(route, theme);
        for (const size of SIZES) {
          await page.setViewportSize(size);
          for (const one of await findings(page)) found.push(`${route} ${size.width} wide: ${one}`);
        }
        await page.close();
      }
      expect(found).toEqual([]);
    },
    LONG_MS,
  );

  test.each(["gold", "alert", "matrix"])(
    "on the deck in %s",
    async (theme) => {
      const page = await open("/", theme);
      expect(await findings(page)).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "in a guest's sheet, the question of HOLD ALL, the list in the stage's place, and each tab",
    async () => {
      const page = await open("/");
      const found: string[] = [];
      const look = async (where: string): Promise<void> => {
        for (const one of await findings(page)) found.push(`${where} ${one}`);
      };
      await page.locator('.cell[data-resource="guest/101"]').click();
      await page.getByRole("dialog").waitFor();
      await look("sheet");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "HOLD ALL" }).click();
      await page.getByRole("alertdialog").waitFor();
      await look("hold");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Show as list" }).click();
      for (const tab of await page.getByRole("tab").all()) {
        await tab.click();
        await look(`tab ${await tab.textContent()}`);
      }
      expect(found).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "where a code is asked for, and out of contact",
    async () => {
      const own = await startUiServer(busyHouse(Date.now()), { open: false, page: deck.folder });
      const page = await deck.blank();
      await page.goto(own.url);
      await page.getByLabel("One-time code").waitFor();
      expect(await findings(page)).toEqual([]);
      await own.stop();
      const gone = await startUiServer(busyHouse(Date.now()), { page: deck.folder });
      await page.goto(gone.url);
      await page.getByText("Live").first().waitFor();
      await gone.stop();
      await page.getByText("Out of contact.").first().waitFor({ timeout: 10_000 });
      expect(await findings(page)).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );
});
