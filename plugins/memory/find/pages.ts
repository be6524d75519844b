// The pages a person edits, as lines with where they stand: read anew each time, so that an edit is live at once. Pure but for the reading.
import { JarvisError } from "jarvis";
import type { Ctx } from "../fact.ts";
import { oneLine } from "../fact.ts";

const LONGEST_PAGE = 256 * 1024;
const MOST_LINES = 4000;

export interface Line {
  readonly text: string;
  /** `operator.md:4`. */
  readonly source: string;
  readonly said: "person" | "jarvis";
  readonly at?: string;
}

/** Empty where there is none; what cannot be read for another reason throws. */
export const textOf = async (ctx: Pick<Ctx, "read">, path: string): Promise<string> =>
  ctx.read(path).then(
    (text) => text.slice(0, LONGEST_PAGE),
    (error: unknown) => {
      if (error instanceof JarvisError && error.type === "not_found") return "";
      throw error;
    },
  );

/** Words of a line without the marks of markdown. */
const bare = (line: string): string =>
  oneLine(
    line
      .replace(/^\s*(?:[-*+]|\d+[.)])\s+/, "")
      .replace(/\\([\\`*_{}[\]()#+.!<>|-])/g, "$1")
      .replace(/\*\*|__|`/g, ""),
  );

/** A heading goes before each of its lines, so that each says by itself what it is about. A comment is nobody's word, but where it marks what Jarvis wrote. */
export const linesOf = (page: string, text: string, said: Line["said"] = "person"): Line[] => {
  const found: Line[] = [];
  let heading = "";
  let isComment = false;
  let isOwn = false;
  for (const [index, raw] of text.split("\n").slice(0, MOST_LINES).entries()) {
    if (/^<!-- jarvis /.test(raw)) isOwn = true;
    if (/^<!-- \/jarvis -->/.test(raw)) isOwn = false;
    const begins = raw.indexOf("<!--");
    const isWhole = begins >= 0 && raw.indexOf("-->", begins) > begins;
    const line = isWhole ? raw.replace(/<!--.*?-->/g, "") : isComment || begins >= 0 ? "" : raw;
    isComment = isWhole ? false : begins >= 0 || (isComment && !raw.includes("-->"));
    const title = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
    if (title !== undefined) heading = /^#\s/.test(line) ? "" : bare(title);
    const words = bare(line);
    if (title !== undefined || words === "" || /^(?:-{3,}|[\w ]+:)$/.test(words)) continue;
    found.push({ text: heading === "" ? words : `${heading}: ${words}`, source: `${page}:${index + 1}`, said: isOwn ? "jarvis" : said });
  }
  return found;
};
