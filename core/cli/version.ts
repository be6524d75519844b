// What runs here: Jarvis's version, Bun's, and the commit when the folder is a repository of its own. Only reads.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const COMMIT_LETTERS = 12;
const GIT_MS = 3000;

export interface Version {
  readonly version: string;
  readonly bun: string;
  readonly commit?: string;
}

/** Undefined without git, without a repository, before its first commit, and when git trusts the folder's owner not. */
export const commitOf = (folder: string): string | undefined => {
  // Without one of its own git would answer for a folder around it.
  if (!existsSync(join(folder, ".git")) || Bun.which("git") === null) return undefined;
  const asked = Bun.spawnSync(["git", "-C", folder, "rev-parse", "--verify", "--quiet", "HEAD"], { stdin: "ignore", stderr: "ignore", timeout: GIT_MS });
  const commit = asked.stdout.toString().trim();
  return asked.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(commit) ? commit.slice(0, COMMIT_LETTERS) : undefined;
};

export const versionOf = (folder: string): Version => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const commit = commitOf(folder);
  return { version, bun: Bun.version, ...(commit === undefined ? {} : { commit }) };
};

export const describeVersion = ({ version, bun, commit }: Version): string => `Jarvis ${version}${commit === undefined ? "" : ` (commit ${commit})`}, Bun ${bun}`;
