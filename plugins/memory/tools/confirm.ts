// memory_fact_confirm: the operator stands behind a fact that came from outside; until then it is told apart and used for nothing. Refuses everyone else.
import type { Tool } from "jarvis";
import type { Memory } from "../book/memory.ts";
import type { Config } from "../config.ts";
import { dataOf, FACTS, factOf, factWords, moved, One, oneLine, targetOf } from "../fact.ts";

export const factConfirm: Tool<Config, Memory, typeof One> = {
  title: "Confirm a fact from outside",
  about: "The operator confirms a fact that came from a model, a log or another program; only then it is recalled.",
  says: ["confirm fact {id}", "fact {id} is right", "bestaetige fakt {id}"],
  effect: "reversible",
  operatorOnly: true,
  input: One,
  target: ({ id }) => targetOf(id),
  preflight: async (ctx, { id }) => {
    const fact = await factOf(ctx, id);
    return {
      target: targetOf(id),
      name: oneLine(fact.text, 80),
      identity: fact.at,
      ...(fact.trusted && fact.shelf === FACTS ? { already: `Fact ${id} needs no confirmation.` } : {}),
    };
  },
  run: async (ctx, { id }) => {
    const fact = await ctx.records.put({ ...moved(await factOf(ctx, id), FACTS), confirm: true });
    return { text: `Confirmed: ${factWords(fact)}.`, data: dataOf(fact) };
  },
  verify: async (ctx, { id }) => {
    const fact = await ctx.records.get(id);
    return fact?.trusted === true && fact.shelf === FACTS ? { ok: true, words: "It counts from now on." } : { ok: false, words: "It is not confirmed." };
  },
  trace: async (ctx, { id }) =>
    (await ctx.records.get(id))?.trusted === true ? { found: "effect", words: "It is confirmed." } : { found: "absence", words: "It is not confirmed." },
  undo: ({ id }) => ({ tool: "fact_forget", input: { id }, words: "It is taken out of memory whole." }),
};
