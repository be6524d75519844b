// The newest sentence of Jarvis, for the line under the orb. Pure.
import type { FeedEntry } from "$contract/incident.ts";

interface Facts {
  /** When the house was last heard, if it is out of contact. */
  lost: string | undefined;
  killed: boolean;
  feed: readonly FeedEntry[];
  /** What was said in the conversation, when that is newer. */
  said: string | undefined;
}

const MOST_CHARS = 180;
/** Two sentences longer than this cover the stage: then the first says enough. */
const MOST_TWO_CHARS = 110;

/** Shorter before a colon is a label. */
const LEAST_CHARS = 12;

/** What stands before a colon is true by itself, and so ends in a full stop. A sentence cut anywhere else may say more than is so ("refuses every restart" of one guest), and is seen to be cut; a word never is. */
const cutInside = (text: string): string => {
  const head = text.slice(0, MOST_CHARS);
  // A person's own words are no statement of Jarvis's.
  const [own = ""] = head.split('"');
  const end = own.lastIndexOf(": ");
  return end >= LEAST_CHARS ? `${head.slice(0, end)}.` : `${head.slice(0, head.lastIndexOf(" ")).replace(/[\s,;:.]+$/, "")}…`;
};

/** At most two sentences, and only one where two are long. */
export const firstWords = (text: string): string => {
  const [head = ""] = text.trim().split("\n");
  const sentences = head.match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]?/g) ?? [head];
  const pair = sentences.slice(0, 2).join("").trim();
  const two = pair.length > MOST_TWO_CHARS ? (sentences[0] ?? pair).trim() : pair;
  return two.length > MOST_CHARS ? cutInside(two) : two;
};

export const voiceOf = ({ lost, killed, feed, said }: Facts): string => {
  if (lost !== undefined) return `I cannot see the house from here. Nothing on this screen is newer than ${lost}.`;
  if (killed) return "Held. I am only watching.";
  if (said !== undefined) return firstWords(said);
  const [newest] = feed;
  return newest === undefined ? "I am here. Nothing has happened yet." : firstWords(newest.words);
};
