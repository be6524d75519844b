// Consoles on the page: a tab beside the command line, typed into, resized, closed by hand, by the shell and by the line; refused in words; on a phone too.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { consolesFor } from "../../ui/src/lib/console/offer.ts";
import { createTyping, type Written } from "../../ui/src/lib/console/typing.ts";
import { placed } from "../../ui/src/lib/resource/order.ts";
import { browserPath } from "../support/chromium.ts";
import { type Deck, openDeck } from "../support/ui-deck.ts";
import { quietHouse } from "../support/ui-house.ts";
import { until } from "../support/until.ts";

const path = browserPath();
const LONG_MS = 180_000;
const SHELL = { tool: "hypervisor_console", title: "Open console", about: "A terminal.", kinds: ["guest" as const, "node" as const] };

test("a console is offered where the core says that the kind has one, and never on a template", () => {
  const { drawn } = quietHouse(0);
  const offered = (id: string): number => {
    const resource = placed(drawn, id);
    return resource === undefined ? -1 : consolesFor([SHELL], resource).length;
  };
  expect([offered("guest/112"), offered("node/pve"), offered("storage/home/tank"), offered("container/mgmt/caddy")]).toEqual([1, 1, 0, 0]);
  const guest = placed(drawn, "guest/112");
  expect(guest && consolesFor([SHELL], { ...guest, template: true })).toEqual([]);
});

test("what is typed goes in order, one message at a time, and a large paste in pieces that part no letter", async () => {
  const sent: Written[] = [];
  let atOnce = 0;
  const typing = createTyping({
    send: async (what) => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await Promise.resolve();
      atOnce -= 1;
      sent.push(what);
    },
    failed: () => undefined,
  });
  const paste = `${"x".repeat(15_999)}\u{1f600}${"y".repeat(40_000)}`;
  typing.type("a");
  typing.type("b");
  typing.type(paste);
  await until(() => sent.map(({ text = "" }) => text).join("").length === paste.length + 2, { what: "all of it" });
  expect(sent.map(({ text = "" }) => text).join("")).toBe(`ab${paste}`);
  expect(sent.every(({ text = "" }) => text.length <= 16_000 && !/[\ud800-\udbff]$/.test(text))).toBe(true);
  typing.stop();
  typing.type("late");
  expect(sent.at(-1)?.text).not.toContain("late");
});

describe.skipIf(path === undefined)("a console on the page", () => {
  let deck: Deck;

  const openPage = (width = 1440, height = 900): Promise<Page> => deck.open("/", { width, height, prepare: (page) => page.setDefaultTimeout(15_000) });
  const openConsole = async (page: Page, name: string): Promise<void> => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(name);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Open console" }).click();
  };
  const shellText = async (page: Page): Promise<string> => (await page.locator(".xterm-rows").textContent()) ?? "";
  const asked = (method: string): unknown[] => deck.server.asked.filter((one) => one.method === method).map(({ params }) => params);

  beforeAll(async () => {
    deck = await openDeck({ ...quietHouse(Date.now()), consoles: [SHELL] });
  }, LONG_MS);
  afterAll(() => deck?.close());

  test(
    "opens from a guest's sheet beside the command line, says whose it is, runs what is typed, and closes by its button",
    async () => {
      const page = await openPage();
      await openConsole(page, "nextcloud");
      await page.getByText("shell of").waitFor();
      expect(await page.getByRole("tab", { name: "nextcloud" }).getAttribute("aria-selected")).toBe("true");
      expect(await page.getByRole("tab", { name: "jarvis" }).count()).toBe(1);
      expect(await page.locator(".whose").textContent()).toMatch(/shell of nextcloud[\s\S]*On record as opened at \d\d:\d\d/i);
      await page.keyboard.type("uname -a");
      await page.keyboard.press("Enter");
      await until(async () => (await shellText(page)).includes("you typed uname -a"), { what: "the answer" });
      expect(asked("console.line")).toContain("uname -a");
      await page.getByRole("tab", { name: "jarvis" }).click();
      await page.locator("#terminal-line").waitFor();
      await page.getByRole("tab", { name: "nextcloud" }).click();
      await until(async () => (await shellText(page)).includes("you typed uname -a"), { what: "the same screen again" });
      await page.getByRole("button", { name: "Close the console of nextcloud" }).click();
      await page.locator("#terminal-line").waitFor();
      await until(() => asked("console.close").length === 1, { what: "the close" });
      expect(await page.getByRole("tab", { name: "nextcloud" }).count()).toBe(0);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "takes the size of its place, more when it is made larger; Escape is the shell's inside and closes outside; ctrl and the full stop lead out",
    async () => {
      const page = await openPage();
      await openConsole(page, "gitea");
      await page.getByText("shell of").waitFor();
      const sizes = asked("console.open").at(-1);
      expect(sizes).toMatchObject({ tool: SHELL.tool, resource: "guest/108" });
      const before = asked("console.size").length;
      await page.getByRole("button", { name: "Larger" }).click();
      await until(() => asked("console.size").length > before, { what: "the new size" });
      expect(asked("console.size").at(-1)).toMatchObject({ rows: expect.any(Number) });
      await page.locator(".xterm-helper-textarea").focus();
      await page.keyboard.press("Escape");
      expect(await page.getByText("shell of").count()).toBe(1);
      await page.keyboard.press("Control+.");
      expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Close the console of gitea");
      await page.keyboard.press("Escape");
      await page.locator("#terminal-line").waitFor();
      expect(await page.getByText("shell of").count()).toBe(0);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "what cannot be opened says why; what the shell ended can be opened again; a flood is drawn to its end",
    async () => {
      const page = await openPage();
      await openConsole(page, "win-lab");
      await page.getByText("qm set 107 --serial0 socket").waitFor();
      await page.getByRole("button", { name: "Close the console of win-lab" }).click();
      await openConsole(page, "gitea");
      await page.getByText("shell of").waitFor();
      await page.keyboard.type("flood");
      await page.keyboard.press("Enter");
      await page.keyboard.type("echo after");
      await page.keyboard.press("Enter");
      await until(async () => (await shellText(page)).includes("you typed echo after"), { withinMs: 30_000, what: "the end of the flood" });
      await page.keyboard.type("exit");
      await page.keyboard.press("Enter");
      await page.getByText("The shell has ended.").waitFor();
      await page.getByRole("button", { name: "Open again" }).click();
      await page.getByText("shell of").waitFor();
      await page.close();
      await until(() => asked("console.close").some((end) => JSON.stringify(end).includes("has gone")), { what: "the end with the page" });
    },
    LONG_MS,
  );

  test(
    "the audit tells who opened it, on what, and how it ended",
    async () => {
      const at = new Date().toISOString();
      deck.server.house.calls.push({
        callId: "call-console",
        tool: SHELL.tool,
        arguments: { resource: "guest/112", columns: 80, rows: 24 },
        target: "console/guest/112",
        identity: null,
        effect: "disruptive",
        caller: { kind: "operator", id: "dashboard", scope: "admin", tainted: false },
        decision: "allow",
        rule: "allowed",
        state: "succeeded",
        text: "Console of CT 112.",
        createdAt: at,
        endedAt: at,
        console: { endedAt: at, why: "The shell has ended.", typedBytes: 12, shownBytes: 345 },
      });
      const page = await deck.open("/audit", { prepare: (one) => one.setDefaultTimeout(15_000) });
      const row = page.getByRole("row").filter({ hasText: "Console of CT 112." });
      await row.waitFor();
      expect(await row.textContent()).toMatch(/nextcloud[\s\S]*dashboard[\s\S]*Closed at [\d:]{8}: The shell has ended\. 12 bytes typed, 345 shown\./);
      await page.close();
    },
    LONG_MS,
  );

  test(
    "on a phone it fills the screen, has a way out under the thumb, and nothing is wider than the screen",
    async () => {
      const page = await openPage(390, 844);
      await page.evaluate("document.querySelector('main').scrollIntoView()");
      await openConsole(page, "gitea");
      await page.getByText("shell of").waitFor();
      const box = await page.locator(".console").boundingBox();
      expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
      await page.keyboard.type("id");
      await page.keyboard.press("Enter");
      await until(async () => (await shellText(page)).includes("you typed id"), { what: "the answer" });
      const out = await page.getByRole("button", { name: "Close the console of gitea" }).boundingBox();
      expect(out?.height).toBeGreaterThanOrEqual(40);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.getByRole("button", { name: "Close the console of gitea" }).click();
      await page.locator("#terminal-line").waitFor();
      await page.close();
    },
    LONG_MS,
  );
});
