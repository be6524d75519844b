// The deck over a hundred nodes and ten thousand guests in a real Chromium: as much is drawn as somebody can look at, the rest is counted and found by name.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { fleetHouse } from "../support/ui-fleet.ts";

const path = browserPath();
const LONG_MS = 120_000;
/** A house of twenty guests has some 900; a tree ten times as large is what browsers are slow with. */
const MOST_ELEMENTS = 3000;
const elements = (page: Page): Promise<number> => page.evaluate<number>('document.querySelectorAll("*").length');

describe.skipIf(path === undefined)("a fleet on the deck", () => {
  let deck: Deck;
  let page: Page;

  beforeAll(async () => {
    deck = await openDeck(fleetHouse(Date.now(), { nodes: 100, guests: 10_000 }), { reducedMotion: true });
    page = await deck.open("/", { width: 1920, height: 1080 });
    page.setDefaultTimeout(LONG_MS / 6);
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "draws as much as can be looked at, and says how much more there is",
    async () => {
      await page.getByText("9,090 running, 910 off").waitFor();
      expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
      expect(await page.locator(".cell[data-resource^='node/']").count()).toBe(100);
      expect(await page.getByRole("button", { name: "and 9,880 more" }).isVisible()).toBe(true);
      expect(await page.getByRole("button", { name: "and 88 more nodes" }).count()).toBe(1);
    },
    LONG_MS,
  );

  test(
    "each node can be pressed on the stage, and no name lies over another",
    async () => {
      const missed = await page.evaluate<string[]>(`[...document.querySelectorAll(".cell")].filter((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return document.elementFromPoint(x + width / 2, y + height / 2) !== one;
    }).map((one) => one.dataset.resource)`);
      expect(missed).toEqual([]);
      await page.locator(".cell[data-resource='node/node42']").click();
      await page.getByRole("dialog", { name: "node42" }).waitFor();
      await page.keyboard.press("Escape");
    },
    LONG_MS,
  );

  test(
    "a node's sheet leads to its guests",
    async () => {
      await page.locator(".cell[data-resource='node/node42']").click();
      const sheet = page.getByRole("dialog", { name: "node42" });
      await sheet.getByText("100 guests").waitFor();
      await sheet.getByRole("button", { name: "web-1041" }).click();
      await page.getByRole("dialog", { name: "web-1041" }).waitFor();
      await page.keyboard.press("Escape");
    },
    LONG_MS,
  );

  test(
    "the rest is found by name from the list itself",
    async () => {
      await page.getByRole("button", { name: "and 9,880 more" }).click();
      await page.getByRole("combobox").fill("web-10999");
      await page.getByRole("option", { name: "web-10999" }).first().waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "web-10999" }).waitFor();
      await page.keyboard.press("Escape");
    },
    LONG_MS,
  );

  test(
    "a guest that fails is first in the list and colours its node",
    async () => {
      const guest = deck.server.house.drawn.resources["guest/10500"];
      if (guest) deck.server.house.drawn.resources["guest/10500"] = { ...guest, mark: "incident" };
      deck.server.publish();
      await page.locator("ul[aria-label='Guests'] li:first-child [data-resource='guest/10500'].is-crit").waitFor();
      await page.locator(".cell[data-resource='node/node1'].is-crit").waitFor();
    },
    LONG_MS,
  );

  test(
    "on a phone the page ends soon, and all nodes are one press away",
    async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole("button", { name: "and 9,960 more" }).waitFor();
      expect(await page.evaluate<number>("document.documentElement.scrollHeight")).toBeLessThan(4000);
      await page.getByRole("button", { name: "and 88 more nodes" }).click();
      await page.locator("button.node").nth(99).waitFor({ state: "attached" });
      await page.getByRole("button", { name: "Show fewer" }).click();
      await page.setViewportSize({ width: 1920, height: 1080 });
    },
    LONG_MS,
  );

  test(
    "the list in place of the picture is cut as well",
    async () => {
      await page.getByRole("button", { name: "Show as list" }).click();
      await page.getByText("and 96 more").first().waitFor();
      expect(await elements(page)).toBeLessThan(2 * MOST_ELEMENTS);
    },
    LONG_MS,
  );
});
