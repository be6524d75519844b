// A real Chromium for tests of the page. Missing: installed with apt when that is possible, else said; in CI its absence is a failure.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const found = (): string | undefined => [process.env.JARVIS_TEST_CHROMIUM, ...PLACES].find((path) => path !== undefined && path !== "" && existsSync(path));

const installed = (): string | undefined => {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  const quiet = { stdout: "ignore", stderr: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  Bun.spawnSync(["apt-get", "update"], quiet);
  Bun.spawnSync(["apt-get", "install", "-y", "chromium"], quiet);
  return found();
};

/** Where the browser is; undefined means the suite is passed over, and this says so. Throws in CI. */
export const browserPath = (): string | undefined => {
  const path = found() ?? installed();
  if (path !== undefined) return path;
  if (process.env.CI) throw new Error("There is no Chromium, and in CI the page's tests may not be passed over.");
  console.log("passed over: no Chromium here (install the package chromium, or set JARVIS_TEST_CHROMIUM)");
  return undefined;
};

export interface Launched {
  context: BrowserContext;
  close(): Promise<void>;
}

/** A browser with a profile of its own, gone afterwards. */
export const launch = async (
  path: string,
  { width = 1440, height = 900, reducedMotion = false }: { width?: number; height?: number; reducedMotion?: boolean } = {},
): Promise<Launched> => {
  const profile = mkdtempSync(join(tmpdir(), "jarvis-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: ARGUMENTS,
    viewport: { width, height },
    ...(reducedMotion ? { reducedMotion: "reduce" } : {}),
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};
