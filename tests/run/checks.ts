// The checks that run nothing of Jarvis, each one process. Adding one is adding a row.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./files.ts";
import { runToEnd } from "./spawn.ts";
import type { Outcome } from "./tally.ts";

const DEADLINE_SECONDS = 300;

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
}

const tool = (name: string): string[] => [process.execPath, "--bun", join(root, "node_modules/.bin", name)];

const CHECKS: readonly Check[] = [
  { name: "check: format and lint (biome)", command: [join(root, "node_modules/.bin/biome"), "ci", "--colors=off", "--max-diagnostics=50", "--error-on-warnings"] },
  { name: "check: types (tsc)", command: [...tool("tsc"), "--noEmit", "-p", "tsconfig.json"] },
  { name: "check: dead code (knip)", command: [...tool("knip"), "--no-progress"] },
  { name: "check: the launcher (sh -n)", command: ["sh", "-n", "jarvis"] },
];

const SCREEN: readonly Check[] = [
  {
    name: "check: screen types (svelte-check)",
    command: [
      "sh",
      "-c",
      `"${process.execPath}" --bun ../node_modules/.bin/svelte-kit sync && "${process.execPath}" --bun ../node_modules/.bin/svelte-check --output human --fail-on-warnings`,
    ],
    cwd: join(root, "ui"),
  },
];

export const allChecks = (): readonly Check[] => (existsSync(join(root, "ui/src")) ? [...CHECKS, ...SCREEN] : CHECKS);

export const runCheck = async (check: Check, env: Readonly<Record<string, string | undefined>>): Promise<Outcome> => {
  const { code, words, seconds } = await runToEnd({ command: check.command, cwd: check.cwd ?? root, env, deadlineSeconds: DEADLINE_SECONDS });
  const failed = code === 0 ? 0 : 1;
  return { name: check.name, passed: 1 - failed, failed, skipped: 0, skips: [], seconds, words };
};
