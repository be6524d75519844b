// Names the place in a plugin's own files that an error comes from: `plugins/x/plugin.ts:12:5 words`. Reads the source, runs nothing.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { z } from "zod";

const Position = z.object({ position: z.object({ file: z.string(), line: z.number(), column: z.number() }) });

interface Source {
  /** The plugin's folder, or its single file. */
  readonly root: string;
  readonly entry: string;
}

const shown = (file: string, line: number, column: number, words: string): string => {
  const near = relative(process.cwd(), file);
  return `${near.startsWith("..") ? file : near}:${line}:${column} ${words}`;
};

/** For something thrown at import or by the plugin's code. */
export const blame = (thrown: unknown, { root, entry }: Source): string => {
  const words = wordsOf(thrown);
  const compiled = Position.safeParse(thrown);
  if (compiled.success) return shown(compiled.data.position.file, compiled.data.position.line, compiled.data.position.column, words);
  const frame = thrown instanceof Error ? frameIn(thrown.stack ?? "", root) : undefined;
  if (frame !== undefined) return shown(frame.file, frame.line, frame.column, words);
  const quoted = /(?:Export named|Cannot find (?:module|package)) '([^']+)'/.exec(words)?.[1];
  const place = quoted === undefined ? undefined : whereText(textOf(entry), quoted);
  return shown(entry, place?.line ?? 1, place?.column ?? 1, words);
};

/** For an issue with a dotted path in the literal. */
export const blameIssue = (path: string, message: string, entry: string): string => {
  const place = whereKey(textOf(entry), path);
  return shown(entry, place.line, place.column, path === "" ? message : `${path}: ${message}`);
};

const wordsOf = (thrown: unknown): string =>
  (thrown instanceof Error || (typeof thrown === "object" && thrown !== null && "message" in thrown) ? String(thrown.message) : String(thrown)).slice(0, 1000);

const frameIn = (stack: string, root: string): { file: string; line: number; column: number } | undefined => {
  for (const row of stack.split("\n")) {
    const [, file, line, column] = /(?:\(|at )(?:file:\/\/)?(\/[^():]+):(\d+):(\d+)\)?$/.exec(row.trim()) ?? [];
    if (file !== undefined && (file === root || file.startsWith(`${root}/`))) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
};

const textOf = (entry: string): string => {
  try {
    return readFileSync(entry, "utf8");
  } catch {
    return "";
  }
};

const lineOf = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
};

const whereText = (text: string, wanted: string): { line: number; column: number } | undefined => {
  const offset = text.indexOf(wanted);
  return offset < 0 ? undefined : lineOf(text, offset);
};

/** Each key of the path is looked for after the one before it; what cannot be found stays at the nearest that was. */
const whereKey = (text: string, path: string): { line: number; column: number } => {
  let found = Math.max(0, text.search(/export default|definePlugin\(/));
  for (const key of path.split(".").filter((part) => part !== "" && !/^\d+$/.test(part))) {
    const next = text.slice(found).search(new RegExp(`(?<![\\w.])["']?${key.replace(/[^\w]/g, "\\$&")}["']?\\s*[:(,]`));
    if (next >= 0) found += next;
  }
  return lineOf(text, found);
};
