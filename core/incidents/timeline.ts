// An incident's timeline, a line longer. What is said again, with nothing done in between, is one line that counts: an ask nobody decided does not fill it. Pure.
import type { TimelineEntry } from "../contract/incident.ts";

const LONGEST = 200;
const COUNTED = / \((\d+) times since (\d\d:\d\d) UTC\)$/;

const bare = (words: string): string => words.replace(COUNTED, "");

export interface Lengthened {
  timeline: TimelineEntry[];
  /** The call the counted line stood for before. */
  replaced?: string | undefined;
}

export const lengthen = (timeline: readonly TimelineEntry[], entry: TimelineEntry): Lengthened => {
  const since = timeline.findLastIndex(({ step }) => step !== "note") + 1;
  const index = entry.step === "note" ? timeline.findIndex(({ words }, at) => at >= since && bare(words) === entry.words) : -1;
  const same = timeline[index];
  if (same === undefined) return { timeline: [...timeline, entry].slice(-LONGEST) };
  const [, times = "1", first = same.at.slice(11, 16)] = COUNTED.exec(same.words) ?? [];
  const counted = { ...entry, words: `${entry.words} (${Number(times) + 1} times since ${first} UTC)` };
  return { timeline: [...timeline.toSpliced(index, 1), counted], replaced: entry.callId === undefined ? undefined : same.callId };
};
