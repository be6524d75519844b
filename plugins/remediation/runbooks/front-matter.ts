// Front matter: the few forms of YAML a runbook needs (words, numbers, flags, lists, one level of steps with inputs). Refuses everything else, naming the line.
import { JarvisError } from "jarvis";

const MAX_LINES = 200;

type Line = { number: number; indent: number; text: string };

const scalar = (text: string): unknown => {
  const bare = text.trim();
  if (/^"(?:[^"\\]|\\.)*"$/.test(bare)) return JSON.parse(bare);
  if (/^'[^']*'$/.test(bare)) return bare.slice(1, -1);
  if (/^-?\d+(?:\.\d+)?$/.test(bare)) return Number(bare);
  if (bare === "true" || bare === "false") return bare === "true";
  return bare;
};

/** `{a: 1, b: "x"}` and `[a, b]`; commas within quotes stay. */
const pieces = (inner: string): string[] => inner.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\{[^{}]*\}|[^,])+/g)?.map((piece) => piece.trim()) ?? [];

const value = (text: string, fail: (why: string) => JarvisError): unknown => {
  const bare = text.trim();
  if (bare.startsWith("[")) {
    if (!bare.endsWith("]")) throw fail("the list does not end on its line");
    return pieces(bare.slice(1, -1)).map(scalar);
  }
  if (!bare.startsWith("{") || /^\{[a-zA-Z0-9]+\}$/.test(bare)) return scalar(bare);
  if (!bare.endsWith("}")) throw fail("the mapping does not end on its line");
  return Object.fromEntries(
    pieces(bare.slice(1, -1)).map((piece) => {
      const [, key, rest] = /^([\w-]+):\s*(.*)$/.exec(piece) ?? [];
      if (key === undefined || rest === undefined) throw fail(`expected key: value, not ${piece}`);
      return [key, scalar(rest)];
    }),
  );
};

const entry = (line: Line, fail: (why: string) => JarvisError): [key: string, rest: string] => {
  const [, key, rest] = /^([\w-]+):(?:\s+(.*))?$/.exec(line.text) ?? [];
  if (key === undefined) throw fail("expected key: value");
  return [key, rest ?? ""];
};

/** The block under a key: a list of scalars or of mappings, two spaces deeper. */
const items = (lines: readonly Line[], failAt: (line: Line) => (why: string) => JarvisError): unknown[] => {
  const found: (Record<string, unknown> | { scalar: unknown })[] = [];
  for (const line of lines) {
    const [, rest] = /^- (.*)$/.exec(line.text) ?? [];
    const text = rest ?? line.text;
    const isPair = /^[\w-]+:(\s|$)/.test(text);
    if (rest !== undefined && !isPair) found.push({ scalar: value(text, failAt(line)) });
    else {
      const [key, more] = entry({ ...line, text }, failAt(line));
      if (rest !== undefined) found.push({ [key]: value(more, failAt(line)) });
      else {
        const last = found.at(-1);
        if (last === undefined || "scalar" in last) throw failAt(line)("expected a list item, beginning with -");
        Object.assign(last, { [key]: value(more, failAt(line)) });
      }
    }
  }
  return found.map((item) => ("scalar" in item ? item.scalar : item));
};

/** Throws configuration naming file and line. */
export const frontMatter = (text: string, file: string): { head: Record<string, unknown>; body: string } => {
  const [, block, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? [];
  if (block === undefined) throw new JarvisError("configuration", { message: `${file}: expected front matter between two lines of ---` });
  const failAt = (line: Line) => (why: string) => new JarvisError("configuration", { message: `${file}:${line.number}: ${why}` });
  const lines = block
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .map((raw, index): Line => ({ number: index + 2, indent: raw.length - raw.trimStart().length, text: raw.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
  const head: Record<string, unknown> = {};
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.indent > 0) throw failAt(line)("is indented under nothing");
    const [key, rest] = entry(line, failAt(line));
    const after = lines.slice(index + 1);
    const end = after.findIndex((next) => next.indent === 0);
    const deeper = end < 0 ? after : after.slice(0, end);
    if (rest !== "" && deeper.length > 0) throw failAt(deeper[0] ?? line)("is indented under a value");
    head[key] = rest === "" ? items(deeper, failAt) : value(rest, failAt(line));
    index += deeper.length;
  }
  return { head, body: body ?? "" };
};
