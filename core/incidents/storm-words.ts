// Sentences about a storm of alerts, made from data. Pure.

export const TITLE = "Too much is wrong at once";
export const NAME = "The house";

const NAMED = 5;
const bare = (title: string): string => title.replace(/[.\s]+$/, "");

export const cause = (count: number): string =>
  `${count} things went wrong at about the same time. That has one cause or few (power, network, storage, a source that tells nonsense), and mending each is not its cure.`;

/** `titles`: the gravest first. */
export const begun = (titles: readonly string[]): string => {
  const more = titles.length - NAMED;
  const named = titles.slice(0, NAMED).map(bare).join("; ");
  return `${TITLE}: ${named}${more > 0 ? `; and ${more} more` : ""}. I look at the gravest few for themselves, list the others in one incident and touch none of them until it has calmed.`;
};

export const standing = (count: number): string =>
  `${count} ${count === 1 ? "thing stands" : "things stand"} listed here; each is looked at for itself when there is room, or when it has calmed.`;

export const calm = (count: number, id: string): string =>
  `No more have come for a minute, and ${count} things are still wrong: ${id} lists each. I take them up one by one, the gravest first, as others end. It needs a person to see what they have in common.`;

const spanOf = (ms: number): string => (ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`);

export const over = (seen: number, left: number, ms: number): string => {
  const ended = Math.max(0, seen - left);
  const rest = left === 0 ? "Nothing of it stands any more." : `${left} still ${left === 1 ? "stands" : "stand"}: I look at each for itself now.`;
  return `It has calmed after ${spanOf(ms)}. ${ended > 0 ? `${ended} ended or ${ended === 1 ? "was" : "were"} taken up meanwhile. ` : ""}${rest}`;
};
