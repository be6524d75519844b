// What the lab model says: a tool's result as a sentence, a line of what it was shown, or plainly that it is a set of rules. It adds no fact of its own.
import { z } from "zod";
import { apart } from "./plainly.ts";
import { isSilent, stem, wordsIn } from "./words.ts";

const MOST_CHARACTERS = 600;
const MOST_FIELDS = 6;

const Spoken = z.looseObject({ text: z.string().optional(), summary: z.string().optional(), message: z.string().optional(), error: z.string().optional() });

const cut = (text: string): string => {
  const plain = text.replace(/\s+/g, " ").trim();
  if (plain.length <= MOST_CHARACTERS) return plain;
  const end = plain.lastIndexOf(". ", MOST_CHARACTERS);
  return end > 0 ? plain.slice(0, end + 1) : `${plain.slice(0, MOST_CHARACTERS)}...`;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const sayValue = (text: string): string => {
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return cut(text);
  const spoken = Spoken.safeParse(value).data;
  const own = spoken?.text ?? spoken?.summary ?? spoken?.message ?? spoken?.error;
  if (own !== undefined) return cut(own);
  const fields = Object.entries(value).filter(([, field]) => typeof field === "string" || typeof field === "number" || typeof field === "boolean");
  return cut(
    fields.length === 0
      ? text
      : `${fields
          .slice(0, MOST_FIELDS)
          .map(([name, field]) => `${name} ${String(field)}`)
          .join(", ")}.`,
  );
};

/** Its own words where it has some, else its plain fields. What was quoted in it is what the tool said; what stands around is for the model. */
export const sayResult = (text: string): string => {
  const { own, quoted } = apart(text);
  if (quoted === "") return sayValue(text);
  const lines = quoted.split("\n").filter((line) => line.trim() !== "");
  const spoken = lines.filter((line) => !/^\s*[[{]/.test(line));
  return spoken.length > 0 ? cut(spoken.join(" ")) : sayValue(lines[0] ?? own);
};

/** The line of what it was shown that shares most words with the question; two at least. */
export const sayFromContext = (question: string, context: string): string | undefined => {
  const asked = new Set(
    wordsIn(question)
      .filter((word) => !isSilent(word))
      .map(stem),
  );
  const lines = context
    .split("\n")
    .map((line) => ({
      line: line.trim(),
      shared: new Set(
        wordsIn(line)
          .map(stem)
          .filter((word) => asked.has(word)),
      ).size,
    }))
    .filter(({ shared }) => shared >= 2);
  const best = Math.max(0, ...lines.map(({ shared }) => shared));
  const found = lines.find(({ shared }) => shared === best);
  return found === undefined ? undefined : cut(`From what I was shown: ${found.line.replace(/^[-*#\s]+/, "")}`);
};

export const WHO = "I am the lab model: rules that stand in for a language model, so that everything can be played without a key.";

export const sayMissing = (tool: string, missing: string): string =>
  `Which ${missing.replace(/([A-Z])/g, " $1").toLowerCase()} do you mean? ${tool} needs it, and I did not hear it.`;
