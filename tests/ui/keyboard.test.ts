// The page without a pointer: Tab reaches every control of every page with a focus one can see, Escape leaves what was opened, and the focus goes back.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { busyHouse } from "../support/ui-story.ts";
import { until } from "../support/until.ts";

const path = browserPath();
const LONG_MS = 180_000;
const MOST_STOPS = 200;
const ROUTES = ["/", "/incidents", "/incidents/inc-0141", "/chat", "/plugins", "/audit", "/settings"];

/** Numbers every control that Tab should stop at; of one group of radios the chosen one, of what steers by arrows the current one. */
const NUMBER = `(() => {
  let count = 0;
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (one.matches(":disabled, [tabindex='-1'], input[type=radio]:not(:checked)") || !one.checkVisibility({ visibilityProperty: true })) continue;
    one.dataset.stop = String(count);
    count += 1;
  }
  return count;
})()`;
/** Which of them has the focus, what it is called, and whether that can be seen: an outline, or a look that differs from the same thing at rest. */
const STOP = `(() => {
  const one = document.activeElement;
  const look = () => [one, one.parentElement, one.parentElement?.parentElement].map((each) => {
    const style = each && getComputedStyle(each);
    return style && [style.outlineStyle, style.outlineWidth, style.backgroundColor, style.borderTopColor, style.boxShadow].join();
  }).join();
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const focused = look();
  let seen = outlined;
  if (!outlined) { one.blur(); seen = look() !== focused; one.focus(); }
  const box = one.getBoundingClientRect();
  const inView = box.bottom > 0 && box.top < innerHeight;
  return { stop: one.dataset.stop ?? "", name: (one.getAttribute("aria-label") ?? one.textContent ?? one.id).trim().slice(0, 40), seen: seen && inView };
})()`;

interface Stop {
  stop: string;
  name: string;
  seen: boolean;
}

describe.skipIf(path === undefined)("without a pointer", () => {
  let deck: Deck;

  const focusedOn = (page: Page, expression: string, wanted: string): Promise<boolean> =>
    until(async () => (await page.evaluate<string>(`String(document.activeElement?.${expression})`)) === wanted, { what: `the focus on ${wanted}` });

  beforeAll(async () => {
    deck = await openDeck(busyHouse(Date.now()), { reducedMotion: true });
  }, LONG_MS);
  afterAll(() => deck?.close());

  test.each(ROUTES)(
    "Tab stops at every control of %s, the way past the bar first, and each stop can be seen",
    async (route) => {
      const page = await deck.open(route);
      // On a wide screen the list leads on to its top incident: what is numbered before that is gone after it.
      if (route === "/incidents") await page.waitForURL(/\/incidents\/./);
      const count = await page.evaluate<number>(NUMBER);
      const stops: Stop[] = [];
      for (let press = 0; press < MOST_STOPS; press += 1) {
        await page.keyboard.press("Tab");
        const stop = await page.evaluate<Stop>(STOP);
        if (stop.stop === "0" && stops.length > 0) break;
        stops.push(stop);
      }
      const reached = new Set(stops.map(({ stop }) => stop));
      const missed = Array.from({ length: count }, (_, index) => String(index)).filter((stop) => !reached.has(stop));
      const names = await Promise.all(missed.map((stop) => page.locator(`[data-stop="${stop}"]`).first().textContent()));
      expect(names).toEqual([]);
      expect(stops[0]?.name).toBe("Skip to the page");
      expect(stops.filter(({ seen, stop }) => !seen && stop !== "").map(({ name }) => name)).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "Enter opens a guest, Escape closes it and the focus is where it was; the same for HOLD ALL",
    async () => {
      const page = await deck.open();
      await page.locator('.cell[data-resource="guest/101"]').focus();
      await page.keyboard.press("ArrowRight");
      const here = await page.evaluate<string>("document.activeElement?.dataset.resource ?? ''");
      expect(here).toStartWith("guest/");
      expect(here).not.toBe("guest/101");
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await focusedOn(page, "dataset.resource", here);
      await page.getByRole("button", { name: "HOLD ALL" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("alertdialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("alertdialog").waitFor({ state: "detached" });
      await focusedOn(page, "textContent.trim()", "HOLD\u00a0ALL");
      expect(deck.server.asked.filter(({ method }) => method === "kill")).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );
});
