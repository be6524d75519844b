// The plugins page is quick because it asks little and lays out little: requests, subscriptions, elements and layouts are counted over a house with long tiles.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { until } from "../support/until.ts";

const path = browserPath();
const LONG_MS = 120_000;
const ROWS = 70;
const TILES = 3;
const Sent = z.object({ method: z.string(), params: z.object({ channel: z.string().optional() }).optional() });

/** Several tiles of one channel, each with as many rows and buttons as the longest of the house. */
const longHouse = () => {
  const house = quietHouse(Date.now());
  const [example] = house.widgets;
  if (!example) throw new Error("the made-up house has no widget");
  const faults = Array.from({ length: ROWS }, (_, index) => ({
    name: `fault-${index}`,
    what: "Something with a sentence that is long enough for two lines of text.",
    status: "up",
  }));
  const widgets = Array.from({ length: TILES }, (_, index) => ({ ...example, id: `toys/break${index}` }));
  return { ...house, widgets, values: { "toys/faults": { faults } } };
};

describe.skipIf(path === undefined)("the plugins page", () => {
  let deck: Deck;

  beforeAll(async () => {
    deck = await openDeck(longHouse());
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "asks once for each list and once for each channel, and never balances columns within columns",
    async () => {
      const page = await deck.blank();
      const sent: z.infer<typeof Sent>[] = [];
      page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => void sent.push(Sent.parse(JSON.parse(String(payload))))));
      const watcher = await deck.browser.context.newCDPSession(page);
      await watcher.send("Performance.enable");
      const layouts = async () => (await watcher.send("Performance.getMetrics")).metrics.find(({ name }) => name === "LayoutCount")?.value ?? 0;
      await page.goto(`${deck.server.url}/plugins`);
      await until(async () => (await page.getByRole("button", { name: /^Break: fault-/ }).count()) === ROWS * TILES, { what: "every row's button" });
      const before = await layouts();
      const count = (method: string): number => sent.filter((one) => one.method === method).length;
      const channels = sent.filter(({ method }) => method === "channels.subscribe").map(({ params }) => params?.channel);
      expect(["plugins.list", "tools.list", "widgets.list", "feed.list", "journal.list", "history.get"].map(count)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(channels.toSorted()).toEqual([...new Set(channels)].toSorted());
      expect(channels).toHaveLength(7);
      expect(
        await page.evaluate<number>(
          '[...document.querySelectorAll("main *")].filter((one) => getComputedStyle(one).columnWidth !== "auto" || getComputedStyle(one).columnCount !== "auto").length',
        ),
      ).toBe(0);
      expect(await page.evaluate<number>("document.querySelectorAll('*').length")).toBeLessThan(300 + TILES * ROWS * 12);
      // A change of the switch is no reason to ask for the list again, and nothing but what shows it is laid out.
      deck.server.house.status = { ...deck.server.house.status, mode: "propose" };
      deck.server.publish();
      await page.getByRole("radio", { name: "Propose", checked: true }).waitFor();
      expect(count("plugins.list")).toBe(1);
      expect((await layouts()) - before).toBeLessThan(10);
      await page.close();
    },
    LONG_MS,
  );
});
