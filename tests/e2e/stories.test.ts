// The page's stories in a real Chromium over the real lab and the real core: what happens in the house is on the screen without a reload, and what is pressed happens in the house.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { browserPath, type Launched, launch } from "../support/chromium.ts";
import { until } from "../support/until.ts";
import { openPage, type StoryHouse, startStoryHouse } from "./story-house.ts";
import { ask } from "./story-press.ts";

const path = browserPath();
const LONG_MS = 180_000;
const PATIENCE = { timeout: 60_000 };

const say = async (page: Page, words: string): Promise<void> => {
  await page.getByLabel("Say something to Jarvis").fill(words);
  await page.keyboard.press("Enter");
};
const cell = (page: Page, id: string): Locator => page.locator(`.cell[data-resource="${id}"]`);
/** The cell's accessible name, once it is like this. */
const named = (page: Page, id: string, like: RegExp): Promise<void> =>
  until(async () => like.test((await cell(page, id).getAttribute("aria-label")) ?? ""), { withinMs: 60_000, what: `${id} to be named like ${like}` }).then(() => undefined);

describe.skipIf(path === undefined)("the page over a living house", () => {
  let story: StoryHouse;
  let browser: Launched;
  const open = (route = "/"): Promise<Page> => openPage(browser, story.url, { route });
  const succeeded = async (resource: string) => (await story.rpc("journal.list")).calls.filter(({ target, state }) => target === resource && state === "succeeded");

  beforeAll(async () => {
    story = await startStoryHouse({ speed: 8 });
    browser = await launch(path ?? "", { width: 1920, height: 1080 });
  }, LONG_MS);
  afterAll(async () => {
    await browser?.close();
    await story?.stop();
  });

  test(
    "guest 105 renamed in Proxmox carries its new name everywhere, without a reload",
    async () => {
      const page = await open();
      await cell(page, "guest/105").waitFor();
      await page.evaluate("window.sameDocument = true");
      await story.rename("Home", "lxc", 105, "cinema");
      await named(page, "guest/105", /^cinema, CT 105, running/);
      await page.getByRole("list", { name: "Guests" }).getByText("cinema").waitFor(PATIENCE);
      expect(await page.evaluate<boolean>("window.sameDocument === true")).toBe(true);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "guest 106 crashed in the lab: its cell, the state word, the feed and the incident's line tell it from the crash to the report",
    async () => {
      const page = await open();
      await named(page, "guest/106", /running/);
      await story.lab.break("guest-crash", "guest/106");
      await named(page, "guest/106", /Jarvis is working on it|incident open/);
      const feed = page.getByRole("log", { name: "Activity" });
      await feed.getByText(/immich stopped running/).waitFor(PATIENCE);
      await feed.getByText(/immich is well again/).waitFor(PATIENCE);
      await named(page, "guest/106", /^immich, VM 106, running/);
      await page.getByRole("heading", { name: "Watching" }).waitFor(PATIENCE);

      await feed.getByRole("link", { name: /^View: immich is well again/ }).click();
      await page.getByRole("heading", { level: 1, name: /immich stopped/ }).waitFor(PATIENCE);
      const steps = await page.locator(".timeline .chip").allTextContents();
      expect(steps).toEqual(["detected", "diagnosed", "acted", "verifying", "report"]);
      await page.getByText("proxmox_guest_start").first().waitFor();
      expect((await succeeded("guest/106")).length).toBe(1);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a guest the host's memory killed is asked about, and Approve on the card starts it",
    async () => {
      const page = await open();
      await story.lab.break("guest-oom", "guest/101");
      const card = page.locator("#ask");
      await card.getByRole("heading", { name: /Start a guest: nextcloud/ }).waitFor(PATIENCE);
      await page.getByRole("heading", { level: 1, name: /needs you/ }).waitFor();
      expect(await succeeded("guest/101")).toEqual([]);
      await card.getByRole("button", { name: "Approve" }).click();
      await page.getByText("Approved.").waitFor();
      await named(page, "guest/101", /^nextcloud, VM 101, running/);
      await card.waitFor({ state: "detached", ...PATIENCE });
      expect((await until(async () => (await succeeded("guest/101"))[0], { withinMs: 60_000, what: "the start to be verified" })).caller.kind).toBe("remedy");
      await page.close();
    },
    LONG_MS,
  );

  test(
    "HOLD ALL holds the house, and Resume lets it go",
    async () => {
      const page = await open();
      await page.getByRole("button", { name: "HOLD ALL" }).click();
      await page.getByRole("button", { name: "Hold all now" }).click();
      await page.getByRole("heading", { level: 1, name: /^Held\./ }).waitFor();
      expect((await story.rpc("autonomy.get")).killed).toBe(true);
      await page.getByRole("button", { name: "RESUME" }).click();
      await page.getByRole("heading", { level: 1, name: /All is well|Stable/ }).waitFor();
      expect((await story.rpc("autonomy.get")).killed).toBe(false);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "the command line answers the CLI's words, calls a tool, and hands a sentence to Jarvis",
    async () => {
      const page = await open();
      const line = page.locator("#terminal-line");
      const log = page.getByRole("log", { name: "Terminal log" });
      const enter = async (words: string): Promise<void> => {
        await line.fill(words);
        await line.press("Enter");
      };
      await enter("status");
      await log.getByText("4 of 4 nodes up").waitFor();
      await enter('call proxmox_guest_get {"vmid": 106}');
      await log.getByText(/^succeeded.*immich/s).waitFor(PATIENCE);
      await enter("call no_such_tool");
      await log.locator(".tone-warn", { hasText: /no_such_tool|tool/ }).waitFor();
      await enter("status of immich");
      await log.locator(".ember", { hasText: "immich" }).waitFor(PATIENCE);
      await page.close();
    },
    LONG_MS,
  );

  test(
    '"restart web" asks which, and nothing is restarted',
    async () => {
      const page = await open("/chat");
      const before = (await story.rpc("journal.list")).calls.length;
      await say(page, "restart web");
      const answer = page.getByRole("region", { name: "Conversation" }).getByText(/web1.*web2|web2.*web1/s);
      await answer.first().waitFor(PATIENCE);
      expect(await answer.first().textContent()).toContain("?");
      expect((await story.rpc("journal.list")).calls.length).toBe(before);
      await page.close();
    },
    LONG_MS,
  );

  test.each([
    [1920, 1080],
    [1440, 900],
  ])(
    "no tab of the deck is out of sight at %d by %d, and what breaks things in the lab is among them",
    async (width, height) => {
      const page = await open();
      await page.setViewportSize({ width, height });
      const tab = page.getByRole("tab", { name: "Break something" });
      await tab.waitFor(PATIENCE);
      expect(await ask(page, "hiddenTabs")).toEqual([]);
      await tab.click();
      await page.getByRole("button", { name: "Break: guest-crash" }).waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone the tabs are one row, and each comes into sight when it is wanted",
    async () => {
      const page = await open();
      await page.setViewportSize({ width: 390, height: 844 });
      const tab = page.getByRole("tab", { name: "Break something" });
      await tab.waitFor(PATIENCE);
      const tops = await page.locator('[role="tab"]').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
      expect(new Set(tops).size).toBe(1);
      await page.getByRole("tab", { name: "Guests" }).focus();
      await page.keyboard.press("End");
      const last = page.locator('[role="tab"]').last();
      await until(async () => (await last.getAttribute("aria-selected")) === "true", { what: "the last tab to be chosen" });
      expect(await ask(page, "hiddenTabs")).not.toContain(await last.textContent());
      await tab.click();
      await page.getByRole("button", { name: "Break: guest-crash" }).waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a guest crashed from the deck's own panel is fixed before one's eyes",
    async () => {
      const page = await open();
      await page.getByRole("tab", { name: "Break something" }).click();
      const fixed = page.getByRole("log", { name: "Activity" }).getByText(/is well again/);
      const before = await fixed.count();
      await page.getByRole("button", { name: "Break: guest-crash" }).click();
      await page
        .getByText(/has guest-crash\./)
        .first()
        .waitFor(PATIENCE);
      await until(async () => (await fixed.count()) > before, { withinMs: 60_000, what: "the repair to be told" });
      await page.getByRole("heading", { level: 1, name: "All is well." }).waitFor(PATIENCE);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a lost core is told: bar, hatch, no acting; back on the same port it is over",
    async () => {
      const page = await open();
      await cell(page, "guest/105").waitFor();
      expect(await story.house.stopCore()).toBe(0);
      await page.getByText("Connection lost").waitFor({ timeout: 10_000 });
      await page.getByRole("heading", { level: 1, name: /^Out of contact\./ }).waitFor();
      expect(await page.locator(".app.is-lost").count()).toBe(1);
      expect(await page.evaluate<string>('getComputedStyle(document.querySelector(".panel"), "::after").backgroundImage')).toContain("repeating-linear-gradient");
      expect(await page.getByRole("radio", { name: "Observe" }).isDisabled()).toBe(true);
      expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
      expect(await page.getByRole("button", { name: "Try now" }).isEnabled()).toBe(true);
      await story.house.startCore();
      await page.getByText("Live").first().waitFor({ timeout: 40_000 });
      await page.getByText("Connection lost").waitFor({ state: "detached" });
      await page.getByText(/^Back after/).waitFor();
      await named(page, "guest/105", /^cinema, CT 105, running/);
      await page.close();
    },
    LONG_MS,
  );
});
