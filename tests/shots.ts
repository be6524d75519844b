// Takes the README's screenshots: a house of its own in which one guest was broken and fixed, on a desktop and on a phone.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { z } from "zod";
import { browserPath } from "./support/chromium.ts";
import { type House, newDataFolder, removeDataFolder, startHouse } from "./support/front-door.ts";
import { until } from "./support/until.ts";

const folder = join(import.meta.dir, "../docs/screens");
const STORY_MS = 180_000;
const SHOTS = [
  { name: "deck-1920.png", width: 1920, height: 1080, scale: 1, touch: false },
  { name: "deck-390.png", width: 390, height: 844, scale: 2, touch: true },
] as const;

const Incidents = z.looseObject({ incidents: z.array(z.looseObject({ resource: z.string(), status: z.string() })) });

const statusOf = async (house: House, resource: string): Promise<string | undefined> => {
  const { incidents } = Incidents.parse(JSON.parse((await house.jarvis("rpc", "incidents.list")).out));
  return incidents.find((incident) => incident.resource === resource)?.status;
};

/** One story that has ended well and one that is on its way, so that the screen has something to tell. */
const tellStory = async (house: House): Promise<void> => {
  await until(async () => (await house.jarvis("rpc", "state.get", '{"path": "guest/101"}')).out.includes('"up"'), { withinMs: STORY_MS, what: "guest/101" });
  const lab = join(house.data, "lab");
  await house.jarvis("lab", "break", "guest-crash", "guest/101", "--dir", lab);
  await until(async () => (await statusOf(house, "guest/101")) === "resolved", { withinMs: STORY_MS, what: "the fix of guest/101" });
  await house.jarvis("lab", "break", "container-unhealthy", "--dir", lab);
  await house.jarvis("lab", "break", "guest-crash", "guest/105", "--dir", lab);
  await until(async () => (await statusOf(house, "guest/105")) !== undefined, { withinMs: STORY_MS, what: "the incident of guest/105" });
};

const takeShot = async (browser: Browser, url: string, shot: (typeof SHOTS)[number]): Promise<void> => {
  const context = await browser.newContext({ viewport: { width: shot.width, height: shot.height }, deviceScaleFactor: shot.scale, hasTouch: shot.touch, isMobile: shot.touch });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText("nextcloud").first().waitFor({ state: "attached" });
  await page.evaluate("document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))");
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: join(folder, shot.name) });
  await context.close();
  console.log(`docs/screens/${shot.name}`);
};

/** With software WebGL, so that the stage is drawn on a machine without a graphics card; root cannot make Chromium's own sandbox. */
const openBrowser = (): Promise<Browser> => {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error("the screenshots need Chromium");
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...sandbox, "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"] });
};

const data = newDataFolder();
mkdirSync(folder, { recursive: true });
const house = await startHouse(data);
try {
  await tellStory(house);
  const browser = await openBrowser();
  try {
    for (const shot of SHOTS) await takeShot(browser, house.url, shot);
  } finally {
    await browser.close();
  }
} finally {
  await house.stop();
  removeDataFolder(data);
}
