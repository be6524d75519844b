// The same table through the built page in a real browser: its command line for a cell of every mode and kill level, and a widget's button.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { browserPath, type Launched, launch } from "../support/chromium.ts";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { type Cell, EFFECTS, expected, KILLS, MODES, TARGETS, TOOL, targetOf } from "./expected.ts";
import { createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

const built = existsSync(join(resolve(import.meta.dir, "../.."), "ui/build/index.html"));
if (!built) console.log("passed over: the screen is not built (ui/build)");
const path = built ? browserPath() : undefined;

const PER_COMBINATION = full ? EFFECTS.length * TARGETS.length : 2;

describe.skipIf(path === undefined)("the table of DESIGN 5 on the screen", () => {
  let house: FixtureHouse;
  let browser: Launched;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    house = await createFixtureHouse();
    browser = await launch(path ?? "", { width: 1920, height: 1080, reducedMotion: true });
    page = await browser.context.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
    await page.goto(house.url);
    await page.locator("#code").fill(house.code ?? "");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#terminal-line").waitFor();
    await page.getByText("Live").first().waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await house?.stop();
  });

  /** Types a line and answers the new last line of the log. */
  const type = async (words: string): Promise<string> => {
    const lines = page.getByRole("log", { name: "Terminal log" }).locator("p");
    await until(() => page.locator("#terminal-line").isVisible(), { what: "the command line" }).catch(async (thrown: unknown) => {
      throw new Error(`${String(thrown)}; the page is at ${page.url()} and says: ${((await page.locator("body").textContent()) ?? "").slice(0, 500)}; ${complaints.join("; ")}`);
    });
    await page.locator("#terminal-line").fill(words);
    await page.locator("#terminal-line").press("Enter");
    // The last two lines are then what was typed and what came of it; every line typed here is unlike the others.
    await until(async () => (await lines.count()) > 1 && (await lines.nth(-2).textContent())?.includes(words), { withinMs: 20_000, what: `an answer to ${words}` });
    return ((await lines.last().textContent()) ?? "").trim();
  };

  test("a sample of cells typed into the command line ends as the table says, with no effect where it must not", async () => {
    const random = randomOf("table on the screen");
    const combinations = shuffled(
      MODES.flatMap((mode) => KILLS.map((kill) => ({ mode, kill }))),
      random,
    );
    const wrong: (Cell & { said: string })[] = [];
    const ran: string[] = [];
    for (const { mode, kill } of combinations) {
      await house.operator("release");
      await house.operator("autonomy.set", { mode });
      if (kill !== "none") await house.operator("kill", { level: kill });
      const cells = EFFECTS.flatMap((effect) => TARGETS.map((target): Cell => ({ row: "session", effect, mode, kill, target })));
      for (const cell of shuffled(cells, random).slice(0, PER_COMBINATION)) {
        const nonce = `${mode}/${kill}/${cell.effect}/${cell.target}`;
        const said = await type(`call ${TOOL[cell.effect]} ${JSON.stringify({ target: targetOf(cell), nonce })}`);
        if (!said.startsWith(expected(cell))) wrong.push({ ...cell, said });
        if (expected(cell) === "succeeded" && cell.effect !== "read") ran.push(nonce);
      }
    }
    expect(wrong).toEqual([]);
    expect(house.effects()).toEqual(ran);
  }, 300_000);

  test("a widget's button acts when the table lets it, and shows the refusal when the house is held", async () => {
    await house.operator("release");
    await house.operator("autonomy.set", { mode: "act" });
    const count = (): number => house.effects().filter((nonce) => nonce === "button").length;
    const before = (await house.operator("journal.list", { limit: 1000 })).calls.length;
    await page.goto(`${house.url}/plugins`);
    const button = page.getByRole("button", { name: "Mark 901" });
    await button.click();
    await until(() => count() === 1, { what: "the button's effect" });
    await house.operator("kill", {});
    await until(async () => (await button.isEnabled()) && (await house.operator("journal.list", { limit: 1000 })).calls.at(-1)?.state === "succeeded", {
      what: "the end of the first press",
    });
    await button.click();
    await until(async () => (await house.operator("journal.list", { limit: 1000 })).calls.length === before + 2, { what: "the second press in the journal" });
    const last = (await house.operator("journal.list", { limit: 1000 })).calls.at(-1);
    expect(last).toMatchObject({ state: "refused", rule: "killed", caller: { kind: "operator", id: "dashboard" } });
    await page.getByText("kill switch is engaged").first().waitFor({ timeout: 10_000 });
    expect(count()).toBe(1);
  }, 60_000);
});
