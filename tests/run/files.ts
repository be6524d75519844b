// Which test files there are and how they may run: light ones two at a time, heavy ones alone. Reads folders only.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dir, "../..");

/** These start whole houses: never two at once, and not in the fast suite. */
const HEAVY = ["tests/e2e/", "tests/faults/", "tests/security/", "tests/bench/"];

export const isHeavy = (file: string): boolean => HEAVY.some((folder) => file.startsWith(folder));

/** What a file imports to start a browser, an engine, a simulated house or a program of somebody else's. */
const STARTS = /support\/(?:chromium|dockerd|front-door|lab|living-house|proxmoxer)\.ts"|proxmox\/house\.ts"|\/house\.ts"|\/fixture\.ts"|\/place\.ts"/;

/** Random histories and their mutants, and the simulated house's own tests: for the whole suite. */
const LONG = ["tests/core/tools/history.test.ts", "tests/core/tools/mutants.test.ts", "tests/plugins/lab/"];

/** In the fast suite is what runs within the test's own process, and soon. */
export const isFast = (file: string): boolean => !isHeavy(file) && !LONG.some((path) => file.startsWith(path)) && !STARTS.test(readFileSync(join(root, file), "utf8"));

const scan = (folder: string): string[] => [...new Bun.Glob("**/*.test.ts").scanSync({ cwd: join(root, folder) })].map((file) => join(folder, file)).sort();

/** Every test file below `paths` (files or folders, relative to the repository); all of tests/ when none is given. */
export const findFiles = (paths: readonly string[]): string[] => {
  const wanted = paths.length === 0 ? ["tests"] : paths.map((path) => path.replace(/^\.\//, "").replace(/\/$/, ""));
  const missing = wanted.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(", ")}`);
  return [...new Set(wanted.flatMap((path) => (statSync(join(root, path)).isDirectory() ? scan(path) : [path])))];
};
