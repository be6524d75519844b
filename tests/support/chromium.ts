// The browser of the screen's tests and of the screenshots: the machine's own Chromium, headless, with software WebGL.
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Where this machine's Chromium is, or undefined: tests that need it skip, saying so. */
export const chromiumPath = (): string | undefined => NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;

export const openBrowser = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error("there is no Chromium on this machine (Debian: apt-get install chromium)");
  // Chromium's own sandbox cannot be made by root; the page is ours and on loopback.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...sandbox, "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--force-color-profile=srgb"] });
};
