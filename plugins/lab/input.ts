// Which world a run has: the one that ships at a size, or a file's, with so many generated guests more. It refuses what does not fit world/schema.ts, naming the place (exit 64).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunOptions, usage } from "./options.ts";
import { grown } from "./world/generate.ts";
import { home } from "./world/home/home.ts";
import { type WorldInput, WorldSeed } from "./world/schema.ts";

const MAX_ISSUES_SHOWN = 5;
const SIZES = ["home", "rack", "fleet"];

/** `{"base": "home", ...}`: the home that ships, with what the file says instead. */
function onBase(parsed: unknown): unknown {
  if (typeof parsed !== "object" || parsed === null || !("base" in parsed) || parsed.base !== "home") return parsed;
  const { base: _, ...own } = parsed;
  return { ...home, ...own };
}

function readWorld(path: string): WorldInput {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw usage(`--world ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const world = WorldSeed.safeParse(onBase(parsed));
  if (world.success) return world.data;
  const issues = world.error.issues.slice(0, MAX_ISSUES_SHOWN).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw usage(`--world ${path}: ${issues.join("; ")}`);
}

export function inputOf(options: RunOptions, defaults: { size: string; seed: number }): { input: WorldInput; seed: number } {
  const seed = options.seed ?? defaults.seed;
  const size = options.size ?? defaults.size;
  if (!SIZES.includes(size)) throw usage(`--size is home, rack or fleet, not '${size}'`);
  const base = readWorld(options.world ?? join(import.meta.dir, "world/sizes", `${size}.json`));
  return { input: grown(base, options.guests, seed), seed };
}
