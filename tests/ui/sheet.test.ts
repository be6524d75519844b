// A resource's sheet over the real edge: what is read of it in words, who is hurt with it; and on a phone whole names and every page's link.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { busyHouse } from "../support/ui-story.ts";

const path = browserPath();
const LONG_MS = 120_000;
const NOW = Date.now();
const GIB = 1024 ** 3;

const houseWithRoot = () => {
  const house = quietHouse(NOW);
  const [example] = busyHouse(NOW).incidents;
  if (!example) throw new Error("the made-up house has no incident");
  const victims = ["guest/110", "guest/111", "guest/112"];
  const cause = { ...example.cause, kind: "storage", words: "nas-media has not answered for 90 s." };
  const root = {
    ...example,
    id: "inc-9",
    resource: "node/pve",
    name: "pve",
    title: "pve is away",
    severity: "warning" as const,
    status: "escalated" as const,
    callIds: [],
    victims,
    cause,
  };
  const node = house.drawn.resources["node/pve"];
  if (node) house.drawn.resources["node/pve"] = { ...node, mark: "incident" };
  const reading = { at: new Date(NOW).toISOString(), plugin: "hypervisor", stale: false, status: "up" as const };
  const figures = { pressureIoSomePercent: 12.3, rootBytes: 20 * GIB, rootTotalBytes: 80 * GIB, updates: 14 };
  return {
    ...house,
    incidents: [root, ...house.incidents],
    told: [{ ...reading, id: "node/home", kind: "node" as const, name: "Home", figures, labels: { kernel: "6.17.2-2-pve" } }],
  };
};

describe.skipIf(path === undefined)("a resource's sheet", () => {
  let deck: Deck;

  beforeAll(async () => {
    deck = await openDeck(houseWithRoot());
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "tells what is read of it in words and units, without a raw key",
    async () => {
      const page = await deck.open();
      await page.locator('.nodes [data-resource="node/home"]').click();
      const sheet = page.getByRole("dialog", { name: "Home" });
      await sheet.getByText("Some wait for I/O").waitFor();
      const told = (await sheet.locator(".groups dl").allTextContents()).join(" ");
      for (const words of ["12 %", "20 GiB of 80 GiB (25 %)", "Updates", "6.17.2-2-pve"]) expect(told).toContain(words);
      expect(told).not.toMatch(/pressureIo|rootBytes/);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a victim is named as hurt by its root, on its sheet and at its cell, and the root's page leads to it",
    async () => {
      const page = await deck.open();
      const cell = page.locator('.cell.is-hurt[data-resource="guest/111"]');
      expect(await cell.getAttribute("aria-label")).toBe("traefik, CT 111, hurt by pve, running, CPU 6 percent");
      await page.getByText("3 with it: loki, traefik, nextcloud.").first().waitFor();
      await page.goto(`${deck.server.url}/incidents/inc-9`);
      await page.getByText("Told, needs you.").waitFor();
      await page.getByText("nas-media has not answered for 90 s.").first().waitFor();
      await page.getByRole("button", { name: "traefik" }).click();
      const sheet = page.getByRole("dialog", { name: "traefik" });
      await sheet.getByText("This is no fault of its own.").waitFor();
      await sheet.getByRole("link", { name: "pve is away" }).waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone no guest's name is cut, and every page has its link",
    async () => {
      const page = await deck.open("/", { width: 390 });
      await page.locator('ul[aria-label="Guests"] .name, .grid .name').first().waitFor();
      const cut = await page.evaluate<string[]>(
        '[...document.querySelectorAll(".grid .name")].filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 4).map((one) => one.textContent)',
      );
      expect(cut).toEqual([]);
      const links = page.getByRole("navigation", { name: "Pages" }).getByRole("link");
      expect(await links.evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.getAttribute("href")))).toEqual([
        "/",
        "/incidents",
        "/chat",
        "/plugins",
        "/audit",
        "/settings",
      ]);
      expect(
        await page.evaluate<string[]>(
          '[...document.querySelectorAll("nav[aria-label=Pages] a span")].filter((one) => one.getBoundingClientRect().width > one.parentElement.getBoundingClientRect().width).map((one) => one.textContent)',
        ),
      ).toEqual([]);
      await page.close();
    },
    LONG_MS,
  );
});
