// memory_fact_forget and memory_fact_restore: a fact goes to the shelf of the forgotten, where nothing finds it, and comes back from there. Nothing is lost but the oldest of 500 forgotten ones.
import { JarvisError, type KeptRecord, type Tool, z } from "jarvis";
import type { Memory } from "../book/memory.ts";
import type { Config } from "../config.ts";
import { type Ctx, dataOf, FACTS, FORGOTTEN, factOf, factWords, MOST_FORGOTTEN, moved, One, oneLine, targetOf } from "../fact.ts";

const Forget = z.object({
  id: z.number().int().positive().optional().describe("The fact's number"),
  text: z.string().max(2000).optional().describe("Words of it, when its number is not known; they must fit one fact alone"),
});
type Forget = z.output<typeof Forget>;

const MOST_TOLD = 5;
const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The one whose words hold all that were said. Throws ambiguous or not_found. */
const meant = async (ctx: Ctx, { id, text }: Forget): Promise<KeptRecord> => {
  if (id !== undefined) return factOf(ctx, id);
  if (text === undefined) throw new JarvisError("bad_input", { message: 'Say which: "forget fact 12", or words of it.', path: "id" });
  const said = wordsIn(text);
  const found = (await ctx.records.search({ shelf: FACTS, words: text, limit: 100 })).filter((one) => said.every((word) => wordsIn(`${one.text} ${one.about}`).includes(word)));
  const exact = found.filter((one) => oneLine(one.text).toLowerCase() === oneLine(text).toLowerCase());
  const [only, ...others] = exact.length === 1 ? exact : found;
  if (only === undefined) throw new JarvisError("not_found", { message: `I know no fact that says "${oneLine(text, 80)}", so there is nothing to forget.`, path: "text" });
  if (others.length > 0)
    throw new JarvisError("ambiguous", {
      message: `More than one fact says that; name its number: ${[only, ...others].slice(0, MOST_TOLD).map(factWords).join("; ")}.`,
      path: "text",
    });
  return only;
};

/** The oldest beyond the last 500 go for good. */
const sweep = async (ctx: Ctx): Promise<void> => {
  for (const trusted of [true, false]) {
    const { records, count } = await ctx.records.list({ shelf: FORGOTTEN, trusted, limit: MOST_FORGOTTEN });
    const oldest = records.at(-1);
    if (count <= MOST_FORGOTTEN || oldest === undefined) continue;
    const { records: over } = await ctx.records.list({ shelf: FORGOTTEN, trusted, before: oldest.id, limit: MOST_FORGOTTEN });
    for (const { id } of over) await ctx.records.remove(id);
  }
};

const idNoted = (facts: Record<string, string> | undefined): number => Number(facts?.id ?? Number.NaN);

export const factForget: Tool<Config, Memory, typeof Forget> = {
  title: "Forget a fact",
  about: "Takes one fact out of memory; it can be restored.",
  says: [
    "forget that {=id}",
    "forget this {=id}",
    "forget what i just said {=id}",
    "forget the last one {=id}",
    "forget fact {id}",
    "forget number {id}",
    "forget that {text}",
    "forget about {text}",
    "forget what i said about {text}",
    "vergiss das {=id}",
    "vergiss das wieder {=id}",
    "vergiss fakt {id}",
    "vergiss dass {text}",
    "vergiss was ich ueber {text} gesagt habe",
  ],
  effect: "reversible",
  input: Forget,
  target: ({ id }) => (id === undefined ? undefined : targetOf(id)),
  preflight: async (ctx, input) => {
    const fact = await meant(ctx, input);
    const gone = fact.shelf === FORGOTTEN ? { already: `Fact ${fact.id} is forgotten already.` } : {};
    return { target: targetOf(fact.id), name: oneLine(fact.text, 80), facts: { id: String(fact.id) }, ...gone };
  },
  run: async (ctx, _input, { preflight }) => {
    const fact = await factOf(ctx, idNoted(preflight?.facts));
    await ctx.records.put(moved(fact, FORGOTTEN));
    await sweep(ctx);
    return { text: `Forgotten: ${factWords(fact)}. "restore fact ${fact.id}" brings it back.`, data: dataOf(fact) };
  },
  verify: async (ctx, _input, { preflight }) => {
    const fact = await ctx.records.get(idNoted(preflight?.facts));
    return fact?.shelf === FACTS ? { ok: false, words: "It is still in memory." } : { ok: true, words: "It is out of memory." };
  },
  trace: async (ctx, _input, { preflight }) => {
    const fact = await ctx.records.get(idNoted(preflight?.facts));
    return fact?.shelf === FACTS ? { found: "absence", words: "It is still in memory." } : { found: "effect", words: "It is out of memory." };
  },
  undo: (_input, { preflight }) => {
    const id = idNoted(preflight?.facts);
    return Number.isNaN(id) ? undefined : { tool: "fact_restore", input: { id } };
  },
};

export const factRestore: Tool<Config, Memory, typeof One> = {
  title: "Restore a fact",
  about: "Brings back a fact that was forgotten.",
  says: ["restore that {=id}", "restore fact {id}", "bring back fact {id}", "remember that again {=id}", "stelle fakt {id} wieder her"],
  effect: "reversible",
  input: One,
  target: ({ id }) => targetOf(id),
  preflight: async (ctx, { id }) => {
    const fact = await factOf(ctx, id);
    return { target: targetOf(id), name: oneLine(fact.text, 80), ...(fact.shelf === FACTS ? { already: `Fact ${id} is in memory.` } : {}) };
  },
  run: async (ctx, { id }) => {
    const fact = await ctx.records.put(moved(await factOf(ctx, id), FACTS));
    return { text: `Back in memory: ${factWords(fact)}.`, data: dataOf(fact) };
  },
  verify: async (ctx, { id }) => ((await ctx.records.get(id))?.shelf === FACTS ? { ok: true, words: "It is in memory." } : { ok: false, words: "It is not in memory." }),
  trace: async (ctx, { id }) =>
    (await ctx.records.get(id))?.shelf === FACTS ? { found: "effect", words: "It is in memory." } : { found: "absence", words: "It is not in memory." },
  undo: ({ id }) => ({ tool: "fact_forget", input: { id } }),
};
