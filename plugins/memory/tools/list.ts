// memory_fact_list and memory_export: all that is remembered, what came from outside apart, by pages. They only read.
import { type KeptRecord, type Tool, z } from "jarvis";
import type { Memory } from "../book/memory.ts";
import type { Config } from "../config.ts";
import { type Ctx, dataOf, FACTS, FORGOTTEN, factWords } from "../fact.ts";
import { textOf } from "../find/pages.ts";

const [LISTED, HELD, EXPORTED] = [40, 20, 400];
/** A result holds 64 KiB of text; its data are bounded by the page. */
const LONGEST_PAGE = 60_000;

const List = z.object({ before: z.number().int().positive().optional().describe("Only facts with a lower number: the next page") });

/** From outside, and nobody stands behind it: shown between quotes as what it is. */
const heldLines = (held: readonly KeptRecord[], count: number): string[] =>
  held.length === 0
    ? []
    : [
        `${count} from outside, not confirmed, used for nothing ("confirm fact N" or "forget fact N"):`,
        ...held.map((fact) => `- ${factWords({ ...fact, text: JSON.stringify(fact.text) })}`),
      ];

export const factList: Tool<Config, Memory, typeof List> = {
  title: "List what is remembered",
  about: "Lists remembered facts, newest first, and apart what came from outside and waits to be confirmed.",
  says: [
    "what do you remember",
    "what do you know",
    "what have i told you",
    "what did i tell you",
    "list facts",
    "list all facts",
    "show facts",
    "show me what you remember",
    "tell me what you remember",
    "what is in your memory",
    "show your memory",
    "was weisst du",
    "was weisst du alles",
    "was hast du dir gemerkt",
    "woran erinnerst du dich",
  ],
  effect: "read",
  input: List,
  run: async (ctx, { before }) => {
    const page = before === undefined ? {} : { before };
    const { records, count } = await ctx.records.list({ shelf: FACTS, limit: LISTED, ...page });
    const held = before === undefined ? await ctx.records.list({ shelf: FACTS, trusted: false, limit: HELD }) : { records: [], count: 0 };
    const last = records.at(-1);
    const more = last !== undefined && records.length === LISTED && count > LISTED ? [`More: the facts before ${last.id}.`] : [];
    const head = count === 0 ? 'I remember nothing yet. Say "remember that ..." and I do.' : `I remember ${count === 1 ? "one fact" : `${count} facts`}:`;
    const words = [head, ...records.map((fact) => `- ${factWords(fact)}`), ...more, ...heldLines(held.records, held.count)];
    return { text: words.join("\n").slice(0, LONGEST_PAGE), data: { count, facts: records.map(dataOf), held: held.records.map(dataOf) } };
  },
};

const shelfPage = async (ctx: Ctx, shelf: string, trusted: boolean, before: number | undefined): Promise<KeptRecord[]> =>
  (await ctx.records.list({ shelf, trusted, limit: EXPORTED, ...(before === undefined ? {} : { before }) })).records;

export const everything: Tool<Config, Memory, typeof List> = {
  title: "Export the memory",
  about: "Everything that is remembered as data: facts, those from outside, forgotten ones, and the pages operator.md and cluster.md. By pages of 400.",
  effect: "read",
  input: List,
  run: async (ctx, { before }) => {
    const shelves = {
      facts: await shelfPage(ctx, FACTS, true, before),
      held: await shelfPage(ctx, FACTS, false, before),
      forgotten: await shelfPage(ctx, FORGOTTEN, true, before),
    };
    const full = Object.values(shelves).filter(({ length }) => length === EXPORTED);
    const next = full.length === 0 ? undefined : Math.max(...full.map((all) => all.at(-1)?.id ?? 0));
    const pages = before === undefined ? { operator: await textOf(ctx, "memory:operator.md"), cluster: await textOf(ctx, "own:cluster.md") } : {};
    const counts = Object.entries(shelves).map(([name, all]) => `${all.length} ${name}`);
    return {
      text: `${counts.join(", ")} in data${before === undefined ? ", with operator.md and cluster.md" : ""}.${next === undefined ? "" : ` There is more: ask again with before: ${next}.`}`,
      data: { ...Object.fromEntries(Object.entries(shelves).map(([name, all]) => [name, all.map(dataOf)])), ...pages, ...(next === undefined ? {} : { next }) },
    };
  },
};
