// The prompt cache of the Messages API: what stands before a cache mark is kept for five minutes and read again by whoever sends the same beginning. Its figures come from what was really sent.
import { createHash } from "node:crypto";
import type { Clock } from "../../clock.ts";
import { countOf } from "../tokens.ts";
import type { Part } from "./read.ts";

const KEPT_MS = 300_000;
/** Less than this before a mark is not kept. */
const LEAST_TOKENS = 1_024;
/** So many parts back from a mark an earlier beginning is looked for. */
const LOOKBACK = 20;
const MOST_KEPT = 2_000;

export interface Figures {
  input: number;
  created: number;
  read: number;
}

export function createPromptCache(clock: Pick<Clock, "now">) {
  /** When each beginning runs out, by its hash. */
  const kept = new Map<string, number>();

  return {
    /** Counts a prompt and keeps what it marks. */
    take(parts: readonly Part[]): Figures {
      const now = clock.now();
      for (const [hash, until] of kept) if (until <= now) kept.delete(hash);
      const hasher = createHash("sha256");
      let tokens = 0;
      const beginnings = parts.map((part) => {
        tokens += countOf(part.text);
        hasher.update(`${part.text.length}:${part.text}`);
        return { ...part, tokens, hash: hasher.copy().digest("hex") };
      });
      const marks = beginnings.flatMap(({ isMarked }, at) => (isMarked ? [at] : []));
      const found = marks.flatMap((mark) => beginnings.slice(Math.max(0, mark + 1 - LOOKBACK), mark + 1).filter(({ hash }) => kept.has(hash)));
      const read = Math.max(0, ...found.map((one) => one.tokens));
      const marked = marks.flatMap((at) => beginnings[at] ?? []).filter((one) => one.tokens >= LEAST_TOKENS);
      for (const one of [...found, ...marked]) kept.set(one.hash, now + KEPT_MS);
      while (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
      const written = Math.max(read, ...marked.map((one) => one.tokens));
      return { input: tokens - written, created: written - read, read };
    },
  };
}
