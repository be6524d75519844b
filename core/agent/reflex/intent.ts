// What a sentence asks for, by rules alone. An act is read only from a plain imperative; denials, questions and conditions never act. Pure.
import { readAsked } from "./asked.ts";
import { readGerman } from "./german.ts";
import { readHouseWish } from "./house-wish.ts";
import { isShadowAsked, readLimit } from "./limit.ts";
import { readQuestion } from "./question.ts";
import { readReport } from "./report-wish.ts";
import { readSlip } from "./slip.ts";
import { readSmallTalk } from "./small-talk.ts";
import { readStanding } from "./standing.ts";
import { readVeto } from "./veto.ts";
import type { Intent, Verb } from "./wish.ts";

const POLITE =
  /^(?:(?:hey|ok|okay|hi|hello|good (?:morning|evening|afternoon|day)|yo|jarvis|please|pls|plz|yes|now|gracefully|then|just|quickly|go ahead and|(?:could|can|will|would) you (?:be so (?:kind|good) (?:as )?(?:to|and)|do me a favou?r and)|do me a favou?r and|be so (?:kind|good) (?:as )?(?:to|and)|(?:could|can|will) (?:you|u)|would (?:you|u)(?! mind)|i want you to|i need you to|i would like you to|i'?d like you to|kindly)[\s,:!]+)+/i;
const TAIL = /(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|right now|now|already|immediately|at once|quickly|asap|for me|would you|will you|jarvis|sir|bitte))+(?=[\s.!?]*$)/i;
const ACT =
  /^(?:(force|hard|forcibly)[\s-]+)?(restart|reboot|bounce|start|boot|power on|turn on|switch on|bring up|stop|shut ?down|shut off|power down|power off|turn off|switch off|halt)\s+(?:up\s+|down\s+)?(.+?)(\s+(?:hard|by force|forcibly))?[\s.!?]*$/i;
const VERBS: Record<string, Verb> = {
  restart: "restart",
  reboot: "restart",
  bounce: "restart",
  start: "start",
  boot: "start",
  "power on": "start",
  "turn on": "start",
  "switch on": "start",
  "bring up": "start",
  stop: "stop",
  shutdown: "stop",
  "shut down": "stop",
  "power off": "stop",
  "turn off": "stop",
  "switch off": "stop",
  "shut off": "stop",
  "power down": "stop",
  halt: "stop",
};
export const NEGATED =
  /\b(?:not|don'?t|never|no longer|without|instead of|avoid|refrain|cancel|nobody|nothing|no|no one|none|neither|nor|won'?t|shouldn'?t|mustn'?t|can'?t|cannot|wouldn'?t|needn'?t|isn'?t|forbid|except|but)\b/i;
export const CONDITION =
  /\b(?:if|when|unless|until|once|after|before|whenever|in case|every|tomorrow|tonight|later|at \d|in (?:an? |\d+ ?)(?:[smhd]|sec\w*|min\w*|hours?|days?)|and then|then)\b/i;
const ACT_WORD = /\b(?:re)?start(?:ed|ing|s)?\b|\breboot\w*|\bstop(?:ped|ping|s)?\b|\bshut(?:ting)? ?down\b|\bpower(?:ed)? (?:on|off)\b|\bturn(?:ed)? (?:on|off)\b/i;
/** A sentence about an act, not an order. */
const STATEMENT =
  /^(?:(?:re)?starting|rebooting|stopping|of|for|was|is|has|had|failed|policy|order|count|loop)\b|\b(?:was|is|were|are|has|had|failed|because|should|would|could)\b/i;
const QUESTION = /^(?:why|what|when|who|how|did|do|does|have|has|had|is|are|was|were|should|shall|may|might|which|where|will it|would it)\b/i;

/** A question is an order only where it asks for it ("could you ...?"); what stands in quotes is somebody else's. */
export const mayOrder = (text: string): boolean => !/^["'“”„«`]/.test(text.trim()) && (!text.trim().endsWith("?") || POLITE.test(text.trim()));

/** `turn jellyfin off` as `turn off jellyfin`. */
const PARTED = /^(turn|switch|power|shut|bring)\s+(?!on\b|off\b|down\b|up\b)(\S+(?:\s+\S+){0,3}?)\s+(?:back\s+)?(on|off|down|up)(?:\s+again)?(?=[\s.!?]*$)/i;

export const bare = (text: string): string =>
  text
    .trim()
    .replace(/^\/(?=[a-z])/i, "")
    .replace(/[’‘]/g, "'")
    .replace(/^(what|how|why|where|who|when)s\b/i, "$1's")
    .replace(POLITE, "")
    .replace(/^(what|how|why|where|who|when)s\b/i, "$1's")
    .replace(/^(?:hard|force)[\s-]+(?=reset\b)/i, "")
    .replace(TAIL, "")
    .replace(/^(?:explain|tell me|say)\s+(?=why\b|who\b|when\b|what\b|how\b)/i, "")
    .trim()
    .replace(PARTED, "$1 $3 $2");

/** `do not restart nginx`: what, where nothing else is said. */
const forbidden = (words: string): { verb: Verb; what: string } | undefined => {
  const [, order = ""] = /^(?:do not|don'?t|never)\s+(?:ever\s+)?(.+)$/i.exec(words) ?? [];
  const [, , verb = "", what = ""] = ACT.exec(order) ?? [];
  const known = VERBS[verb.toLowerCase().replace(/\s+/g, " ")];
  if (known === undefined || NEGATED.test(what) || CONDITION.test(what) || ACT_WORD.test(what) || /\b(?:and|or|all|any\w*|every\w*)\b|,/i.test(what)) return undefined;
  return { verb: known, what: what.trim() };
};

export const wordsOf = (text: string): string[] =>
  bare(text)
    .toLowerCase()
    .match(/[a-z0-9][a-z0-9._/@-]*/g) ?? [];

/** What is whole by itself, in words that order nothing of a thing. */
const readWhole = (text: string, words: string): Intent | undefined =>
  readHouseWish(text) ??
  readSmallTalk(text) ??
  (/^\s*\?+\s*$/.test(text) || words === "" ? { kind: "help" } : undefined) ??
  readReport(words) ??
  (isShadowAsked(words) ? { kind: "shadow" } : undefined) ??
  readVeto(text) ??
  readLimit(words) ??
  readQuestion(words) ??
  readStanding(words);

const order = (act: RegExpExecArray): Extract<Intent, { kind: "act" }> => {
  const [, before, verb = "", what = "", behind] = act;
  return { kind: "act", verb: VERBS[verb.toLowerCase().replace(/\s+/g, " ")] ?? "restart", force: Boolean(before ?? behind), what: what.trim() };
};

/** An order, or why it is none. Undefined: it does not begin as one does. */
const readOrdered = (text: string, words: string): Intent | undefined => {
  const verb = VERBS[words.toLowerCase().replace(/[\s.!]+$/, "")];
  if (verb !== undefined) return { kind: "act", verb, force: false, what: "" };
  const act = ACT.exec(words);
  if (act === null) return undefined;
  const what = act[3] ?? "";
  const isAbout = STATEMENT.test(what) || ACT_WORD.test(what) || /\b(?:why|when|how|who|what)$/i.test(what);
  if (words.endsWith("?")) return mayOrder(text) && !isAbout && !CONDITION.test(what) ? order(act) : undefined;
  if (isAbout) return { kind: "unknown" };
  return CONDITION.test(what) ? { kind: "not-act", why: "condition" } : order(act);
};

/** How to do it, whether to, whether it is wise: no fault is asked about. */
const ADVICE =
  /^(?:how (?:do|can|could|should|would) (?:i|we|you|one)|(?:should|shall|can|could|may|must) (?:i|we)|is it (?:safe|ok|okay|wise|possible|a good idea)|what (?:happens|would happen))\b/i;

/** Reads one sentence. */
export const readIntent = (text: string): Intent => {
  const words = bare(text);
  const whole = readWhole(text, words);
  if (whole) return whole;
  const isWhy = /^(?:why|how come)\b/i.test(words);
  if (NEGATED.test(words) && ACT_WORD.test(words) && !isWhy) return { kind: "not-act", why: "negated", ...forbidden(words) };
  const german = readGerman(text);
  if (german) return german;
  const ordered = readOrdered(text, words);
  if (ordered) return ordered;
  const isRequest = !QUESTION.test(words) || /^do you mind\b/i.test(words);
  const slip = isRequest && !NEGATED.test(words) && !CONDITION.test(words) ? readSlip(words) : undefined;
  if (slip) return { kind: "perhaps", ...slip };
  if (ACT_WORD.test(words) && ADVICE.test(words)) return { kind: "not-act", why: "question" };
  const told = readAsked(words);
  if (told) return told;
  if (ACT_WORD.test(words) && (QUESTION.test(words) || words.endsWith("?"))) return { kind: "not-act", why: "question" };
  if (QUESTION.test(words) || NEGATED.test(words)) return { kind: "unknown" };
  return { kind: "tool", words: wordsOf(text) };
};
