// Sentences for people, made from data. Pure.
import type { Cause } from "../contract/cause.ts";
import type { BoundRemedy, Plan } from "./bound.ts";

export const leftAlone = (name: string, cause: Cause): string => `I left ${name} alone: ${cause.words}`;
/** A monitor's title may end with a full stop or without. */
export const found = (title: string, cause: Cause): string => `${title.replace(/[.\s]+$/, "")}. ${cause.words}`;
/** Before another sentence. */
const closed = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const NAMED = 5;
/** `tank is full. 2 with it: jellyfin, win-lab.` */
export const withIt = (text: string, names: readonly string[]): string => {
  if (names.length === 0) return text;
  const more = names.length - NAMED;
  const named = names.slice(0, NAMED).join(", ");
  return `${closed(text)} ${names.length} with it: ${named}${more > 0 ? ` and ${more} more` : ""}.`;
};
const bare = (title: string): string => title.replace(/[.\s]+$/, "");
export const alsoHurt = (name: string, title: string): string =>
  `${name} is hurt by it too: ${bare(title)}. What would be done for it waits until this is over or given up, and it is judged anew then.`;
export const partOf = (root: string): string => `This is no fault of its own: ${bare(root)}. I see to that first, and judge this anew when it is over or given up.`;
export const judgedAnew = (root: string): string => `I waited for this to be mended first: ${bare(root)}. I gave that up, so I look at this for itself now.`;
/** Its root was meant to be down. */
export const byWish = (name: string, root: string, title: string, rootTitle: string): string =>
  `I leave ${name} alone (${bare(title)}): it cannot run without ${root}, and that was meant (${bare(rootTitle)}).`;
/** `way`: names, each of which failed right after the next one was mended, and the last after the first. */
export const inACircle = (way: readonly string[]): string => {
  const [first = "", second = ""] = way;
  const round = [...way].reverse();
  return `I go round in a circle: each time I mend ${second}, ${first} fails within two minutes, and mending that brings the other down again (${[...round, round[0]].join(", then ")}). One of these cures breaks the other, and another round helps neither, so I stop for an hour. It needs a person: look for what they share (memory, a port, a disk, a lock).`;
};
/** `Start the guest again` is said as `I start the guest again`. */
export const acting = (remedy: BoundRemedy, name: string): string => `I ${remedy.title.slice(0, 1).toLowerCase()}${remedy.title.slice(1)}: ${name}.`;
/** As a person says it: `19 s`, `5 min`, `3 h`. */
const spanOf = (seconds: number): string => {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
};
export const fixed = (name: string, seconds: number): string => `${name} is well again after ${spanOf(seconds)}. I checked twice.`;
export const perhapsFixed = (name: string): string => `${name} is well again. I had tried to mend it; whether that did it is not proven.`;
export const gone = (name: string): string => `${name} is not there any more: somebody took it away, and what was wrong with it went with it.`;
export const unwatched = (name: string): string =>
  `Nobody looks at ${name} for this any more: what told of it was taken out of the configuration. I close it without knowing whether it is well.`;
export const recovered = (name: string): string => `${name} is well again, without my doing.`;
/** The time of day of the next try: what is written once and read later must not say "in 4 min". The minute that has begun by then is over. */
export const waits = (name: string, tried: number, atMs: number): string =>
  `I have tried to mend ${name} ${tried === 1 ? "once" : `${tried} times`} within the hour, so I wait: the next try is at ${new Date(Math.ceil(atMs / 60_000) * 60_000).toISOString().slice(11, 16)} UTC.`;
export const tooMany = (failing: number): string => `${failing} of a kind failed at once. That has one cause, and restarting each is not its cure: I only watch.`;
export const toldNo = (name: string): string => `You said no, so I leave ${name} as it is. I tell you when it is over.`;
/** `text`: why not. */
export const barred = (title: string, name: string, text: string, advice: string): string =>
  `I would do this and may not: ${lower(title)} for ${name}. ${closed(text)} It needs a person. ${advice} I look again when something has changed.`;
export const gaveUp = (name: string, tried: number): string => `I tried ${tried} times in an hour and ${name} does not stay up. It needs a person.`;
const span = (minutes: number): string => (minutes < 120 ? `${minutes} min` : minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`);
const times = (tried: number): string => (tried === 1 ? "once" : `${tried} times`);
const lower = (title: string): string => `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;
/** What a person is told before they are asked is what they can do when it did not help. */
export const planEnded = ({ title, tries, ...plan }: Plan, name: string, tried: number): string => {
  const text = `I did this ${times(tried)} within ${span(tries.withinMinutes)} (${lower(title)}), and ${name} is still not well. It needs a person.`;
  return plan.class === "ask" && plan.words !== title ? `${text} ${plan.words}` : text;
};
export const notYet = ({ title }: Plan, why: string): string => `I would ${lower(title)}, and wait: ${why}`;
export const lacks = ({ title }: Plan, tool: string): string => `I know what to do (${lower(title)}), and nothing here brings ${tool}. It needs a person.`;
export const unfit = ({ title, id }: Plan, why: string): string => `I leave the runbook "${title}" (${id}) alone: ${why}. It needs a person.`;
export const unproved = ({ title, deadlineSeconds }: Plan, name: string): string =>
  `${name} is not well ${span(Math.round(deadlineSeconds / 6) / 10)} after I did this: ${lower(title)}.`;
export const undoing = ({ title }: Plan, name: string): string => `I take back what did not help: ${lower(title)} for ${name}.`;
export const looksAgain = (name: string): string => `Done; I look whether ${name} is well.`;
export const provedTwice = (name: string): string => `It worked: ${name} was found well twice.`;
export const looked = (tool: string, text: string): string => `${tool} tells: ${text}`;
export const needsYou = "Nothing I have mends this by itself. It needs a person; I keep watching and say when it is over.";
