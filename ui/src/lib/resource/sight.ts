// What a source says of how it sees: all, less than there is, or nothing, and why. Pure.
import type { CoreStatus } from "$contract/wire.ts";
import { ageOf } from "./age.ts";
import type { MarkedDrawn } from "./mark.ts";
import { ofKind } from "./order.ts";

type Source = CoreStatus["sources"][number];
/** What a source says of which nothing is missing. */
const WHOLE = "fresh";
/** It is read, and what it may see is less than what there is. */
export const isNarrow = ({ state, words }: Source): boolean => state === "ok" && words !== "" && words !== WHOLE;

/** Whether anything that is watched cannot be seen now, or every node is only known from before: then nothing may be called well. */
export const isBlind = (status: CoreStatus | undefined, drawn: MarkedDrawn | undefined): boolean =>
  (status?.sources ?? []).some((source) => source.state !== "ok" || isNarrow(source)) || ageOf(ofKind(drawn, "node")) === "stale";

const CHANNELS = /^((?:[\w.-]+(?:\/[\w.-]+)+(?:, )?)+(?: and \d+ more)?): /;
/** Why, without the channels it names first: `a/b, a/c: no answer` and `a/b, a/c and 9 more: no answer` are `no answer`. */
export const reasonOf = (words: string): string => words.replace(CHANNELS, "");
/** The channels it names first, if any. */
export const partsOf = (words: string): string => CHANNELS.exec(words)?.[1] ?? "";

/** What it does not see, in a few words; nothing where it sees all. */
export const lackOf = (source: Source): string => {
  if (source.state === "down") return "Sees nothing";
  if (source.state === "stale") return "Does not see a part";
  return isNarrow(source) ? "May not see everything" : "";
};
