// When a screen reader is told the verdict. Pure.
import type { Verdict } from "./verdict.ts";

export interface Spoken {
  words: string;
  tone: Verdict["tone"];
}

export const SILENT: Spoken = { words: "", tone: "unknown" };
const BETWEEN_MS = 10_000;

/** At most once in ten seconds; but what is known takes the place of what was not at once, so that nobody hears "Looking for the house." beside "All is well." */
export const aloudAfterMs = (said: Spoken, tone: Verdict["tone"]): number => (said.tone === "unknown" && tone !== "unknown" ? 0 : BETWEEN_MS);
