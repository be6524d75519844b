// What the deck looks like when something is not as it should be: nothing seen, a critical incident, forced colours, a narrow row of tabs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { busyHouse } from "../support/ui-story.ts";
import { until } from "../support/until.ts";

const path = browserPath();
const LONG_MS = 120_000;
const NOW = Date.now();

describe.skipIf(path === undefined)("the deck in a bad hour", () => {
  let deck: Deck;

  const open = async (): Promise<Page> => {
    const page = await deck.open();
    await page.locator(".totals").waitFor();
    return page;
  };
  const darken = (stale: boolean): void => {
    for (const resource of Object.values(deck.server.house.drawn.resources)) Object.assign(resource, { stale });
    deck.server.publish();
  };
  const theme = (page: Page): Promise<string> => page.evaluate<string>("document.documentElement.dataset.theme");

  beforeAll(async () => {
    deck = await openDeck(quietHouse(NOW), { width: 1920, height: 1080 });
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "while every node is dark no figure looks new: totals, votes, storages and the list say stale, and the ring is grey",
    async () => {
      Object.assign(deck.server.house.drawn, { quorum: { votes: 4, of: 4, quorate: true } });
      const page = await open();
      await page.locator("svg .quorum", { hasText: /^Quorum 4 of 4$/ }).waitFor();
      darken(true);
      await page.locator("svg .quorum.old", { hasText: "Quorum 4 of 4 (stale)" }).waitFor();
      expect(await page.locator(".stage p.sr").textContent()).toBe("Quorum 4 of 4 (stale)");
      expect(await page.locator(".totals .old .age").allTextContents()).toEqual(["stale", "stale", "stale"]);
      const meters = await page.locator('.totals [role="meter"], .storages [role="meter"]').evaluateAll((all) => all.map((one) => one.getAttribute("aria-valuetext") ?? ""));
      expect(meters.filter((words) => !words.endsWith(", stale"))).toEqual([]);
      const colours = await page.evaluate<string[]>('[...new Set([...document.querySelectorAll(".totals .num, .node .num")].map((one) => getComputedStyle(one).color))]');
      expect(colours).toEqual([
        await page.evaluate<string>('(() => { const one = document.createElement("i"); one.className = "t3"; document.body.append(one); return getComputedStyle(one).color; })()'),
      ]);
      await page.getByRole("button", { name: "Show as list" }).click();
      await page.getByText("Quorum 4 of 4 (stale)").first().waitFor();
      expect(
        await page
          .locator(".list .node")
          .allTextContents()
          .then((all) => all.every((words) => words.endsWith("last known"))),
      ).toBe(true);
      darken(false);
      await page.locator(".totals .age").first().waitFor({ state: "detached" });
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a critical incident that needs a person lends the deck the Alert theme, canvas and all; a repair keeps its own colour, and a person may say no",
    async () => {
      const page = await open();
      expect(await theme(page)).toBe("arc");
      const incident = busyHouse(NOW).incidents.find(({ status }) => status !== "resolved");
      if (!incident) throw new Error("the made-up house has no open incident");
      deck.server.house.incidents = [{ ...incident, severity: "critical", status: "acting" }];
      deck.server.publish();
      await page.getByRole("heading", { level: 1, name: "Repairing nextcloud. Nothing needs you." }).waitFor();
      expect(await theme(page)).toBe("arc");
      deck.server.house.incidents = [{ ...incident, severity: "critical", status: "escalated" }];
      deck.server.publish();
      await until(async () => (await theme(page)) === "alert", { what: "the Alert theme" });
      await until(async () => (await page.evaluate<string>("getComputedStyle(document.body).backgroundColor")) === "rgb(13, 5, 7)", { what: "its ground" });
      deck.server.house.incidents = [{ ...incident, severity: "critical", status: "resolved", resolvedAt: new Date(NOW).toISOString() }];
      deck.server.publish();
      await until(async () => (await theme(page)) === "arc", { what: "the chosen theme" });
      await page.evaluate('localStorage.setItem("jarvis.look", JSON.stringify({ turns: false }))');
      deck.server.house.incidents = [{ ...incident, severity: "critical", status: "escalated" }];
      deck.server.publish();
      await page.reload();
      await page.getByRole("link", { name: /Incidents, 1 open/ }).waitFor();
      expect(await theme(page)).toBe("arc");
      deck.server.house.incidents = [];
      deck.server.publish();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "forced colours hide the canvas, the list stands in its place, and every control keeps a border",
    async () => {
      const page = await deck.blank();
      await page.emulateMedia({ forcedColors: "active" });
      await page.goto(deck.server.url);
      await page.locator('.list [data-resource="guest/112"]').waitFor();
      expect(await page.locator("canvas").filter({ visible: true }).count()).toBe(0);
      const bare = await page.evaluate<string[]>(
        '[...document.querySelectorAll(".btn, .hold, [role=radio]")].filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).borderTopWidth) < 1).map((one) => one.textContent)',
      );
      expect(bare).toEqual([]);
      const [chosen, other] = await page.evaluate<string[]>(
        '["true", "false"].map((is) => getComputedStyle(document.querySelector(`[role=radio][aria-checked=${is}]`)).backgroundColor)',
      );
      expect(chosen).not.toBe(other);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone the dock's tabs are one row of full height; what is chosen comes into sight and the end fades while there is more",
    async () => {
      const page = await open();
      await page.setViewportSize({ width: 390, height: 844 });
      const row = page.getByRole("tablist", { name: "Dock" });
      const tabs = row.getByRole("tab");
      await tabs.nth(4).waitFor();
      expect(new Set(await tabs.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))).size).toBe(1);
      expect((await row.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
      await until(() => row.evaluate((one) => one.style.getPropertyValue("--after") !== ""), { what: "the fade at the end" });
      await tabs.first().focus();
      await page.keyboard.press("End");
      const last = tabs.last();
      await until(async () => (await last.getAttribute("aria-selected")) === "true", { what: "the last to be chosen" });
      await until(async () => ((box) => box !== null && box.x >= 0 && box.x + box.width <= 390)(await last.boundingBox()), { what: "the last to be in sight" });
      await until(() => row.evaluate((one) => one.style.getPropertyValue("--after") === "" && one.style.getPropertyValue("--before") !== ""), {
        what: "the fade at the beginning",
      });
      // With a mouse in a narrow window too: a wheel that turns up and down pushes it.
      await page.setViewportSize({ width: 590, height: 900 });
      const style = await page.addStyleTag({ content: ".tabs { max-width: 300px; }" });
      await tabs.first().click();
      expect(new Set(await tabs.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top))).size).toBe(1);
      await row.hover();
      await page.mouse.wheel(0, 120);
      await until(() => row.evaluate((one) => one.scrollLeft > 0), { what: "the row to be pushed" });
      await style.dispose();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone both answers to a question are within a thumb's reach, with all they are bound to; held, yes is not offered and says why; one that is gone says what became of it",
    async () => {
      const { asks } = busyHouse(NOW);
      const [ask] = asks;
      if (!ask) throw new Error("the made-up house asks nothing");
      deck.server.house.asks = [{ ...ask, effect: "destructive", hash: "sha256:0123456789abcdef", expiresAt: new Date(NOW + 300_000).toISOString() }];
      deck.server.publish();
      const page = await deck.open("/", { width: 390, height: 844 });
      const card = page.locator("#ask");
      await card.scrollIntoViewIfNeeded();
      const bound = (await card.locator("dl").textContent()) ?? "";
      for (const words of [ask.tool, JSON.stringify(ask.arguments), "guest/101", "remedy guest-crashed", "silence means no", "0123456789ab"]) expect(bound).toContain(words);
      const [yes, no] = [card.getByRole("button", { name: "Approve" }), card.getByRole("button", { name: "Deny" })];
      expect([await yes.isDisabled(), await no.isDisabled()]).toEqual([true, false]);
      await card.getByLabel("Type guest/101 to approve").fill("guest/101");
      expect(await yes.isDisabled()).toBe(false);
      const boxes = await Promise.all([yes.boundingBox(), no.boundingBox()]);
      for (const box of boxes) {
        expect(box?.height ?? 0).toBeGreaterThanOrEqual(44);
        // The lower half is what a thumb reaches; what stays at the bottom covers neither.
        expect([(box?.y ?? 0) > 400, (box?.y ?? 0) + (box?.height ?? 0) <= 844 - 66]).toEqual([true, true]);
      }
      expect((boxes[1]?.x ?? 0) - (boxes[0]?.x ?? 0) - (boxes[0]?.width ?? 0)).toBeGreaterThanOrEqual(8);
      deck.server.house.status.killed = true;
      deck.server.publish();
      await card.getByText("Everything is held: resume first, then approve. Denying works.").waitFor();
      expect([await yes.isDisabled(), await no.isDisabled()]).toEqual([true, false]);
      deck.server.house.status.killed = false;
      deck.server.house.asks = [];
      deck.server.publish();
      await page.getByRole("region", { name: /^What became of it/ }).waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
      await page.getByRole("region", { name: /^What became of it/ }).waitFor({ state: "detached" });
      await page.close();
    },
    LONG_MS,
  );
});
