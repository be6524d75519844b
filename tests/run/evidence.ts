// Keeps what a full run found, for readers of the repository: what ran, on what, with which seed.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./files.ts";
import { type Outcome, sum } from "./tally.ts";

export const EVIDENCE = join(root, "docs/evidence/full.json");

export const keepEvidence = (outcomes: readonly Outcome[], seed: string, begun: Date): void => {
  const commit = Bun.spawnSync(["git", "rev-parse", "HEAD"], { cwd: root, stderr: "ignore" }).stdout.toString().trim();
  const kept = {
    begun: begun.toISOString(),
    ended: new Date().toISOString(),
    commit: commit || "unknown",
    seed,
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryBytes: totalmem(), system: `${process.platform} ${release()}`, bun: Bun.version },
    totals: sum(outcomes),
    results: outcomes.map(({ name, passed, failed, skipped, seconds }) => ({ name, passed, failed, skipped, seconds: Math.round(seconds * 10) / 10 })),
  };
  mkdirSync(dirname(EVIDENCE), { recursive: true });
  writeFileSync(EVIDENCE, `${JSON.stringify(kept, null, 2)}\n`);
};
