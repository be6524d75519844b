// Which configuration a start uses: JARVIS_CONFIG, else ./jarvis.yaml, else the stand-in that package.json names. Reads, changes nothing.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Environment } from "../settings.ts";
import { readRunFile } from "./run-file.ts";

export const root = join(import.meta.dir, "../..");

const Manifest = z.object({
  version: z.string(),
  jarvis: z.object({
    standIn: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .optional(),
  }),
});

export type Choice = { readonly kind: "file"; readonly path: string } | { readonly kind: "stand-in"; readonly plugin: string };

export const chooseConfig = (environment: Environment): Choice => {
  if (environment.config !== undefined) return { kind: "file", path: resolve(environment.config) };
  const own = resolve("jarvis.yaml");
  const { standIn } = Manifest.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).jarvis;
  if (existsSync(own) || standIn === undefined) return { kind: "file", path: own };
  return { kind: "stand-in", plugin: standIn };
};

const Moved = z.looseObject({ data: z.string().optional() });

/** Where KILL and the databases are: a running core says it, else the configuration's `data:`, else $JARVIS_DATA. */
export const dataFolder = (environment: Environment): string => {
  const run = readRunFile(environment.data);
  if (run?.data !== undefined) return run.data;
  const choice = chooseConfig(environment);
  const path = choice.kind === "file" ? choice.path : join(environment.data, choice.plugin, "jarvis.yaml");
  try {
    return resolve(Moved.parse(parse(readFileSync(path, "utf8"))).data ?? environment.data);
  } catch {
    return environment.data;
  }
};
