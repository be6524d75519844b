// What a wide screen and large text ask of the page: no empty room, nothing pressed under its neighbour, and the stage's picture as large as its words.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { busyHouse } from "../support/ui-story.ts";

const path = browserPath();
const LONG_MS = 120_000;
/** Side of a guest's cell over the root's size. */
const CELL = `document.querySelector('.cell[data-resource="guest/101"]').getBoundingClientRect().width / Number.parseFloat(getComputedStyle(document.documentElement).fontSize)`;
const COVERED = `[...document.querySelectorAll("form .field")].filter((one) => { one.scrollIntoView({ block: "center" }); const { x, y, width, height } = one.getBoundingClientRect(); return document.elementFromPoint(x + width / 2, y + height / 2) !== one; }).length`;

describe.skipIf(path === undefined)("a wide screen", () => {
  let deck: Deck;

  beforeAll(async () => {
    deck = await openDeck(busyHouse(Date.now()), { reducedMotion: true });
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "shows the incident on top of the list where none is chosen; a phone shows the list",
    async () => {
      const wide = await deck.open("/incidents", { width: 1920, height: 1080 });
      await wide.waitForURL("**/incidents/inc-0142");
      await wide.getByRole("heading", { name: "4 Verifying" }).waitFor();
      await wide.close();
      const phone = await deck.open("/incidents", { width: 390 });
      await phone.getByText("It stands on top of the list.").waitFor();
      expect(await phone.getByText("nextcloud stopped by itself").count()).toBe(1);
      expect(new URL(phone.url()).pathname).toBe("/incidents");
      await phone.close();
    },
    LONG_MS,
  );

  test(
    "a rule's form lies under no other panel",
    async () => {
      const page = await deck.open("/settings", { width: 1440, height: 900 });
      await page.getByRole("button", { name: "Add" }).click();
      await page.getByLabel("In your words").waitFor();
      expect(await page.evaluate<number>(COVERED)).toBe(0);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "at 4K the cells grow with the words on them",
    async () => {
      const sides: number[] = [];
      for (const [width, height] of [
        [1920, 1080],
        [3840, 2160],
      ] as const) {
        const page = await deck.open("/", { width, height });
        await page.locator('.cell[data-resource="guest/101"]').waitFor();
        sides.push(await page.evaluate<number>(CELL));
        await page.close();
      }
      expect(Math.abs((sides[0] ?? 0) - (sides[1] ?? 9))).toBeLessThan(0.1);
    },
    LONG_MS,
  );
});
