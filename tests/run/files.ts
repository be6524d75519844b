// Which test files there are and how they may run: light ones two at a time, heavy ones alone. Reads folders only.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dir, "../..");

/** These start whole processes, browsers and engines: never two at once, and not in the fast suite. */
const HEAVY = ["tests/e2e/", "tests/faults/", "tests/security/", "tests/bench/"];

export const isHeavy = (file: string): boolean => HEAVY.some((folder) => file.startsWith(folder));

const scan = (folder: string): string[] => [...new Bun.Glob("**/*.test.ts").scanSync({ cwd: join(root, folder) })].map((file) => join(folder, file)).sort();

/** Every test file below `paths` (files or folders, relative to the repository); all of tests/ when none is given. */
export const findFiles = (paths: readonly string[]): string[] => {
  const wanted = paths.length === 0 ? ["tests"] : paths.map((path) => path.replace(/^\.\//, "").replace(/\/$/, ""));
  const missing = wanted.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(", ")}`);
  return [...new Set(wanted.flatMap((path) => (statSync(join(root, path)).isDirectory() ? scan(path) : [path])))];
};
