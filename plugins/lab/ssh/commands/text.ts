// The filters of the scripted shell: head, tail, grep, wc, sort, echo, true, false. Each reads what comes through the pipe.
import { type Command, complained, said } from "../output.ts";

const DEFAULT_LINES = 10;

const linesOf = (input: string): string[] => (input === "" ? [] : input.replace(/\n$/, "").split("\n"));

/** `-n 5`, `-n5`, `-5`; ten when nothing is said. */
export function countOf(words: readonly string[], letter = "n", fallback = DEFAULT_LINES): number {
  for (const [index, word] of words.entries()) {
    const joined = new RegExp(`^-{1,2}(?:${letter}|lines)?=?(\\d+)$`).exec(word)?.[1];
    if (joined !== undefined) return Number(joined);
    if (word === `-${letter}` || word === "--lines") return Number(words[index + 1]) || 0;
  }
  return fallback;
}

const grep: Command = (_, words, input) => {
  const flags = words.filter((word) => word.startsWith("-")).join("");
  const pattern = words.find((word) => !word.startsWith("-"));
  if (pattern === undefined) return complained("Usage: grep [OPTION]... PATTERNS [FILE]...", 2);
  const plain = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const alternatives = flags.includes("E") ? plain.replaceAll("\\|", "|") : plain;
  const fits = new RegExp(alternatives, flags.includes("i") ? "i" : "");
  const found = linesOf(input).filter((line) => fits.test(line) !== flags.includes("v"));
  if (flags.includes("q")) return { out: "", code: found.length > 0 ? 0 : 1 };
  if (flags.includes("c")) return said(String(found.length), found.length > 0 ? 0 : 1);
  return said(found, found.length > 0 ? 0 : 1);
};

export const text: Record<string, Command> = {
  head: (_, words, input) => said(linesOf(input).slice(0, countOf(words))),
  tail: (_, words, input) => said(linesOf(input).slice(-Math.max(1, countOf(words)))),
  grep,
  sort: (_, words, input) => said(words.includes("-r") ? linesOf(input).sort().reverse() : linesOf(input).sort()),
  wc: (_, words, input) => said(words.includes("-l") ? String(linesOf(input).length) : `${linesOf(input).length} ${input.split(/\s+/).filter(Boolean).length} ${input.length}`),
  echo: (_, words) => said(`${words.join(" ")}\n`),
  true: () => ({ out: "", code: 0 }),
  false: () => ({ out: "", code: 1 }),
};
