// memory_fact_remember: keeps a fact with who said it and when. What came from outside is kept apart, told as such, and used for nothing.
import { type Tool, z } from "jarvis";
import type { Memory } from "../book/memory.ts";
import type { Config } from "../config.ts";
import { type Ctx, dataOf, FACTS, factWords, oneLine } from "../fact.ts";
import { namesIn, subjectOf } from "../find/subject.ts";

const Remember = z.object({
  text: z.string().min(2).max(2000).describe("What to remember, in one or two plain sentences"),
  about: z.string().max(200).optional().describe("What it is about: a resource id such as guest/101, or a word; found in the text when left out"),
});
type Remember = z.output<typeof Remember>;

const HEDGED = /\b(?:i think|i guess|i believe|maybe|perhaps|probably|possibly|not sure|might|vielleicht|ich glaube|vermutlich|wahrscheinlich|eventuell)\b/i;
const UNSURE = 0.6;
/** Who lists so many finds the one that was just written. */
const RECENT = 50;

const known = async (ctx: Ctx, text: string) =>
  (await ctx.records.search({ shelf: FACTS, words: text, limit: 20 })).find((one) => oneLine(one.text).toLowerCase() === oneLine(text).toLowerCase());

/** The same words aim at the same thing: said twice at once they are kept once. */
const target = ({ text }: Remember): string =>
  `service/memory/new-${[...text.toLowerCase()].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0, 7).toString(36)}`;

export const factRemember: Tool<Config, Memory, typeof Remember> = {
  title: "Remember a fact",
  about: "Keeps something a person told about this house or how they like things, for later. Not for readings, and not for what stands in logs.",
  says: [
    "remember that {text}",
    "remember {text}",
    "please remember {text}",
    "keep in mind that {text}",
    "keep in mind {text}",
    "don't forget that {text}",
    "do not forget that {text}",
    "note that {text}",
    "make a note that {text}",
    "make a note {text}",
    "take a note {text}",
    "you should know that {text}",
    "for your information {text}",
    "fyi {text}",
    "merk dir dass {text}",
    "merke dir dass {text}",
    "merk dir {text}",
    "merke dir {text}",
    "denk daran dass {text}",
    "vergiss nicht dass {text}",
    "notiere dass {text}",
    "notiere {text}",
  ],
  effect: "reversible",
  input: Remember,
  target,
  preflight: async (ctx, input) => {
    const same = await known(ctx, input.text);
    return { target: target(input), name: oneLine(input.text, 80), ...(same === undefined ? {} : { already: `I know that already, as fact ${same.id}.` }) };
  },
  run: async (ctx, { text, about }) => {
    const subject = about ?? subjectOf(text, await namesIn(ctx)) ?? "";
    const kept = await ctx.records.put({ shelf: FACTS, text, about: subject, ...(HEDGED.test(text) ? { confidence: UNSURE } : {}) });
    const words = kept.trusted
      ? `I keep it as ${factWords(kept)}. "forget fact ${kept.id}" takes it back.`
      : `Kept apart as fact ${kept.id}, for it came from outside (${oneLine(kept.by, 60)}): I tell it to nobody and use it for nothing until the operator says "confirm fact ${kept.id}".`;
    return { text: words, data: dataOf(kept) };
  },
  verify: async (ctx, _input, { result }) => {
    const id = z.object({ id: z.number() }).safeParse(result?.data).data?.id;
    const kept = id === undefined ? undefined : await ctx.records.get(id);
    return kept === undefined ? { ok: false, words: "It is not in memory.", final: true } : { ok: true, words: `Fact ${kept.id} is in memory.` };
  },
  trace: async (ctx, { text }) => {
    const lists = await Promise.all([true, false].map((trusted) => ctx.records.list({ shelf: FACTS, trusted, limit: RECENT })));
    const kept = lists.flatMap(({ records }) => records).find((one) => one.text === text);
    return kept === undefined ? { found: "absence", words: "It is not in memory." } : { found: "effect", words: `Fact ${kept.id} is in memory.`, data: dataOf(kept) };
  },
  undo: (_input, { result }) => {
    const id = z.object({ id: z.number() }).safeParse(result?.data).data?.id;
    return id === undefined ? undefined : { tool: "fact_forget", input: { id } };
  },
};
