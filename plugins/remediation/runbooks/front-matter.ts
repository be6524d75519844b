// Front matter: the few forms of YAML a runbook needs (key: value, and under a key a list or a mapping, indented), with the line of everything. Refuses everything else, naming the line.
import { JarvisError } from "jarvis";
import { type Fail, flow, mapping } from "./flow.ts";

const [MOST_LINES, MOST_DEEP] = [200, 5];

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

export interface FrontMatter {
  readonly head: Record<string, unknown>;
  readonly body: string;
  /** The line a path such as `steps.1.tool` stands on, or the nearest above it. */
  lineOf(path: readonly PropertyKey[]): number;
}

const PAIR = /^([\w-]+):(?:\s+(.*))?$/;

const reader = (file: string) => {
  const places = new Map<string, number>();
  const failAt =
    (number: number): Fail =>
    (why) =>
      new JarvisError("configuration", { message: `${file}:${number}: ${why}` });

  /** The lines that are deeper than `indent`, from the first on. */
  const under = (lines: readonly Line[], indent: number): readonly Line[] => {
    const end = lines.findIndex((line) => line.indent <= indent);
    return end < 0 ? lines : lines.slice(0, end);
  };

  const block = (lines: readonly Line[], path: string): unknown => {
    const [first] = lines;
    if (first === undefined) return undefined;
    if (path.split(".").length > MOST_DEEP) throw failAt(first.number)("it is nested too deep");
    return first.text.startsWith("- ") ? list(lines, first.indent, path) : pairs(lines, first.indent, path);
  };

  const list = (lines: readonly Line[], indent: number, path: string): unknown[] => {
    const items: unknown[] = [];
    for (let at = 0; at < lines.length; ) {
      const line = lines[at];
      if (line === undefined) break;
      if (line.indent !== indent || !line.text.startsWith("- ")) throw failAt(line.number)("expected a list item, beginning with -");
      const rest = { ...line, indent: indent + 2, text: line.text.slice(2).trim() };
      const more = under(lines.slice(at + 1), indent);
      const place = `${path}.${items.length}`;
      places.set(place, line.number);
      if (more.length > 0 && !PAIR.test(rest.text)) throw failAt(more[0]?.number ?? line.number)("is indented under a value");
      items.push(PAIR.test(rest.text) ? pairs([rest, ...more], rest.indent, place) : flow(rest.text, failAt(line.number)));
      at += 1 + more.length;
    }
    return items;
  };

  const pairs = (lines: readonly Line[], indent: number, path: string): Record<string, unknown> => {
    const found: [string, unknown][] = [];
    for (let at = 0; at < lines.length; ) {
      const line = lines[at];
      if (line === undefined) break;
      const fail = failAt(line.number);
      if (line.indent !== indent) throw fail("is indented under nothing");
      const [, key, rest = ""] = PAIR.exec(line.text) ?? [];
      if (key === undefined) throw fail("expected key: value");
      const more = under(lines.slice(at + 1), indent);
      const place = path === "" ? key : `${path}.${key}`;
      if (found.some(([other]) => other === key)) throw fail(`${key} is given twice`);
      places.set(place, line.number);
      if (rest !== "" && more.length > 0) throw failAt(more[0]?.number ?? line.number)("is indented under a value");
      found.push([key, rest === "" ? (block(more, place) ?? []) : flow(rest, fail)]);
      at += 1 + more.length;
    }
    return mapping(found, failAt(lines[0]?.number ?? 1));
  };

  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const place = places.get(path.slice(0, length).map(String).join("."));
      if (place !== undefined) return place;
    }
    return 1;
  };

  return { pairs, lineOf, failAt };
};

/** Throws configuration naming file and line. */
export const frontMatter = (text: string, file: string): FrontMatter => {
  const { pairs, lineOf, failAt } = reader(file);
  const [, block, body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? [];
  if (block === undefined) throw new JarvisError("configuration", { message: `${file}: expected front matter between two lines of ---` });
  const all = block.split(/\r?\n/);
  if (all.length > MOST_LINES) throw failAt(MOST_LINES)(`the front matter is longer than ${MOST_LINES} lines`);
  const lines = all
    .map((raw, index): Line => ({ number: index + 2, indent: raw.length - raw.trimStart().length, text: raw.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
  return { head: pairs(lines, 0, ""), body: body ?? "", lineOf };
};
