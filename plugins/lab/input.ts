// Which world a run has: the one that ships at a size, or a file's, with so many generated guests more. It refuses what does not fit world/schema.ts, naming the place (exit 64).
import { readFileSync } from "node:fs";
import { type RunOptions, usage } from "./options.ts";
import { isSize, worldOf } from "./world/generate.ts";
import { type WorldInput, WorldSeed } from "./world/schema.ts";

const MAX_ISSUES_SHOWN = 5;

function readWorld(path: string): WorldInput {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw usage(`--world ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const world = WorldSeed.safeParse(parsed);
  if (world.success) return world.data;
  const issues = world.error.issues.slice(0, MAX_ISSUES_SHOWN).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw usage(`--world ${path}: ${issues.join("; ")}`);
}

export function inputOf(options: RunOptions, defaults: { size: string; seed: number }): { input: WorldInput; seed: number } {
  const seed = options.seed ?? defaults.seed;
  const size = options.size ?? defaults.size;
  if (!isSize(size)) throw usage(`--size is home, rack or fleet, not '${size}'`);
  const base = options.world === undefined ? undefined : readWorld(options.world);
  return { input: worldOf({ size: base ? "home" : size, guests: options.guests, seed, ...(base ? { base } : {}) }), seed };
}
