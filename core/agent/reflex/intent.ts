// What a sentence asks for, by rules alone. An act is read only from a plain imperative; denials, questions and conditions never act. Pure.
import { readGerman } from "./german.ts";
import { isShadowAsked, readLimit } from "./limit.ts";
import { readQuestion } from "./question.ts";
import { readReport } from "./report-wish.ts";
import { readSlip } from "./slip.ts";
import { readVeto } from "./veto.ts";
import type { Intent, Verb } from "./wish.ts";

const POLITE =
  /^(?:(?:hey|ok|okay|hi|hello|jarvis|please|pls|plz|yes|now|just|go ahead and|could you|can you|would you(?! mind)|will you|i want you to|i need you to|i'?d like you to|kindly)[\s,:!]+)+/i;
const TAIL = /(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|right now|now|asap|for me|would you|will you|jarvis))+(?=[\s.!?]*$)/i;
const ACT =
  /^(?:(force|hard|forcibly)[\s-]+)?(restart|reboot|bounce|start|boot|power on|turn on|bring up|stop|shut ?down|power off|turn off|halt)\s+(?:up\s+|down\s+)?(.+?)(\s+(?:hard|by force|forcibly))?[\s.!?]*$/i;
const VERBS: Record<string, Verb> = {
  restart: "restart",
  reboot: "restart",
  bounce: "restart",
  start: "start",
  boot: "start",
  "power on": "start",
  "turn on": "start",
  "bring up": "start",
  stop: "stop",
  shutdown: "stop",
  "shut down": "stop",
  "power off": "stop",
  "turn off": "stop",
  halt: "stop",
};
const NEGATED =
  /\b(?:not|don'?t|never|no longer|without|instead of|avoid|refrain|cancel|nobody|nothing|no|no one|none|neither|nor|won'?t|shouldn'?t|mustn'?t|can'?t|cannot|wouldn'?t|needn'?t|isn'?t|forbid|except|but)\b/i;
const CONDITION =
  /\b(?:if|when|unless|until|once|after|before|whenever|in case|every|tomorrow|tonight|later|at \d|in (?:an? |\d+ ?)(?:[smhd]|sec\w*|min\w*|hours?|days?)|and then|then)\b/i;
const ACT_WORD = /\b(?:re)?start(?:ed|ing|s)?\b|\breboot\w*|\bstop(?:ped|ping|s)?\b|\bshut(?:ting)? ?down\b|\bpower(?:ed)? (?:on|off)\b|\bturn(?:ed)? (?:on|off)\b/i;
/** A sentence about an act, not an order. */
const STATEMENT =
  /^(?:(?:re)?starting|rebooting|stopping|of|for|was|is|has|had|failed|policy|order|count|loop)\b|\b(?:was|is|were|are|has|had|failed|because|should|would|could)\b/i;
const QUESTION = /^(?:why|what|when|who|how|did|do|does|have|has|had|is|are|was|were|should|shall|may|might|which|where|will it|would it)\b/i;

const bare = (text: string): string =>
  text
    .trim()
    .replace(/^\/(?=[a-z])/i, "")
    .replace(/[’‘]/g, "'")
    .replace(POLITE, "")
    .replace(TAIL, "")
    .replace(/^(?:explain|tell me|say)\s+(?=why\b|who\b|when\b|what\b|how\b)/i, "")
    .trim();

const asked = (text: string): Intent | undefined => {
  const whoOrWhen =
    /^(?:who|what)\s+(?:has\s+|had\s+)?(?:stopped|killed|crashed|restarted|rebooted|shut down|powered off|turned off)\s+(.+?)[\s?.!]*$/i.exec(text) ??
    /^when\s+(?:did|was|has)\s+(.+?)\s+(?:stop(?:ped)?|crash(?:ed)?|die(?:d)?|go(?:ne)? down)[\s?.!]*$/i.exec(text);
  if (whoOrWhen) return { kind: "why", what: (whoOrWhen[1] ?? "").trim() };
  const why =
    /^(?:why|how come|what)\s+(?:did|has|was|is|made|caused|happened to)?\s*(.+?)\s*(?:stop(?:ped)?|go(?:ne)? down|went down|die(?:d)?|crash(?:ed)?|down|off|not running|dead)?[\s?.!]*$/i.exec(
      text,
    );
  if (why && /^(?:why|how come)\b|what (?:happened to|made|caused)/i.test(text))
    return { kind: "why", what: (why[1] ?? "").replace(/(?<![\w-])(?:stop(?:ped)?|crash(?:ed)?|die(?:d)?|down|restart(?:ed)?|you)(?![\w-])/gi, " ").trim() };
  if (/\bwh?at(?:'?s| is| are)?\b.*\b(?:wrong|broken|failing|problems?|the matter)\b|\banything (?:wrong|broken)\b|\bany (?:problems?|incidents?|issues?|alerts?)\b/i.test(text))
    return { kind: "wrong" };
  if (/\bwhat (?:did|have) (?:you|u) (?:do|done)\b|\bwhat(?:'s| has)? happened\b.*\b(?:today|lately|recently)?|\btoday'?s (?:report|work)\b|^(?:today|report)\b/i.test(text))
    return { kind: "today" };
  const told = /^(?:tell me about|show me|give me|what about|how about)\s+(?:the\s+)?(?:(?:status|state|health)\s+of\s+)?(?:the\s+)?(.+?)[\s?.!]*$/i.exec(text);
  if (told) return { kind: "status", what: told[1] ?? "" };
  const status =
    /^(?:what(?:'s| is)\s+(?:the\s+)?)?(?:status|state|health|how)\s*(?:of|is|are|'s|does|do)?\s+(?:the\s+)?(.+?)(?:\s+(?:doing|feel|feeling|running|look|looking))?[\s?.!]*$/i.exec(
      text,
    ) ??
    /^(?!show|give|get|the\b)(\S+(?: \S+)?)(?:'s)?\s+(?:status|state|health)[\s?.!]*$/i.exec(text) ??
    /^(?:is|are)\s+(.+?)\s+(?:up|down|running|ok(?:ay)?|alive|healthy|well|stopped|online|offline)[\s?.!]*$/i.exec(text);
  const what = status?.[1]?.trim() ?? "";
  if (status && !/^(?:things|everything|it going|all|we|you|the (?:cluster|house|homelab|place)|cluster|house|homelab|place)$/i.test(what)) return { kind: "status", what };
  if (status || /^(?:status|overview|summary|how are things|how is everything|all well|are we fine)\b/i.test(text)) return { kind: "overview" };
  return undefined;
};

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

/** Reads one sentence. */
export const readIntent = (text: string): Intent => {
  const words = bare(text);
  if (words === "" || /^(?:help|\?|what can you do|commands)\b/i.test(words)) return { kind: "help" };
  if (/^wrong\b/i.test(words)) return { kind: "wrong" };
  const report = readReport(words);
  if (report) return report;
  if (isShadowAsked(words)) return { kind: "shadow" };
  const veto = readVeto(text) ?? readLimit(words);
  if (veto) return veto;
  const question = readQuestion(words);
  if (question) return question;
  if (NEGATED.test(words) && ACT_WORD.test(words) && !/^(?:why|how come)\b/i.test(words)) return { kind: "not-act", why: "negated", ...forbidden(words) };

  const german = readGerman(text);
  if (german) return german;
  const act = ACT.exec(words);
  if (act && !words.endsWith("?")) {
    const [, before, verb = "", what = "", behind] = act;
    if (STATEMENT.test(what) || ACT_WORD.test(what) || /\b(?:why|when|how|who|what)$/i.test(what)) return { kind: "unknown" };
    if (CONDITION.test(what)) return { kind: "not-act", why: "condition" };
    return { kind: "act", verb: VERBS[verb.toLowerCase().replace(/\s+/g, " ")] ?? "restart", force: Boolean(before ?? behind), what: what.trim() };
  }
  if (act && POLITE.test(text.trim()) && !STATEMENT.test(act[3] ?? "") && !CONDITION.test(act[3] ?? ""))
    return { kind: "act", verb: VERBS[(act[2] ?? "").toLowerCase().replace(/\s+/g, " ")] ?? "restart", force: Boolean(act[1] ?? act[4]), what: (act[3] ?? "").trim() };

  const isRequest = !QUESTION.test(words) || /^do you mind\b/i.test(words);
  const slip = isRequest && !NEGATED.test(words) && !CONDITION.test(words) ? readSlip(words) : undefined;
  if (slip) return { kind: "perhaps", ...slip };
  const told = asked(words);
  if (told) return told;
  if (ACT_WORD.test(words) && (QUESTION.test(words) || words.endsWith("?"))) return { kind: "not-act", why: "question" };
  if (QUESTION.test(words) || NEGATED.test(words)) return { kind: "unknown" };
  return { kind: "tool", words: wordsOf(words) };
};
