// Runs one test file in a process of its own and reads what came of it. A crash, a hang or a file without a test counts as a failure.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isHeavy, root } from "./files.ts";
import { readJunit } from "./junit.ts";
import { runToEnd } from "./spawn.ts";
import type { Outcome } from "./tally.ts";

const LIGHT_SECONDS = 180;
const HEAVY_SECONDS = 900;
const FULL_SECONDS = 6 * 3600;
const ONE_TEST_MS = 30_000;

/** In CI these must run: a machine without them proves nothing. */
const NEVER_SKIPPED = /docker|chromium|proxmoxer/i;

interface Options {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly full: boolean;
  readonly ci: boolean;
}

export const runTestFile = async (file: string, { env, full, ci }: Options): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-report-"));
  const report = join(folder, "junit.xml");
  const browser = file.startsWith("tests/ui/") ? ["--conditions", "browser"] : [];
  try {
    const { code, words, seconds } = await runToEnd({
      command: [process.execPath, "test", ...browser, `./${file}`, "--timeout", String(ONE_TEST_MS), "--reporter=junit", `--reporter-outfile=${report}`],
      cwd: root,
      env,
      deadlineSeconds: full ? FULL_SECONDS : isHeavy(file) ? HEAVY_SECONDS : LIGHT_SECONDS,
    });
    const read = existsSync(report) ? readJunit(readFileSync(report, "utf8")) : undefined;
    if (!read) return { name: file, passed: 0, failed: 1, skipped: 0, skips: [], seconds, words };
    const banned = ci ? read.skips.filter((name) => NEVER_SKIPPED.test(`${file} ${name}`)) : [];
    const crashed = code !== 0 && read.failures === 0 ? 1 : 0;
    const why = banned.length > 0 ? `\nmay not be skipped in CI: ${banned.join("; ")}` : "";
    return {
      name: file,
      passed: read.tests - read.failures - read.skipped,
      failed: read.failures + crashed + banned.length,
      skipped: read.skipped - banned.length,
      skips: read.skips,
      seconds,
      words: `${words}${why}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
