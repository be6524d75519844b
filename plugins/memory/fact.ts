// A fact: a record of this plugin, in words for people. Where forgotten ones go, and how one is named.
import { type Context, JarvisError, type KeptRecord, z } from "jarvis";
import type { Memory } from "./book/memory.ts";
import type { Config } from "./config.ts";

export type Ctx = Context<Config, Memory>;

/** Forgotten ones lie on a shelf of their own, so that forgetting can be taken back; the last of them. */
export const [FACTS, FORGOTTEN, MOST_FORGOTTEN] = ["fact", "forgotten", 500] as const;

/** One fact by its number. */
export const One = z.object({ id: z.number().int().positive().describe("The fact's number") });

export const targetOf = (id: number): string => `service/memory/fact-${id}`;

const WHO = { person: "a person", script: "a script", jarvis: "Jarvis", outside: "somebody outside" } as const;

/** One line: a fact that has lines of its own must not look like several. */
export const oneLine = (text: string, longest = 1000): string => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
};

export const sureWords = (confidence: number): string => (confidence < 0.75 ? ", not sure" : "");

/** `fact 12: text (a person, 2026-11-23)`. */
export const factWords = ({ id, text, source, by, at, confidence }: KeptRecord): string => {
  const who = source === "person" || source === "jarvis" ? WHO[source] : `${WHO[source]}: ${oneLine(by, 60)}`;
  return `fact ${id}: ${oneLine(text)} (${who}, ${at.slice(0, 10)}${sureWords(confidence)})`;
};

export const dataOf = ({ id, text, about, source, by, at, confidence, tags, trusted }: KeptRecord): Record<string, unknown> => ({
  id,
  text,
  ...(about === "" ? {} : { about }),
  source,
  by,
  at,
  confidence,
  ...(tags.length === 0 ? {} : { tags }),
  ...(trusted ? {} : { quarantined: true }),
});

/** Throws not_found. */
export const factOf = async (ctx: Pick<Ctx, "records">, id: number): Promise<KeptRecord> => {
  const found = await ctx.records.get(id);
  if (found === undefined) throw new JarvisError("not_found", { message: `There is no fact ${id}. "what do you remember" lists them.`, path: "id", data: { definitive: true } });
  return found;
};

/** Says nothing new about it: the same words, the same shelf or another. */
export const moved = (record: KeptRecord, shelf: string): Parameters<Ctx["records"]["put"]>[0] => ({
  id: record.id,
  shelf,
  text: record.text,
  about: record.about,
  confidence: record.confidence,
  tags: record.tags,
});
