// Which test files there are and how they may run: light ones two at a time, patient ones each beside light ones, all other heavy ones alone. Reads folders only.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dir, "../..");

/** These start whole houses: never two at once, and not in the fast suite. */
const HEAVY = ["tests/e2e/", "tests/faults/", "tests/security/", "tests/bench/"];

export const isHeavy = (file: string): boolean => HEAVY.some((folder) => file.startsWith(folder));

/**
 * Houses at the wall's pace or a few times that, and those with no clock to keep: they mostly wait, judge nothing by how much happens in a time, and pass on a machine
 * with three times its work. What counts calls or frames, or lives at a high rate, is never among them.
 */
export const PATIENT: readonly string[] = [
  "tests/e2e/story-buttons.test.ts",
  "tests/e2e/stories.test.ts",
  "tests/e2e/runbooks.test.ts",
  "tests/faults/kill-docker.test.ts",
  "tests/e2e/dockerd.test.ts",
  "tests/e2e/story-measure.test.ts",
  "tests/e2e/without-a-plugin.test.ts",
  "tests/security/table-screen.test.ts",
  "tests/security/hostile-name.test.ts",
];

export const isPatient = (file: string): boolean => PATIENT.includes(file);

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
