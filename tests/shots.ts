// Takes the README's screenshots: a house of its own in which things broke and were mended, on a desktop and on a phone. Each picture is taken when the page stands still.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { browserPath } from "./support/chromium.ts";
import { type House, newDataFolder, removeDataFolder, startHouse } from "./support/front-door.ts";
import { until } from "./support/until.ts";

const folder = join(import.meta.dir, "../docs/screens");
const STORY_MS = 240_000;
const REST_MS = 60_000;
const MOST_BYTES = 400 * 1024;
const WALL = { width: 1920, height: 1080, scale: 1, touch: false } as const;
const PHONE = { width: 390, height: 844, scale: 2, touch: true } as const;
const QUESTION = "what did you do today?";
const QUALITY = 94;

const Incidents = z.looseObject({ incidents: z.array(z.looseObject({ id: z.string(), resource: z.string(), status: z.string() })) });

const incidentOf = async (house: House, resource: string) =>
  Incidents.parse(JSON.parse((await house.jarvis("rpc", "incidents.list")).out)).incidents.find((one) => one.resource === resource);
const breakIt = (house: House, ...words: string[]) => house.jarvis("lab", "break", ...words, "--dir", join(house.data, "lab"));
const feedHas = (house: House, words: string) => async (): Promise<boolean> => (await house.jarvis("rpc", "feed.list")).out.includes(words);

/** What happened before the pictures: a stop that was meant, a sick container and a crash, each told to its end. Answers the crash's incident. */
const tellStory = async (house: House): Promise<string> => {
  await until(async () => (await house.jarvis("rpc", "state.get", '{"path": "guest/101"}')).out.includes('"up"'), { withinMs: STORY_MS, what: "guest/101" });
  await breakIt(house, "guest-user-stop", "guest/103");
  await breakIt(house, "container-unhealthy");
  await until(feedHas(house, "left adguard alone"), { withinMs: STORY_MS, what: "the stop that was meant" });
  await breakIt(house, "guest-crash", "guest/101");
  const crash = await until(
    async () => {
      const found = await incidentOf(house, "guest/101");
      return found?.status === "resolved" ? found : undefined;
    },
    { withinMs: STORY_MS, what: "the fix of guest/101" },
  );
  await until(async () => (await incidentOf(house, "container/mgmt/grafana"))?.status === "resolved", { withinMs: STORY_MS, what: "the fix of the container" });
  return crash.id;
};

/** Whether fonts are there, nothing enters or fades, and the stage drew and asks for no more frames. */
const AT_REST = `(async () => {
  await document.fonts.ready;
  const frames = () => Number(document.querySelector("canvas")?.dataset.frames ?? 1);
  const next = () => new Promise((done) => requestAnimationFrame(done));
  const before = frames();
  for (let turn = 0; turn < 4; turn += 1) await next();
  return before > 0 && frames() === before && document.getAnimations().every(({ playState }) => playState !== "running");
})()`;

interface Shot {
  name: string;
  size: typeof WALL | typeof PHONE;
  url: string;
  /** Brings about what the picture is of. */
  act?: (page: Page) => Promise<unknown>;
  /** What the page says before the picture is taken, and still says after. */
  says: RegExp;
}

/** WebP, which playwright's own pictures cannot be: a third of a PNG, and no seam beside thin lines as in a JPEG. */
const pictureOf = async (page: Page, { width, height, scale }: Shot["size"]): Promise<Buffer> => {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY, clip: { x: 0, y: 0, width, height, scale } });
  return Buffer.from(data, "base64");
};

/** Holds back all that the house tells from then on, so that a moment of a repair lasts as long as its picture takes. */
const holdable = async (page: Page): Promise<() => void> => {
  let held = false;
  await page.routeWebSocket(/\/ws/, (socket) => {
    const house = socket.connectToServer();
    house.onMessage((message) => {
      if (!held) socket.send(message);
    });
  });
  return () => {
    held = true;
  };
};

/** Still, as for a reader who wants no motion: the beam of a repair stands. */
const takeShot = async (browser: Browser, { name, size, url, act, says }: Shot): Promise<void> => {
  const { width, height, scale, touch } = size;
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, hasTouch: touch, isMobile: touch, reducedMotion: "reduce" });
  const page = await context.newPage();
  const hold = await holdable(page);
  await page.goto(url);
  await page.getByText("Live").first().waitFor();
  await page.getByText("nextcloud").first().waitFor({ state: "attached" });
  await act?.(page);
  await page.getByText(says).first().waitFor({ timeout: STORY_MS });
  hold();
  await until(() => page.evaluate<boolean>(AT_REST), { withinMs: REST_MS, what: "a page at rest" });
  const picture = await pictureOf(page, size);
  if (!(await page.getByText(says).first().isVisible())) throw new Error(`${name}: ${says} was over before the picture was taken.`);
  if (picture.length > MOST_BYTES) throw new Error(`docs/screens/${name} would have ${picture.length} bytes, more than ${MOST_BYTES}.`);
  await Bun.write(join(folder, name), picture);
  await context.close();
  console.log(`docs/screens/${name}, ${Math.round(picture.length / 1024)} KiB`);
};

/** The answer stands before the next thing breaks. */
const askAndBreak = async (page: Page, house: House, guest: string): Promise<void> => {
  await page.getByLabel("Say something to Jarvis").fill(QUESTION);
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Conversation" }).locator('.ember[aria-busy="false"]').waitFor();
  await page.getByLabel("Say something to Jarvis").blur();
  await breakIt(house, "guest-crash", guest);
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
  const crash = await tellStory(house);
  const browser = await openBrowser();
  try {
    await takeShot(browser, { name: "incident-1920.webp", size: WALL, url: `${house.url}/incidents/${crash}`, says: /^nextcloud is well again/ });
    await takeShot(browser, { name: "deck-1920.webp", size: WALL, url: house.url, act: (page) => askAndBreak(page, house, "guest/105"), says: /^Repairing jellyfin/ });
    await takeShot(browser, { name: "deck-390.webp", size: PHONE, url: house.url, act: () => breakIt(house, "guest-crash", "guest/106"), says: /^Repairing immich/ });
  } finally {
    await browser.close();
  }
} finally {
  await house.stop();
  removeDataFolder(data);
}
