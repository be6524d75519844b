// Leads every number of an answer back to the reading it came from; what comes from none is marked. Works on words alone. Pure.
import { oneLine } from "./outside.ts";
import type { Reading } from "./reading.ts";

export interface Evidence {
  claim: string;
  source: string;
  at?: string;
}

export const UNSOURCED = "[no reading]";
const [MOST_EVIDENCE, LONGEST_CLAIM, MOST_FIGURES] = [20, 160, 4000];

/** A word with a digit in it: a figure, a name, a time, an address. */
const WITH_DIGIT = /(?<![\p{L}\p{N}_])[\p{L}_./#@+-]*\d[\p{L}\p{N}._:/@+%-]*/gu;
const FIGURE = /^[+-]?\d+(?:[.,]\d+)*$/;
const LISTED = /^\s*(?:[-*]\s*)?\d{1,2}[.)]\s/;

type Measure = "percent" | "bytes" | "seconds" | "plain";
interface Figure {
  readonly measure: Measure;
  readonly value: number;
  /** Half of the last digit that was said. */
  readonly slack: number;
}

const BYTES: Readonly<Record<string, number>> = { b: 1, byte: 1, bytes: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 };
const SECONDS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      [1, "s sec secs second seconds sekunde sekunden"],
      [60, "m min mins minute minutes minuten"],
      [3600, "h hour hours std stunde stunden"],
      [86_400, "d day days tag tage tagen"],
      [604_800, "week weeks woche wochen"],
    ] as const
  ).flatMap(([size, words]) => words.split(" ").map((word) => [word, size])),
);

const measured = (figure: string, unit: string): Figure | undefined => {
  const plain = figure.replace(/,(?=\d{3}(?:\D|$))/g, "").replace(",", ".");
  const value = Number(plain);
  if (!Number.isFinite(value)) return undefined;
  const slack = 0.5 / 10 ** (plain.split(".")[1]?.length ?? 0);
  const word = unit.toLowerCase();
  if (/^(?:%|percent|prozent)/.test(word)) return { measure: "percent", value, slack };
  const [bytes, seconds] = [BYTES[word], SECONDS[word]];
  if (bytes !== undefined) return { measure: "bytes", value: value * bytes, slack: Math.max(slack * bytes, value * bytes * 0.005) };
  return seconds === undefined ? { measure: "plain", value, slack } : { measure: "seconds", value: value * seconds, slack: slack * seconds };
};

/** The unit stands behind, or is the end of the key before ("memoryBytes": 12). */
const unitAt = (text: string, from: number, to: number): string => {
  const behind = /^\s?(%|[\p{L}]+)/u.exec(text.slice(to, to + 24))?.[1] ?? "";
  if (behind === "%" || behind.toLowerCase() in BYTES || behind.toLowerCase() in SECONDS || /^(?:percent|prozent)/i.test(behind)) return behind;
  const key = /([A-Z][a-z]+)["']?\s*[:=∶]\s*$/.exec(text.slice(Math.max(0, from - 40), from))?.[1] ?? "";
  return key;
};

const figuresOf = (text: string): Figure[] => {
  const found: Figure[] = [];
  for (const match of text.matchAll(/(?<![\p{L}\p{N}_./-])[+-]?\d+(?:[.,]\d+)*/gu)) {
    if (found.length >= MOST_FIGURES) break;
    const figure = measured(match[0], unitAt(text, match.index, match.index + match[0].length));
    if (figure) found.push(figure);
  }
  return found;
};

const agrees = (said: Figure, read: Figure): boolean => said.measure === read.measure && Math.abs(said.value - read.value) <= said.slack * 1.0001 + 1e-9;

interface Known {
  readonly reading: Reading;
  readonly words: string;
  readonly figures: readonly Figure[];
}

const known = (reading: Reading): Known => ({ reading, words: ` ${reading.text.toLowerCase()} ${reading.source.toLowerCase()} `, figures: figuresOf(reading.text) });

const standsIn = (token: string, words: string): boolean => {
  const at = words.indexOf(token);
  return at >= 0 && (token.length > 3 || (!/[\p{L}\p{N}]/u.test(words[at - 1] ?? "") && !/[\p{L}\p{N}]/u.test(words[at + token.length] ?? "")));
};

const sourceOf = (token: string, figure: Figure | undefined, pool: readonly Known[]): Reading | undefined => {
  if (figure !== undefined) return pool.find(({ figures }) => figures.some((read) => agrees(figure, read)))?.reading;
  return pool.find(({ words }) => standsIn(token, words))?.reading;
};

const sentenceAround = (text: string, at: number): string => {
  const from = Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf(". ", at - 1)) + 1;
  const ends = [text.indexOf("\n", at), text.indexOf(". ", at)].filter((end) => end >= 0);
  return oneLine(text.slice(from, ends.length > 0 ? Math.min(...ends) : undefined), LONGEST_CLAIM);
};

/** `own`: the person's own words; a number of theirs needs no reading. */
export const sourced = (text: string, readings: readonly Reading[], own: string): { text: string; evidence: Evidence[]; unsourced: number } => {
  const pool = readings.map(known);
  const theirs = known({ text: own, source: "" });
  const evidence = new Map<string, Evidence>();
  let unsourced = 0;
  const check = (found: string, at: number): string => {
    const token = found.replace(/[.:/@+-]+$/, "");
    const lineStart = text.lastIndexOf("\n", at - 1) + 1;
    if (LISTED.test(text.slice(lineStart, at + token.length + 2)) && text.slice(lineStart, at).trim().replace(/^[-*]/, "") === "") return found;
    const bare = token.replace(/%$/, "");
    const figure = FIGURE.test(bare) ? measured(bare, token.endsWith("%") ? "%" : unitAt(text, at, at + token.length)) : undefined;
    const reading = sourceOf(token.toLowerCase(), figure, pool);
    if (reading === undefined) {
      if (sourceOf(token.toLowerCase(), figure, [theirs]) !== undefined) return found;
      unsourced += 1;
      return `${token} ${UNSOURCED}${found.slice(token.length)}`;
    }
    const claim = sentenceAround(text, at);
    if (evidence.size < MOST_EVIDENCE) evidence.set(`${claim} ${reading.source}`, { claim, source: reading.source, ...(reading.at === undefined ? {} : { at: reading.at }) });
    return found;
  };
  const marked = text.replace(WITH_DIGIT, (found: string, at: number) => check(found, at));
  return { text: marked, evidence: [...evidence.values()], unsourced };
};
