// The same few sentences in German. As in English an act is read only from a plain order; what is denied, asked or put under a condition never acts. Pure.
import { readAskedGerman } from "./asked-german.ts";
import type { Intent, Verb } from "./wish.ts";

const POLITE =
  /^(?:(?:hey|hallo|hi|ok|okay|moin|guten (?:morgen|tag|abend)|jarvis|bitte|mal|jetzt|sofort|dann|und|kannst du|k(?:ö|oe)nntest du|w(?:ü|ue)rdest du|magst du|ich m(?:ö|oe)chte,? dass du|du sollst)(?:[\s,:!]+|$))+/i;
const TAIL = /(?:[\s,]+(?:bitte|mal|danke|jetzt|sofort|kurz))+[\s.!?]*$/i;

export const NEGATED = /\b(?:nicht|nichts|nie|niemals|kein\w*|ohne|lass|lasse|statt|anstatt|vermeide|h(?:ö|oe)r(?:e)? auf|niemand|auf keinen fall|weder)\b/i;
export const CONDITION =
  /\b(?:wenn|falls|sobald|bevor|nachdem|danach|dann|solange|bis|sp(?:ä|ae)ter|morgen|(?:heute )?(?:abend|nacht)|um \d+|in (?:einer?|\d+) ?(?:s|sek\w*|min\w*|h|std|stunden?|tag\w*)|jede[nrs]?|immer|gleich nach|demn(?:ä|ae)chst|irgendwann)\b/i;
const ACT_WORD =
  /\b(?:neu ?start\w*|(?:neu )?(?:ge|zu)?start(?:e|en|et|est)|neu (?:ge|zu )start\w*|stopp(?:e|en|t)?|gestoppt|anhalten|herunter(?:ge|zu)?fahren|runter(?:ge|zu)?fahren|hochfahren|rebooten|boote?|halte?(?=.*\san\b)|mach(?:e)?(?=.*\s(?:an|aus)\b)|fahr(?:e)?|schalt(?:e|et)?|(?:aus|ein|an)(?:ge|zu)?schalt\w*|beende\w*)\b/i;
const QUESTION =
  /^(?:warum|wieso|weshalb|wer|wann|wie|was|wo|welche\w*|soll(?:en|te|test|st)?|darf|muss|hast|habt|hat|wurde|wurden|ist|sind|war|w(?:ä|ae)re|l(?:ä|ae)uft|laufen|geht|gibt|stimmt|startet|stoppt)\b/i;

/** The name is the first group. The more telling form first: `starte X neu` is no start. */
const ORDERS: readonly [Verb, RegExp][] = [
  ["restart", /^(?:start|boot)(?:e|et)?\s+(.+?)\s+neu$/i],
  ["restart", /^start(?:e)?\s+(.+?)\s+durch$/i],
  ["restart", /^(?:einen\s+)?neustart\s+(?:von|f(?:ü|ue)r|des|der|vom)\s+(.+)$/i],
  ["restart", /^(.+?)\s+(?:neu\s?starten|durchstarten|rebooten)$/i],
  ["start", /^start(?:e|et)\s+(.+)$/i],
  ["start", /^fahr(?:e)?\s+(.+?)\s+(?:hoch|rauf)$/i],
  ["start", /^schalt(?:e)?\s+(.+?)\s+(?:ein|an)$/i],
  ["start", /^mach(?:e)?\s+(.+?)\s+an$/i],
  ["start", /^(.+?)\s+(?:starten|hochfahren|einschalten|anschalten)$/i],
  ["stop", /^(?:stopp(?:e)?|beende|halte)\s+(.+?)(?:\s+an)?$/i],
  ["stop", /^fahr(?:e)?\s+(.+?)\s+(?:herunter|runter)$/i],
  ["stop", /^schalt(?:e)?\s+(.+?)\s+(?:aus|ab)$/i],
  ["stop", /^mach(?:e)?\s+(.+?)\s+aus$/i],
  ["stop", /^(.+?)\s+(?:stoppen|beenden|anhalten|herunterfahren|runterfahren|ausschalten|abschalten)$/i],
];

/** `starte nginx nicht neu`: what, where nothing else is said. */
const forbidden = (words: string): { verb: Verb; what: string } | undefined => {
  const plain = words.replace(/\s+nicht(?=\s|$)/i, "");
  const [verb, form] = ORDERS.find(([, one]) => one.test(plain)) ?? [];
  const what = form?.exec(plain)?.[1]?.trim() ?? "";
  return verb === undefined || what === "" || /\s/.test(what) || NEGATED.test(plain) ? undefined : { verb, what };
};

/** Words that no English sentence has. */
const ONLY =
  /(?<![\w.-])(?:bitte|danke|dankesch(?:ö|oe)n|hallo|moin|ist|sind|nicht|nichts|kein\w*|warum|wieso|weshalb|wie|wer|wann|welche[rsnm]?|starte|stoppe|fahre?|schalte?|neu|zeige?|gib|mir|dich|du|hast|kannst|l(?:ä|ae)uft|laufen|alles|g(?:ä|ae)ste|knoten|speicher|sicherung|und|auf|von|heute|gemacht|guten|hilfe|genehmige|lehne|erz(?:ä|ae)hl|soll|ich|den|das|der|tagesbericht|wochenbericht|notaus|(?:ü|ue)bersicht)(?![\w-])/i;
export const isGerman = (text: string): boolean => ONLY.test(text);

/** Undefined for what is no German sentence it knows. */
export const readGerman = (text: string): Intent | undefined => {
  const said = text.trim();
  const asks = said.endsWith("?");
  const isPolite = POLITE.test(said);
  const words = said
    .replace(POLITE, "")
    .replace(TAIL, "")
    .replace(/[\s.!?]+$/, "")
    .trim();
  if (words === "") return undefined;
  const told = readAskedGerman(words);
  if (told) return told;
  if (!ACT_WORD.test(words)) return undefined;
  if (NEGATED.test(words)) return { kind: "not-act", why: "negated", ...forbidden(words) };
  if (CONDITION.test(words)) return { kind: "not-act", why: "condition" };
  if (QUESTION.test(words)) return { kind: "not-act", why: "question" };
  const order = ORDERS.find(([, form]) => form.test(words));
  if (order === undefined) return undefined;
  if (asks && !isPolite) return { kind: "not-act", why: "question" };
  const what = order[1].exec(words)?.[1]?.trim() ?? "";
  return ACT_WORD.test(what) || /[:"„“]/.test(what) ? { kind: "unknown" } : { kind: "act", verb: order[0], force: false, what };
};
