// Every button, link and choice of every page is pressed once in a real Chromium over a living house: each yields a journal row, a navigation, a visible change or a shown refusal.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserPath, type Launched, launch } from "../support/chromium.ts";
import { full, randomOf, shuffled } from "../support/seed.ts";
import { until } from "../support/until.ts";
import { openPage, type StoryHouse, startStoryHouse } from "./story-house.ts";
import { ask, type Pressable } from "./story-press.ts";

const path = browserPath();
const LONG_MS = 600_000;
/** Things of one kind do the same to different rows: one of them is drawn, three in the complete run. */
const OF_A_KIND = full ? 3 : 1;
const WAIT_MS = 15_000;
/** So often it is tried within that. */
const CLICKS = 3;

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
/** A guest that an earlier press stopped is started first. */
const guestSheet =
  (id: string, vmid: number) =>
  async (page: Page, story: StoryHouse): Promise<void> => {
    const isUp = async (): Promise<boolean> => (await story.rpc("state.get")).resources.some((one) => one.id === id && one.status === "up");
    const isDone = async (): Promise<boolean> =>
      (await story.rpc("journal.list", { limit: 20 })).calls.every(({ target, state, endedAt }) => target !== id || state === "held" || endedAt !== undefined);
    await until(isDone, { withinMs: 60_000, what: `the press before on ${id} to be done` });
    if (!(await isUp())) await story.rpc("tools.call", { name: "proxmox_guest_start", arguments: { vmid }, waitSeconds: 60 });
    await until(isUp, { withinMs: 60_000, what: `${id} to run` });
    await sheet(id)(page);
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
  { name: "a guest's sheet", route: "/", within: "[role=dialog]", prepare: guestSheet("guest/103", 103), least: 4 },
  { name: "the panel that breaks things", route: "/", within: '[data-widget="lab/break"]', prepare: tab("Break something"), least: 4 },
  { name: "the plugins", route: "/plugins", within: "#main", prepare: listed, least: 12 },
];

const random = randomOf("which of a kind is pressed");
/** In the order of the page. */
const limited = (all: readonly Pressable[]): Pressable[] => {
  const drawn = new Set([...Map.groupBy(all, ({ kind }) => kind).values()].flatMap((alike) => shuffled(alike, random).slice(0, OF_A_KIND)));
  return all.filter((one) => drawn.has(one));
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
    await page.evaluate(() => localStorage.clear());
    await page.goto(story.url + route);
    await page.getByText("Live").first().waitFor({ timeout: 20_000 });
    await page
      .locator(route === "/" ? ".nodes [data-resource], .overlay .cell" : "h1")
      .first()
      .waitFor({ state: "attached", timeout: 20_000 });
    await prepare?.(page, story);
    await page.locator(within).first().waitFor({ timeout: WAIT_MS });
    await until(async () => (await ask(page, "pressables", within)).length >= least, { withinMs: WAIT_MS, what: `${least} things to press in ${within}` });
  };
  const indexOf = async ({ within }: Scene, wanted: Pressable): Promise<number> =>
    (await ask(page, "pressables", within)).findIndex(({ kind, name, nth }) => kind === wanted.kind && name === wanted.name && nth === wanted.nth);
  const spoken = (): Promise<number> => page.locator(".answer p, .said, .log > *, .toast").count();
  /** After a press that changed only what this page shows: back to where it was, without a reload. False when it did more, or that way does not lead back. */
  const wentBack = async ({ within }: Scene, { at, written, said }: { at: string; written: number; said: number }): Promise<boolean> => {
    if ((await rows()) !== written || (await spoken()) !== said) return false;
    const opened = page.locator("[role=dialog], [role=alertdialog]");
    if (!within.includes("dialog") && (await opened.count()) > 0) {
      await page.keyboard.press("Escape");
      await opened.first().waitFor({ state: "detached" });
    }
    if (page.url() !== at) await page.goBack();
    return page
      .locator(within)
      .first()
      .waitFor({ timeout: 1000 })
      .then(() => page.url() === at)
      .catch(() => false);
  };
  /** A new reading may put another button in its place between the look and the click: the numbered one is gone then, and it is looked for again. False when it is not there. */
  const clicked = async (scene: Scene, wanted: Pressable): Promise<boolean> => {
    for (let tries = 1; ; tries += 1) {
      const index = await indexOf(scene, wanted);
      if (index < 0) return false;
      try {
        await page.locator(`[data-press="${index}"]`).click({ timeout: WAIT_MS / CLICKS });
        return true;
      } catch (thrown) {
        if (tries === CLICKS) throw thrown;
      }
    }
  };
  /** Seen: pressing it changed something; gone: it was not there any more. `still`: the page stands as before, for the next press. */
  const press = async (scene: Scene, wanted: Pressable, still: boolean): Promise<{ end: "seen" | "silent" | "gone"; still: boolean }> => {
    const there = async () => (await indexOf(scene, wanted)) >= 0;
    const kept = still && (await until(there, { withinMs: 1500 }).catch(() => false));
    if (!kept) await fresh(scene);
    const [seen, written, said, at] = [await ask(page, "visibleState"), await rows(), await spoken(), page.url()];
    if (!(await clicked(scene, wanted))) return { end: "gone", still: false };
    const changed = async () => (await ask(page, "visibleState")) !== seen || (await rows()) > written;
    const end = await until(changed, { withinMs: WAIT_MS, what: "a change" })
      .then(() => "seen" as const)
      .catch(() => "silent" as const);
    return { end, still: end === "seen" && (await wentBack(scene, { at, written, said })) };
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
      expect(all.length).toBeGreaterThan(0);
      const silent: string[] = [];
      let still = true;
      for (const one of all) {
        const pressed = await press(scene, one, still);
        if (pressed.end === "silent") silent.push(`${one.kind}: ${one.name}`);
        still = pressed.still;
      }
      expect(silent).toEqual([]);
    },
    LONG_MS,
  );

  test("and none of it makes the page complain", () => {
    expect(errors).toEqual([]);
  });
});
