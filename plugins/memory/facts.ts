// Monitor `facts`, the channel memory/facts: the newest facts for the tile, those from outside first because somebody has to decide about them.
import { type KeptRecord, type Monitor, z } from "jarvis";
import type { Memory } from "./book/memory.ts";
import type { Config } from "./config.ts";
import { FACTS, oneLine, sureWords } from "./fact.ts";

const [MOST, MOST_HELD] = [60, 20];

const Row = z.object({ id: z.number().int(), name: z.string(), words: z.string(), status: z.enum(["known", "held"]), at: z.string() });
const Facts = z.object({ count: z.number().int(), held: z.number().int(), rows: z.array(Row) });

const rowOf = ({ id, text, about, source, by, at, confidence, trusted }: KeptRecord): z.output<typeof Row> => {
  const who = source === "person" ? "" : source === "jarvis" ? ", Jarvis" : `, ${source}: ${oneLine(by, 40)}`;
  return {
    id,
    name: trusted ? oneLine(text, 300) : `From outside: ${JSON.stringify(oneLine(text, 300))}`,
    words: `fact ${id}${about === "" ? "" : `, ${about}`}, ${at.slice(0, 10)}${who}${sureWords(confidence)}${trusted ? "" : "; used for nothing until confirmed"}`,
    status: trusted ? "known" : "held",
    at,
  };
};

export const facts: Monitor<Config, Memory, typeof Facts> = {
  title: "What I was told",
  every: "1m",
  watched: "2s",
  state: Facts,
  read: async (ctx) => {
    const held = await ctx.records.list({ shelf: FACTS, trusted: false, limit: MOST_HELD });
    const known = await ctx.records.list({ shelf: FACTS, limit: MOST });
    return { count: known.count, held: held.count, rows: [...held.records, ...known.records].slice(0, MOST).map(rowOf) };
  },
};
