// Sentences for people, made from data. Pure.
import type { Cause } from "../contract/cause.ts";
import type { BoundRemedy } from "./bound.ts";

export const leftAlone = (name: string, cause: Cause): string => `I left ${name} alone: ${cause.words}`;
/** A monitor's title may end with a full stop or without. */
export const found = (title: string, cause: Cause): string => `${title.replace(/[.\s]+$/, "")}. ${cause.words}`;
const NAMED = 5;
/** `2 with it: jellyfin and win-lab.` */
export const withIt = (names: readonly string[]): string => {
  if (names.length === 0) return "";
  const more = names.length - NAMED;
  const named = names.slice(0, NAMED).join(", ");
  return ` ${names.length} with it: ${named}${more > 0 ? ` and ${more} more` : ""}.`;
};
export const alsoHurt = (name: string, title: string): string => `${name} is hurt by it too: ${title.replace(/[.\s]+$/, "")}.`;
export const partOf = (root: string): string => `This is no fault of its own: ${root.replace(/[.\s]+$/, "")}.`;
/** `Start the guest again` is said as `I start the guest again`. */
export const acting = (remedy: BoundRemedy, name: string): string => `I ${remedy.title.slice(0, 1).toLowerCase()}${remedy.title.slice(1)}: ${name}.`;
export const fixed = (name: string, seconds: number): string => `${name} is well again after ${seconds} s. I checked twice.`;
export const recovered = (name: string): string => `${name} is well again, without my doing.`;
export const waits = (name: string, tried: number, ms: number): string =>
  `I have mended ${name} ${tried === 1 ? "once" : `${tried} times`} within the hour, so I wait: the next try is in ${Math.max(1, Math.ceil(ms / 60_000))} min.`;
export const tooMany = (failing: number): string => `${failing} of a kind failed at once. That has one cause, and restarting each is not its cure: I only watch.`;
export const toldNo = (name: string): string => `You said no, so I leave ${name} as it is. I tell you when it is over.`;
export const gaveUp = (name: string, tried: number): string => `I tried ${tried} times in an hour and ${name} does not stay up. It needs a person.`;
export const needsYou = "Nothing I have mends this by itself. It needs a person; I keep watching and say when it is over.";
