// Reads the sources for the architecture checks: files, imports, code without comments. Changes nothing.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

export const root = join(import.meta.dir, "../..");
const SKIPPED = new Set(["node_modules", ".git", ".bun", ".svelte-kit", "build", "migrations", "data"]);

/** Repository paths of the files below `folder` with one of the endings. */
export const filesUnder = (folder: string, endings: readonly string[] = [".ts", ".svelte"]): string[] => {
  const walk = (path: string): string[] =>
    readdirSync(path).flatMap((name) => {
      if (SKIPPED.has(name)) return [];
      const full = join(path, name);
      if (statSync(full).isDirectory()) return walk(full);
      return endings.some((ending) => name.endsWith(ending)) ? [relative(root, full)] : [];
    });
  try {
    return walk(join(root, folder)).sort();
  } catch {
    return [];
  }
};

export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The code alone: comments blanked, strings kept. */
export const codeOf = (file: string): string =>
  textOf(file)
    .replace(/\/\*[\s\S]*?\*\//g, " ")
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/(^|[^:"'`\\/])\/\/[^\n]*/g, "$1");

const IMPORT = /(?:import|export)\s[^"';]*?from\s*["']([^"']+)["']|import\s*\(\s*["']([^"']+)["']\s*\)|import\s+["']([^"']+)["']/g;

export interface Import {
  /** As written. */
  name: string;
  /** Repository path for a relative import. */
  file: string | undefined;
  typeOnly: boolean;
}

export const importsOf = (file: string): Import[] =>
  [...codeOf(file).matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? "";
    return { name, file: name.startsWith(".") ? normalize(join(dirname(file), name)) : undefined, typeOnly: /^(?:import|export)\s+type\b/.test(match[0]) };
  });
