// Fills the `${lab.*}` holes of jarvis.lab.yaml. Every value is written as JSON, which is YAML too, so nothing a value holds can change the file's shape. It refuses a hole that has no value.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const TEMPLATE = join(import.meta.dir, "../../jarvis.lab.yaml");

const HOLE = /\$\{lab\.([a-zA-Z.]+)\}/g;

function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const part of path.split("."))
    value = typeof value === "object" && value !== null && Object.hasOwn(value, part) ? Object.entries(value).find(([key]) => key === part)?.[1] : undefined;
  if (value === undefined) throw new Error(`jarvis.lab.yaml asks for lab.${path}, which the lab does not have`);
  return value;
}

/** Comment lines keep their words. */
export const fillTemplate = (template: string, values: unknown): string =>
  template
    .split("\n")
    .map((line) => (line.trimStart().startsWith("#") ? line : line.replace(HOLE, (_, path: string) => JSON.stringify(valueAt(values, path)))))
    .join("\n");

const Defaults = z.object({ plugins: z.object({ lab: z.object({ size: z.string().default("home"), seed: z.number().int().default(1) }) }) });

/** The size and seed the template asks for, used where the command line says nothing. */
export function templateDefaults(template: string): { size: string; seed: number } {
  return Defaults.parse(parse(template.replace(HOLE, "null"))).plugins.lab;
}

export const readTemplate = (): string => readFileSync(TEMPLATE, "utf8");
