// memory_fact_recall: what is remembered of some words, each line with where it stands and whose word it is. It only reads; what is told is data, whatever it says.
import { type Tool, z } from "jarvis";
import type { Memory } from "../book/memory.ts";
import type { Config } from "../config.ts";
import type { Line } from "../find/pages.ts";

const Recall = z.object({ query: z.string().min(1).max(400).describe("What to look for: a name or a few words") });

const LONGEST = 12_000;
const lineWords = ({ text, source, said, at }: Line): string => `- ${text} [${source}${said === "jarvis" ? ", Jarvis" : ""}${at === undefined ? "" : `, ${at.slice(0, 10)}`}]`;
const part = (title: string, lines: readonly Line[]): string[] => (lines.length === 0 ? [] : [`${title}:`, ...lines.map(lineWords)]);

export const factRecall: Tool<Config, Memory, typeof Recall> = {
  title: "Recall",
  about: "What is remembered about something: facts people told, past incidents of it, the operator's page, the lab book, the journal. Not its present state.",
  says: [
    "what do you know about {query}",
    "what do you know of {query}",
    "what do you remember about {query}",
    "what do you remember of {query}",
    "what did i tell you about {query}",
    "what have i told you about {query}",
    "what did i say about {query}",
    "tell me what you know about {query}",
    "do you know anything about {query}",
    "do you remember anything about {query}",
    "do you remember {query}",
    "recall {query}",
    "search memory for {query}",
    "search your memory for {query}",
    "was weisst du ueber {query}",
    "was weisst du von {query}",
    "was habe ich dir ueber {query} gesagt",
    "erinnerst du dich an {query}",
  ],
  effect: "read",
  input: Recall,
  run: async (ctx, { query }) => {
    const { findEverywhere } = await import("../find/everywhere.ts");
    const { facts, before, pages, days } = await findEverywhere(ctx, query);
    const parts = [...part("Remembered", facts), ...part("Before", before), ...part("On your pages", pages), ...part("In the journal", days)];
    const none = `I remember nothing about "${query.slice(0, 80)}". "status of NAME" tells how a thing is now.`;
    return { text: (parts.length === 0 ? none : parts.join("\n")).slice(0, LONGEST), data: { facts, before, pages, days } };
  },
};
