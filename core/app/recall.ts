// Asks every plugin that remembers something what bears on some words, in little time and within a budget. One that fails, is slow or says too much hides no other's answer.
import type { Recall, RecallBudget, Recalled } from "../contract/recall.ts";
import type { BoundRecall } from "../host/faces.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Redactor } from "../lib/redact.ts";
import { visible } from "../lib/visible.ts";

/** Of the wall: a person waits for it. */
const WITHIN_MS = 400;
const [MOST_LINES, MOST_CHARACTERS, LONGEST_WORDS] = [60, 12_000, 2000];

interface Parts {
  clock: Clock;
  log: Log;
  redact: Redactor;
}

/** Of several plugins one line of each in turn, so that none crowds out another. */
const inTurn = (lists: readonly (readonly Recalled[])[]): Recalled[] => {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
};

/** Whole lines only: half a sentence may say the contrary. */
const within = (lines: readonly Recalled[], { lines: most, characters }: RecallBudget): Recalled[] => {
  const kept: Recalled[] = [];
  let left = characters;
  for (const line of lines) {
    if (kept.length >= most) break;
    if (line.text.length > left) continue;
    kept.push(line);
    left -= line.text.length;
  }
  return kept;
};

export const createRecall = ({ clock, log, redact }: Parts) => {
  const all = new Set<BoundRecall>();

  const ask = async ({ plugin, read }: BoundRecall, words: string, budget: RecallBudget): Promise<Recalled[]> => {
    const deadline = new AbortController();
    const cancel = clock.after(WITHIN_MS * clock.rate, () => deadline.abort(new Error("it took too long")), true);
    try {
      return await read({ words, ...budget }, deadline.signal);
    } catch (thrown) {
      log("warn", `${plugin}: what it remembers could not be had: ${(thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300)}`);
      return [];
    } finally {
      cancel();
    }
  };

  const recall: Recall = async (given, { lines, characters }) => {
    const budget = { lines: Math.min(MOST_LINES, Math.max(0, lines)), characters: Math.min(MOST_CHARACTERS, Math.max(0, characters)) };
    const words = given.slice(0, LONGEST_WORDS);
    const found = await Promise.all([...all].map((one) => ask(one, words, budget)));
    // One line each: what is remembered stands as data among others, and must not look like their end.
    const clean = inTurn(found).map((line) => ({ ...line, text: visible(redact.text(line.text)).replace(/\s+/g, " ").trim() }));
    return within(
      clean.filter(({ text }) => text !== ""),
      budget,
    );
  };

  return {
    recall,
    add(one: BoundRecall): () => void {
      all.add(one);
      return () => void all.delete(one);
    },
  };
};
