// What a sentence goes on from: "restart it", "and the logs?", "und immich?" with the thing last named put in, where that was lately. Refuses to guess after that. Pure.
import { fold, looksOf, nounOf } from "./lexicon.ts";
import type { Verb } from "./wish.ts";

/** The thing last named in a conversation, and what was wanted of it. `atMs`: when. */
export interface Last {
  id: string;
  atMs: number;
  asked?: "status" | "why" | "room" | "on";
  verb?: Verb;
}

/** Later than this nobody is sure any more what "it" was. */
const FRESH_MS = 600_000;

const IDIOM =
  /\b(?:how(?:'s| is) it going|is it (?:safe|possible|true|wise|a good|an? )|(?:if|when|unless|because|whether|until|once|before|after) it|as it is|leave it|it is|it's|is that (?:so|true|all)|what is it|who is it)\b/i;
const AGAIN: Readonly<Record<NonNullable<Last["asked"]>, (what: string) => string>> = {
  status: (what) => `status of ${what}`,
  why: (what) => `why did ${what} stop`,
  room: (what) => `how full is ${what}`,
  on: (what) => `what runs on ${what}`,
};
const AND = /^(?:and|und|what about|how about|was ist mit|wie (?:ist|steht) es mit)\s+(.+?)(\s+(?:too|as well|also|auch))?[\s?.!]*$/i;
const ITS = /\b(?:its|it's|seine|ihre|dessen|deren)\s+(?=[a-zäöü]+)/i;
const NOUN_ALONE = /^(?:the|its|their|die|das|der|den|seine|ihre)?\s*([a-zäöü]+)$/i;
const ENGLISH = /\b(?:it|that one|this one|that thing|the same one)\b/i;
const THAT = /^((?:please\s+)?(?:restart|reboot|start|stop|shut ?down|bounce|turn (?:on|off)|power (?:on|off)|resume|suspend|reset)\s+)(?:that|this|them)(?=[\s.!]*$)/i;
const GERMAN =
  /^((?:bitte\s+)?(?:start(?:e|et)?|stopp(?:e)?|boote?|fahre?|schalte?|mache?|sichere?|pausiere|beende)\s+(?:bitte\s+)?)(?:ihn|sie|es|das|den|die)(?=(?:\s+(?:neu|aus|an|ein|hoch|rauf|herunter|runter|ab|bitte|wieder|jetzt|mal))*[\s.!]*$)/i;
const GERMAN_ASKED = /^((?:ist|l(?:ä|ae)uft|war|wie voll ist|warum (?:ist|hat|wurde|l(?:ä|ae)uft)|wieso (?:ist|hat|l(?:ä|ae)uft)|wer hat)\s+)(?:er|sie|es|ihn)\b/i;
const GERMAN_HOW = /^(wie geht(?:'s| es)?\s+)(?:ihm|ihr)\b/i;

/** A stand-in where a name is expected. */
export const isPronoun = (what: string): boolean =>
  /^(?:it|that|this|that one|this one|them|those|the (?:same|one|thing)|him|her|ihn|sie|es|das|den|die|dieser?|dieses|it again)$/i.test(what.trim());

/** `also`: the same act for another thing, which is asked back about. */
export type Followed = { text: string; also?: { verb: Verb; what: string } };

export const followed = (text: string, last: Last | undefined, nowMs: number): Followed => {
  if (last === undefined || nowMs - last.atMs > FRESH_MS) return { text };
  const said = text.trim().replace(/[’‘]/g, "'");
  const [, other = "", too] = AND.exec(said) ?? [];
  if (other !== "") {
    const [, noun = ""] = NOUN_ALONE.exec(other) ?? [];
    const look = fold(noun);
    if (nounOf(look) !== undefined || looksOf(look).includes("logs")) return { text: `${noun} of ${last.id}` };
    if (too !== undefined && last.verb !== undefined && !isPronoun(other)) return { text: said, also: { verb: last.verb, what: other } };
    if (!/\s(?:is|are|was|did|does|the|ist|hat|war)\s/i.test(` ${other} `) && !isPronoun(other) && !ENGLISH.test(other)) return { text: AGAIN[last.asked ?? "status"](other) };
  }
  const bare = said.replace(/^(?:and|und|ok(?:ay)?,?|then|now|so|dann)\s+(?=\S)/i, "");
  const its = ITS.exec(bare);
  if (its) return { text: `${bare.replace(ITS, "").replace(/[\s?.!]+$/, "")} of ${last.id}` };
  if (IDIOM.test(bare)) return { text };
  for (const form of [THAT, GERMAN, GERMAN_ASKED, GERMAN_HOW]) if (form.test(bare)) return { text: bare.replace(form, `$1${last.id}`) };
  return ENGLISH.test(bare) ? { text: bare.replace(ENGLISH, last.id) } : { text };
};
