// Keeps what full runs found, for readers of the repository: each row says which commit and seed it ran with, so that hours of tests may be run in parts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { root } from "./files.ts";
import { type Outcome, sum } from "./tally.ts";

const EVIDENCE = join(root, "docs/evidence/full.json");

const Row = z.object({
  name: z.string(),
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  seconds: z.number(),
  commit: z.string(),
  seed: z.string(),
  ended: z.string(),
});
const Kept = z.object({ results: z.array(Row) });
type Row = z.infer<typeof Row>;

const before = (path: string): Row[] => (existsSync(path) ? Kept.parse(JSON.parse(readFileSync(path, "utf8"))).results : []);
const commitNow = (): string => Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: root, stderr: "ignore" }).stdout.toString().trim() || "unknown";
const machine = () => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryBytes: totalmem(),
  system: `${process.platform} ${release()}`,
  bun: Bun.version,
});

/** Writes `outcome` in place of the same name's older row. A file that holds something else is an error: what it says is not thrown away. */
export const keepEvidence = ({ name, passed, failed, skipped, seconds }: Outcome, seed: string, path = EVIDENCE): void => {
  const row: Row = { name, passed, failed, skipped, seconds: Math.round(seconds * 10) / 10, commit: commitNow(), seed, ended: new Date().toISOString() };
  const results = [...before(path).filter((one) => one.name !== name), row].toSorted((a, b) => a.name.localeCompare(b.name));
  const { commit, ended } = row;
  const totals = sum(results.map((one) => ({ ...one, skips: [], words: "" })));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ commit, seed, ended, machine: machine(), totals, results }, null, 2)}\n`);
};
