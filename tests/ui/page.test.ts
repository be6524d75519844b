// The page in a real Chromium, over the real edge and a made-up house.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { startUiServer } from "../support/ui-server.ts";
import { until } from "../support/until.ts";

const path = browserPath();
const LONG_MS = 120_000;
const EVIL = '<img src=x onerror="document.title=1">';

/** The focus comes a moment after what it is in. */
const focused = (page: Page, expression: string, wanted: string): Promise<boolean> =>
  until(async () => (await page.evaluate<string>(`document.activeElement?.${expression}`)) === wanted, { what: `the focus on ${wanted}` });

let deck: Deck;

describe.skipIf(path === undefined)("the page", () => {
  const errors: string[] = [];

  const listen = (page: Page): void => {
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
  };
  const open = (route = "/"): Promise<Page> => deck.open(route, { prepare: listen });

  beforeAll(async () => {
    deck = await openDeck(quietHouse(Date.now()));
  }, LONG_MS);

  test(
    "every page comes up under the strict policy without an error, and has one h1",
    async () => {
      for (const route of ["/", "/incidents", "/incidents/inc-0141", "/chat", "/plugins", "/audit", "/settings"]) {
        const page = await open(route);
        expect([route, await page.locator("h1").count()]).toEqual([route, 1]);
        expect(await page.getByRole("button", { name: /HOLD/ }).isVisible()).toBe(true);
        await page.close();
      }
      expect(errors).toEqual([]);
    },
    LONG_MS,
  );

  test(
    "a screen reader is told the verdict that stands there, as soon as it does",
    async () => {
      const page = await open();
      await page.locator("h1.verdict", { hasNotText: "Looking" }).waitFor();
      // A new line there is a space here.
      const bare = async (where: string): Promise<string | undefined> => (await page.locator(where).textContent())?.replace(/\s+/g, "");
      const shown = await bare("h1.verdict");
      await until(async () => (await bare(".verdict-panel p[role=status]")) === shown, { withinMs: 2000, what: `a screen reader hearing "${shown}"` });
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a name from outside is text wherever it stands",
    async () => {
      const guest = deck.server.house.drawn.resources["guest/105"];
      if (guest) deck.server.house.drawn.resources["guest/105"] = { ...guest, name: EVIL };
      deck.server.publish();
      deck.server.hub.event("core/feed", { id: "evil", at: new Date().toISOString(), kind: "notice", words: `${EVIL} was seen`, resource: "guest/105" });
      const page = await open();
      await page.getByText(`${EVIL} was seen`).first().waitFor();
      await page.getByRole("button", { name: EVIL }).first().waitFor();
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.title()).toBe("Jarvis");
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a cell is a button with a whole name; its sheet offers what the tools can do, and a refusal is shown in its own words",
    async () => {
      const page = await open();
      const cell = page.locator('.cell[data-resource="guest/100"]');
      await cell.waitFor();
      expect(await cell.getAttribute("aria-label")).toBe("mgmt, VM 100, running, CPU 31 percent, protected");
      await cell.click();
      const sheet = page.getByRole("dialog", { name: "mgmt" });
      expect(await sheet.getByRole("button").allTextContents()).toEqual(["", "Hand to Jarvis", "Shut down", "Stop hard", "Reboot"]);
      await sheet.getByRole("button", { name: "Reboot" }).click();
      await page.getByText("Jarvis itself runs in mgmt: I will not interrupt it.").first().waitFor();
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "hidden" });
      await focused(page, 'getAttribute("data-resource")', "guest/100");
      await page.close();
    },
    LONG_MS,
  );

  test(
    "HOLD ALL asks with the focus on its answer, holds, and gives way to Resume",
    async () => {
      const page = await open();
      await page.getByRole("button", { name: "HOLD ALL" }).click();
      const dialog = page.getByRole("alertdialog");
      await dialog.waitFor();
      await focused(page, "textContent", "Hold all now");
      await page.keyboard.press("Enter");
      const resume = page.getByRole("button", { name: "RESUME" });
      await resume.waitFor();
      expect(deck.server.asked.findLast(({ method }) => method === "kill")).toBeDefined();
      await dialog.waitFor({ state: "detached" });
      await resume.click();
      await page.getByRole("button", { name: "HOLD ALL" }).waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a widget's action calls its tool with the row's words",
    async () => {
      const page = await open();
      await page.getByRole("tab", { name: "Break something" }).click();
      await page.getByRole("button", { name: "Break: guest-crash" }).click();
      await page.getByText("Break something: done.").first().waitFor();
      expect(deck.server.asked.findLast(({ method }) => method === "tools.call")?.params).toMatchObject({ name: "fault_break", arguments: { name: "guest-crash" } });
      await page.close();
    },
    LONG_MS,
  );

  test(
    "what waits for a person is shown with its exact call and decided with its hash",
    async () => {
      deck.server.house.asks = [
        {
          id: "ask-1",
          tool: "hypervisor_guest_stop",
          arguments: { vmid: 106 },
          target: "guest/106",
          effect: "destructive",
          why: "Because of a test.",
          expiresAt: new Date(Date.now() + 300_000).toISOString(),
          hash: "h1",
          callId: "c",
          caller: { kind: "remedy", id: "r", scope: "operate", tainted: false },
        },
      ];
      deck.server.publish();
      const page = await open();
      const card = page.locator("#ask");
      await card.getByText('hypervisor_guest_stop {"vmid":106}').waitFor();
      expect(await card.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
      await card.getByRole("textbox").fill("guest/106");
      await card.getByRole("button", { name: "Approve" }).click();
      await card.waitFor({ state: "detached" });
      expect(deck.server.asked.findLast(({ method }) => method === "asks.decide")?.params).toMatchObject({ id: "ask-1", decision: "approve", hash: "h1", confirm: "guest/106" });
      await page.close();
    },
    LONG_MS,
  );

  test(
    "the command line runs the CLI's words and hands sentences to Jarvis",
    async () => {
      const page = await open();
      await page.getByRole("tab", { name: "Terminal" }).click();
      const line = page.locator("#terminal-line");
      await line.fill("status");
      await line.press("Enter");
      await page.getByText("4 of 4 nodes up").waitFor();
      await line.fill("how are things?");
      await line.press("Enter");
      await page.locator(".terminal .ember", { hasText: "You said: how are things?" }).waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone nothing scrolls sideways, and the orb comes before the verdict",
    async () => {
      const page = await open();
      for (const width of [390, 320]) {
        await page.setViewportSize({ width, height: 844 });
        for (const route of ["/", "/chat", "/plugins", "/audit", "/settings", "/incidents/inc-0141"]) {
          await page.goto(deck.server.url + route);
          await page.locator("main").waitFor();
          const [wide, have] = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");
          expect([route, width, wide]).toEqual([route, width, have]);
        }
      }
      await page.goto(deck.server.url);
      await page.locator(".verdict").waitFor();
      const tops = await page.evaluate<number[]>('[".stage", ".verdict"].map((name) => document.querySelector(name).getBoundingClientRect().top)');
      expect(tops[0]).toBeLessThan(tops[1] ?? 0);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a cut line is told within ten seconds: the bar, the verdict, actions off",
    async () => {
      const own = await startUiServer(quietHouse(Date.now()), { page: deck.folder });
      const page = await deck.blank();
      await page.goto(own.url);
      await page.getByRole("heading", { name: "All is well." }).waitFor();
      await own.stop();
      await page.getByText("Out of contact.").first().waitFor({ timeout: 10_000 });
      await page.getByRole("button", { name: "Try now" }).waitFor();
      expect(await page.getByRole("radio", { name: "Observe" }).isDisabled()).toBe(true);
      await page.getByRole("button", { name: "HOLD ALL" }).click();
      await page.getByText("./jarvis kill").waitFor();
      await page.close();
    },
    LONG_MS,
  );

  test(
    "a closed house asks for its code and says when it is wrong",
    async () => {
      const own = await startUiServer(quietHouse(Date.now()), { open: false, page: deck.folder });
      const page = await deck.blank();
      await page.goto(own.url);
      await page.getByLabel("One-time code").fill("nope");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("not valid").waitFor();
      await page.close();
      await own.stop();
    },
    LONG_MS,
  );
});

afterAll(() => deck?.close());

test.skipIf(path === undefined)("the first load is at most 120 kB packed before the stage, and 300 kB with it", async () => {
  const names = readdirSync(join(deck.folder, "_app/immutable"), { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|css)$/.test(name));
  const packed = (list: readonly string[]): number => list.reduce((total, name) => total + statSync(join(deck.folder, "_app/immutable", `${name}.gz`)).size, 0);
  const sourceOf = new Map(await Promise.all(names.map(async (name) => [name, await Bun.file(join(deck.folder, "_app/immutable", name)).text()] as const)));
  /** Everything the entry reaches without a dynamic import, and the deck's own part. */
  const stage = names.filter((name) => /webglcontextlost/.test(sourceOf.get(name) ?? ""));
  expect(stage.length).toBeGreaterThan(0);
  const reached = new Set<string>();
  const follow = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const [, to = ""] of (sourceOf.get(name) ?? "").matchAll(/(?:from|import)\s*"\.{1,2}\/([^"]+)"/g)) {
      const found = names.find((candidate) => candidate.endsWith(to.replace(/^.*\//, "")));
      if (found) follow(found);
    }
  };
  for (const name of names.filter((candidate) => /^entry\/|^nodes\/[02]\./.test(candidate) || candidate.endsWith(".css"))) follow(name);
  const before = packed([...reached]);
  for (const name of stage) follow(name);
  expect(before).toBeLessThan(120_000);
  expect(packed([...reached])).toBeLessThan(300_000);
});
