// Every button, link and choice of every page is pressed once in a real Chromium over a living house: each yields a journal row, a navigation, a visible change or a shown refusal.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath, type Launched, launch } from "../support/chromium.ts";
import { until } from "../support/until.ts";
import { openPage, type StoryHouse, startStoryHouse } from "./story-house.ts";
import { ask, type Pressable } from "./story-press.ts";

const path = browserPath();
const LONG_MS = 600_000;
const OF_A_KIND = 3;
const WAIT_MS = 15_000;

interface Scene {
  name: string;
  route: string;
  within: string;
  prepare?: (page: Page, story: StoryHouse) => Promise<void>;
  /** The least that must be there to press. */
  least: number;
}

const sheet =
  (id: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(`[data-resource="${id}"]`).first().click();
    await page.getByRole("dialog").waitFor();
  };
const tab =
  (name: string) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("tab", { name }).click();
  };
const there =
  (selector: string) =>
  async (page: Page): Promise<void> => {
    await page.locator(selector).first().waitFor();
  };
const hold = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "HOLD ALL" }).click();
  await page.getByRole("alertdialog").waitFor();
};
const asked = async (page: Page): Promise<void> => {
  await page.locator("#ask").getByRole("button", { name: "Deny" }).waitFor({ timeout: 60_000 });
};
const spoken = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "What's wrong?" }).click();
  await page.locator(".ember").last().waitFor();
};
const listed = async (page: Page): Promise<void> => {
  await page.getByText("Tools").first().waitFor();
  await page.getByRole("button", { name: "Heal everything" }).waitFor();
};
const firstIncident = async (page: Page): Promise<void> => {
  await page.locator("nav.list a").last().click();
  await page.getByRole("heading", { name: "Line by line" }).waitFor();
};

const SCENES: Scene[] = [
  { name: "the bar", route: "/", within: "header.top", least: 8 },
  { name: "the deck with a question", route: "/", within: "#main", prepare: asked, least: 25 },
  { name: "the dialog of HOLD ALL", route: "/", within: "[role=alertdialog]", prepare: hold, least: 2 },
  { name: "a node's sheet", route: "/", within: "[role=dialog]", prepare: sheet("node/pve"), least: 2 },
  { name: "the incidents", route: "/incidents", within: "#main", prepare: there("nav.list a"), least: 3 },
  { name: "an incident", route: "/incidents", within: "article.story", prepare: firstIncident, least: 4 },
  { name: "the chat", route: "/chat", within: "#main", least: 4 },
  { name: "the chat after a word", route: "/chat", within: "#main", prepare: spoken, least: 1 },
  { name: "the audit", route: "/audit", within: "#main", prepare: there("tbody a"), least: 2 },
  { name: "the settings", route: "/settings", within: "#main", least: 7 },
  { name: "a guest's sheet", route: "/", within: "[role=dialog]", prepare: sheet("guest/103"), least: 4 },
  { name: "the panel that breaks things", route: "/", within: '[data-widget="lab/break"]', prepare: tab("Break something"), least: 4 },
  { name: "the plugins", route: "/plugins", within: "#main", prepare: listed, least: 12 },
];

const limited = (all: readonly Pressable[]): Pressable[] => {
  const count = new Map<string, number>();
  return all.filter(({ kind }) => {
    const before = count.get(kind) ?? 0;
    count.set(kind, before + 1);
    return before < OF_A_KIND;
  });
};

describe.skipIf(path === undefined)("every button", () => {
  let story: StoryHouse;
  let browser: Launched;
  let page: Page;
  const errors: string[] = [];

  const rows = async (): Promise<number> => (await story.rpc("journal.list", { effects: "all", limit: 500 })).calls.length;
  const fresh = async ({ route, prepare, within, least }: Scene): Promise<void> => {
    const { killed, mode } = await story.rpc("autonomy.get");
    if (killed) await story.rpc("release");
    if (mode !== "act") await story.rpc("autonomy.set", { mode: "act" });
    await page.goto(story.url + route);
    await page.evaluate(() => localStorage.clear());
    await page.getByText("Live").first().waitFor({ timeout: 20_000 });
    await page
      .locator(route === "/" ? ".nodes [data-resource], .overlay .cell" : "h1")
      .first()
      .waitFor({ state: "attached", timeout: 20_000 });
    await prepare?.(page, story);
    await until(async () => (await ask(page, "pressables", within)).length >= least, { withinMs: WAIT_MS, what: `${least} things to press in ${within}` });
  };
  /** True when pressing it could be seen; undefined when it was gone meanwhile. */
  const press = async (scene: Scene, wanted: Pressable): Promise<boolean | undefined> => {
    await fresh(scene);
    const here = await ask(page, "pressables", scene.within);
    const index = here.findIndex(({ kind, name, nth }) => kind === wanted.kind && name === wanted.name && nth === wanted.nth);
    if (index < 0) return undefined;
    const [seen, written] = [await ask(page, "visibleState"), await rows()];
    await page.locator(`[data-press="${index}"]`).click({ timeout: WAIT_MS });
    const changed = async () => (await ask(page, "visibleState")) !== seen || (await rows()) > written;
    return until(changed, { withinMs: WAIT_MS, what: "a change" }).catch(() => false);
  };

  beforeAll(async () => {
    story = await startStoryHouse();
    for (const guest of ["guest/101", "guest/105", "guest/106"]) await story.lab.break("guest-oom", guest);
    await until(async () => (await story.rpc("asks.list")).asks.length === 3, { withinMs: 90_000, what: "three questions" });
    browser = await launch(path ?? "", { width: 1440, height: 900, reducedMotion: true });
    page = await openPage(browser, story.url, { errors });
  }, LONG_MS);
  afterAll(async () => {
    await browser?.close();
    await story?.stop();
  });

  test.each(SCENES.map((scene) => [scene.name, scene] as const))(
    "on %s does something that is seen",
    async (_, scene) => {
      await fresh(scene);
      const all = limited(await ask(page, "pressables", scene.within));
      expect(all.length).toBeGreaterThanOrEqual(scene.least);
      const silent: string[] = [];
      for (const one of all) if ((await press(scene, one)) === false) silent.push(`${one.kind}: ${one.name}`);
      expect(silent).toEqual([]);
    },
    LONG_MS,
  );

  test("and none of it makes the page complain", () => {
    expect(errors).toEqual([]);
  });
});
