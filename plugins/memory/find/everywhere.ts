// Finds what is remembered of some words in all the places it may stand: facts, past incidents, the two pages, the journal. What came from outside and is not confirmed stands in none of them.
import type { Recalled } from "jarvis";
import { type Ctx, FACTS, oneLine, sureWords } from "../fact.ts";
import { beforeOf } from "./before.ts";
import { daysThatFit } from "./days.ts";
import { type Line, linesOf, textOf } from "./pages.ts";
import { fitOf, tellingWords } from "./score.ts";
import { type Named, namesIn, subjectsOf } from "./subject.ts";

const [MOST_FACTS, MOST_LINES, MOST_DAYS, MOST_PREFERENCES] = [12, 8, 5, 12];
/** Of the words that are looked for so many must stand in a line. */
const LEAST_FIT = 0.34;

export interface Found {
  readonly facts: Line[];
  readonly before: Line[];
  readonly pages: Line[];
  readonly days: Line[];
}

const best = (lines: readonly Line[], words: readonly string[], most: number): Line[] =>
  lines
    .map((line) => ({ line, fit: fitOf(words, line.text) }))
    .filter(({ fit }) => fit >= LEAST_FIT)
    .sort((a, b) => b.fit - a.fit)
    .slice(0, most)
    .map(({ line }) => line);

const factsOf = async (ctx: Ctx, words: string, things: readonly Named[]): Promise<Line[]> => {
  const asked = [words, ...things.flatMap(({ id, name }) => [id, name])].join(" ").slice(0, 2000);
  const telling = tellingWords(asked);
  const records = await ctx.records.search({ shelf: FACTS, words: asked, limit: 4 * MOST_FACTS });
  const fit = records.filter((one) => things.some(({ id }) => id === one.about) || fitOf(telling, `${one.text} ${one.about}`) > 0);
  return fit.slice(0, MOST_FACTS).map(({ id, text, source, at, confidence }) => ({
    text: `${oneLine(text, 900)}${sureWords(confidence)}`,
    source: `fact ${id}`,
    said: source === "jarvis" ? "jarvis" : "person",
    at,
  }));
};

/** A page that cannot be read hides no other. */
const pageLines = async (ctx: Ctx, path: string, name: string): Promise<Line[]> => linesOf(name, await textOf(ctx, path).catch(() => ""));

const preferences = (ctx: Ctx): Promise<Line[]> => pageLines(ctx, "memory:operator.md", "operator.md");

export const findEverywhere = async (ctx: Ctx, asked: string): Promise<Found> => {
  const words = tellingWords(asked);
  const things = subjectsOf(asked, await namesIn(ctx));
  const [operator, cluster] = await Promise.all([preferences(ctx), pageLines(ctx, "own:cluster.md", "cluster.md")]);
  const [facts, before, days] = await Promise.all([factsOf(ctx, asked, things), beforeOf(ctx, things), daysThatFit(ctx, words, MOST_DAYS)]);
  return { facts, before, pages: [...best(operator, words, MOST_LINES), ...best(cluster, words, MOST_LINES)], days };
};

const asRecalled = ({ text, source, said, at }: Line): Recalled => ({ text: oneLine(text, 1000), source, said, ...(at === undefined ? {} : { at }) });

/** For a model: how the operator likes things first, whatever was asked; then what bears on the words. Each line once. */
export const recallFor = async (ctx: Ctx, words: string, most: number): Promise<Recalled[]> => {
  const { facts, before, pages, days } = await findEverywhere(ctx, words);
  const liked = (await preferences(ctx)).slice(0, Math.min(MOST_PREFERENCES, Math.ceil(most / 3)));
  const all = [...before, ...facts.slice(0, 2), ...liked, ...facts.slice(2), ...pages, ...days];
  return [...new Map(all.map((line) => [line.source, line])).values()].slice(0, most).map(asRecalled);
};
