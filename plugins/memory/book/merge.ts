// Brings the lab book up to date without touching a word of a person's: Jarvis writes between its own marks alone, and where somebody edited there, it leaves that block to them for good. Pure.
import type { Section } from "./section.ts";

const END = "<!-- /jarvis -->";
const BLOCK = /^<!-- jarvis (\S+) ([0-9a-z]+) -->\n([\s\S]*?)^<!-- \/jarvis -->$/gm;

export const HEAD = `# The lab book

What each thing here is for, what it depends on, and what you want to be known of it. What stands between the marks below is kept up to date by
itself; write beside it, or edit it, and it stays as you wrote it. A section you delete does not come back.
`;

/** FNV-1a: tells an edit from what was written here, and is no proof against anybody. */
export const printOf = (text: string): string => {
  let print = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) print = Math.imul(print ^ text.charCodeAt(index), 0x01000193);
  return (print >>> 0).toString(36);
};

const block = (id: string, lines: readonly string[]): string => {
  const body = `${lines.join("\n")}\n`;
  return `<!-- jarvis ${id} ${printOf(body)} -->\n${body}${END}`;
};

const GONE = /^- Gone since \d{4}-\d{2}-\d{2}$/m;

export interface Merged {
  readonly text: string;
  /** Every id that has or had a section: those that were deleted by hand are not written again. */
  readonly written: readonly string[];
  /** Sections whose block a person edited. */
  readonly edited: number;
}

interface Known {
  readonly sections: readonly Section[];
  /** Ids that had a section before. */
  readonly written: ReadonlySet<string>;
  /** Ids that are not there any more, for long enough to be believed. */
  readonly gone: ReadonlySet<string>;
  /** YYYY-MM-DD. */
  readonly today: string;
}

export const idsIn = (text: string): string[] => [...text.matchAll(BLOCK)].flatMap(([, id]) => id ?? []);

export const merge = (before: string, { sections, written, gone, today }: Known): Merged => {
  const byId = new Map(sections.map((section) => [section.id, section]));
  const there = new Set<string>();
  let edited = 0;
  const kept = before.replace(BLOCK, (whole: string, id: string, print: string, body: string) => {
    const isFirst = !there.has(id);
    there.add(id);
    if (printOf(body) !== print) {
      edited += 1;
      return whole;
    }
    const section = byId.get(id);
    if (section !== undefined && isFirst) return block(id, section.lines);
    return gone.has(id) && !GONE.test(body) ? block(id, [...body.trimEnd().split("\n"), `- Gone since ${today}`]) : whole;
  });
  // A file that was emptied or taken away is begun anew, whatever was deleted in the one before.
  const isNew = before.trim() === "";
  const fresh = sections.filter(({ id }) => !there.has(id) && (isNew || !written.has(id)));
  const added = fresh.map(({ id, title, lines }) => `\n## ${title}\n\n${block(id, lines)}\n\nPurpose:\n`);
  const text = `${isNew ? HEAD : kept}${added.length > 0 && !isNew && !kept.endsWith("\n") ? "\n" : ""}${added.join("")}`;
  return { text, written: [...new Set([...(isNew ? [] : written), ...there, ...fresh.map(({ id }) => id)])], edited };
};
