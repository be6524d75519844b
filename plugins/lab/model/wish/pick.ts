// Which of the offered tools a sentence asks for: deed and thing of the tool's name against the words that were said. It picks none rather than a far-fetched one.
import type { Tool } from "./asked.ts";
import { deedOf, isSilent, kindOf, onlyLooks, stem, wordsIn } from "./words.ts";

const LEAST = 4;
const MOST_ABOUT = 2;
const KIND_IN_CONTEXT = /\b(guest|container|node|storage|service)\//g;

const NEVER = /\b(?:don'?t|do not|never|without|not to|no need to)\b/i;

interface Sentence {
  words: readonly string[];
  deeds: ReadonlySet<string>;
  things: ReadonlySet<string>;
}

/** Things the context tells of a name that was said: the line it stands in says what it is. */
const thingsIn = (context: string, names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : context
        .split("\n")
        .filter((line) => names.some((name) => line.toLowerCase().includes(name.toLowerCase())))
        .slice(0, 20)
        .flatMap((line) => [...line.matchAll(KIND_IN_CONTEXT)].map(([, kind = ""]) => kind));

const readSentence = (text: string, context: string): Sentence => {
  const words = wordsIn(text).filter((word) => !isSilent(word) || deedOf(word) !== undefined);
  const names = words.filter((word) => deedOf(word) === undefined && word.length > 2);
  return {
    words,
    deeds: new Set(words.flatMap((word) => deedOf(word) ?? [])),
    things: new Set([...words.map(kindOf), ...thingsIn(context, names)]),
  };
};

const scoreOf = (tool: Tool, { words, deeds, things }: Sentence): number => {
  const parts = wordsIn(tool.name.replaceAll("_", " "));
  const deed = parts.map(deedOf).findLast((one) => one !== undefined);
  const asks = [...deeds].some((one) => !onlyLooks(one)) === false;
  const does = deed === undefined ? 0 : deeds.has(deed) ? (onlyLooks(deed) ? 2 : 4) : onlyLooks(deed) && asks ? 1 : -6;
  const named = parts.filter((part) => deedOf(part) === undefined && things.has(kindOf(part))).length * 3;
  const about = new Set(wordsIn(tool.about).map(stem));
  const told = Math.min(MOST_ABOUT, words.filter((word) => about.has(stem(word))).length);
  return does + named + told;
};

/** The fitting tool; the first of those that fit as well. */
export const pick = (text: string, tools: readonly Tool[], context: string): Tool | undefined => {
  const sentence = readSentence(text, context);
  if (NEVER.test(text) && [...sentence.deeds].some((deed) => !onlyLooks(deed))) return undefined;
  const scored = tools.map((tool) => ({ tool, score: scoreOf(tool, sentence) })).filter(({ score }) => score >= LEAST);
  const best = Math.max(...scored.map(({ score }) => score));
  return scored.find(({ score }) => score === best)?.tool;
};
