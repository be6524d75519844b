// The built page over the real edge and a made-up house, and a real Chromium to look at it: what every suite of the page opens first. For tests only.
import { rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { browserPath, type Launched, launch } from "./chromium.ts";
import type { UiHouse } from "./ui-house.ts";
import { builtPage, startUiServer, type UiServer } from "./ui-server.ts";

export interface Deck {
  readonly server: UiServer;
  readonly browser: Launched;
  /** Where the built page is, for another server of the same suite. */
  readonly folder: string;
  /** A page that shows nothing yet. */
  blank(): Promise<Page>;
  /** A page of the house with its line up. `prepare`: before anything is asked for. */
  open(route?: string, options?: { width?: number; height?: number; prepare?: (page: Page) => unknown }): Promise<Page>;
  close(): Promise<void>;
}

export const openDeck = async (house: UiHouse, look: { width?: number; height?: number; reducedMotion?: boolean } = {}): Promise<Deck> => {
  const folder = builtPage();
  const server = await startUiServer(house, { page: folder });
  const browser = await launch(browserPath() ?? "", look);
  const blank = (): Promise<Page> => browser.context.newPage();
  return {
    server,
    browser,
    folder,
    blank,
    async open(route = "/", { width, height = 844, prepare } = {}) {
      const page = await blank();
      if (width !== undefined) await page.setViewportSize({ width, height });
      await prepare?.(page);
      await page.goto(server.url + route);
      await page.getByText("Live").first().waitFor();
      await page.locator("h1").first().waitFor({ state: "attached" });
      return page;
    },
    async close() {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
