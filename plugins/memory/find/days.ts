// The days of the journal, the newest first: what Jarvis wrote of them, and what a person added.
import type { Ctx } from "../fact.ts";
import { type Line, linesOf, textOf } from "./pages.ts";
import { fitOf } from "./score.ts";

const FOLDER = "own:journal";
/** Two months of days and weeks. */
const MOST_FILES = 70;
const MOST_OF_A_DAY = 2;
const NAME = /^(\d{4}-(?:\d{2}-\d{2}|W\d{2}))(?:-\d+)?\.md$/;

/** Lines that have all of the words: one of them alone stands in every report. */
export const daysThatFit = async (ctx: Pick<Ctx, "read" | "list">, words: readonly string[], most: number): Promise<Line[]> => {
  if (words.length === 0) return [];
  const names = (await ctx.list(FOLDER).catch(() => [])).filter((name) => NAME.test(name)).sort();
  const found: Line[] = [];
  for (const name of names.slice(-MOST_FILES).reverse()) {
    if (found.length >= most) break;
    const lines = linesOf(`journal/${name}`, await textOf(ctx, `${FOLDER}/${name}`).catch(() => ""), "jarvis");
    const fitting = lines.filter(({ text }) => fitOf(words, text) === 1).slice(0, MOST_OF_A_DAY);
    found.push(...fitting.map((line) => ({ ...line, at: NAME.exec(name)?.[1] ?? "" })));
  }
  return found.slice(0, most);
};
