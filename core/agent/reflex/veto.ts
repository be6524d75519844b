// The operator's veto in words: what shall never be done, or not without asking, and at which hours. Reads a rule, starts nothing; what it is not sure of it does not read. Pure.
import { HOURS, type RULE_MODES } from "../../contract/rule.ts";

/** `verb`: in its plain form; `touch` is everything that changes it. `what`: words that name it. */
export type RuleIntent =
  | { kind: "rule"; action: "deny" | "ask"; verb: string; what: string; when?: string; words: string }
  | { kind: "limit"; mode: (typeof RULE_MODES)[number]; what: string; isRunbook: boolean; words: string }
  | { kind: "forget-rule"; id: string }
  | { kind: "rules" };

const LEAD = /^(?:(?:hey|ok|okay|jarvis|please|pls|from now on|henceforth|always|ab jetzt|bitte|in zukunft)[\s,:!]+)+/i;
const TAIL = /(?:[\s,]+(?:please|pls|jarvis|thanks|thank you|bitte|danke|again|ever|ever again|from now on))+(?=[\s.!]*$)/i;

const HOUR = String.raw`(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|uhr)?`;
const SPAN = new RegExp(String.raw`\s+(?:between|from|zwischen|von)\s+${HOUR}\s+(?:and|to|until|till|und|bis)\s+${HOUR}$`, "i");
const NAMED: readonly [RegExp, keyof typeof HOURS][] = [
  [/\s+(?:at night|by night|overnight|during the night|in the night|nachts|bei nacht|in der nacht)$/i, "night"],
  [/\s+(?:by day|during the day|at daytime|tagsüber|tagsueber|am tag)$/i, "day"],
];
/** A condition a rule cannot hold: nothing is read from it. */
const CONDITION =
  /\b(?:if|when|unless|until|while|once|after|before|whenever|in case|today|tomorrow|tonight|later|now|yet|this|next|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|wenn|falls|bis|heute|morgen|jetzt|solange|and|but|except|or|und|oder|ausser|außer)\b/i;

const VERB_WORDS: readonly [RegExp, string][] = [
  [/^(?:touch|change|disturb|mess with|meddle with|modify|act on|anfassen|anrühren|ändern)$/i, "touch"],
  [/^(?:restart|reboot|bounce|reset|neu ?starten|rebooten)$/i, "restart"],
  [/^(?:stop|shut ?down|power off|turn off|switch off|halt|kill|stoppen|anhalten|herunterfahren|ausschalten|beenden)$/i, "stop"],
  [/^(?:start|boot|power on|turn on|switch on|bring up|starten|hochfahren|einschalten)$/i, "start"],
];
const VERBS =
  "touch|change|disturb|mess with|meddle with|modify|act on|restart|reboot|bounce|reset|stop|shut ?down|power off|turn off|switch off|halt|kill|start|boot|power on|turn on|switch on|bring up|migrate|move|delete|remove|destroy|update|upgrade|suspend|pause|snapshot|back ?up|prune|roll ?back|resize|clone|restore";
const GERMAN = "anfassen|anrühren|ändern|neu ?starten|rebooten|stoppen|anhalten|herunterfahren|ausschalten|beenden|starten|hochfahren|einschalten";

const of = (source: string): RegExp =>
  new RegExp(source.replaceAll("VERB", `(?<verb>${VERBS})`).replaceAll("GERMAN", `(?<verb>${GERMAN})`).replaceAll("WHAT", "(?<what>.+?)"), "i");

const DENY: readonly RegExp[] = [
  of("^(?:(?:you )?(?:must|should|may|shall|can) never|never(?: ever)?|do not ever|don'?t ever|you are never to|under no circumstances(?: do you)?) VERB WHAT$"),
  of("^WHAT (?:niemals|nie(?: wieder)?|auf keinen fall) GERMAN$"),
];
const HANDS_OFF: readonly RegExp[] = [
  of("^(?:do not|don'?t|never) (?:ever )?(?<verb>touch|disturb|mess with|meddle with) WHAT$"),
  of("^(?:keep )?(?:your )?hands off (?:of )?WHAT$"),
  of("^leave WHAT alone$"),
  of("^fass(?:e)? WHAT (?:nicht|nie|niemals) an$"),
  of("^(?:finger|hände) weg von WHAT$"),
  of("^lass(?:e)? WHAT in ruhe$"),
];
/** Without "never" it is a rule only where hours are named. */
const TIMED: readonly RegExp[] = [of("^(?:do not|don'?t|no) VERB WHAT$")];
const ASK: readonly RegExp[] = [
  of("^(?:ask|check with|consult|warn) me (?:first )?before (?:you |ever )?(?:ever )?VERB WHAT$"),
  of("^(?:ask|check with|consult) me (?:first )?before (?:you )?(?<ing>restarting|rebooting|stopping|starting|touching|changing|migrating|updating) WHAT$"),
  of("^frag(?:e)? mich,? bevor du WHAT (?<verb>neu ?startest|stoppst|startest|anfasst|anhältst|herunterfährst)$"),
];
const ING: Record<string, string> = {
  restarting: "restart",
  rebooting: "restart",
  stopping: "stop",
  starting: "start",
  touching: "touch",
  changing: "touch",
  migrating: "migrate",
  updating: "update",
};
const DU: Record<string, string> = {
  neustartest: "restart",
  "neu startest": "restart",
  stoppst: "stop",
  startest: "start",
  anfasst: "touch",
  anhältst: "stop",
  herunterfährst: "stop",
};

const verbOf = (groups: Record<string, string | undefined>): string => {
  if (groups.ing !== undefined) return ING[groups.ing.toLowerCase()] ?? "touch";
  const said = (groups.verb ?? "touch").toLowerCase();
  return DU[said] ?? VERB_WORDS.find(([form]) => form.test(said))?.[1] ?? said.replace(/\s+/g, "");
};

const clockOf = (hour: string, minute: string | undefined, half: string | undefined): string | undefined => {
  const given = Number(hour);
  const isHalf = /^[ap]m$/i.test(half ?? "");
  if (given > (isHalf ? 12 : 24) || Number(minute ?? 0) > 59) return undefined;
  const full = isHalf ? (given % 12) + (/pm/i.test(half ?? "") ? 12 : 0) : given % 24;
  return `${String(full).padStart(2, "0")}:${minute ?? "00"}`;
};

/** The hours at the end of the words, and the words without them. Undefined: hours that make no sense. */
const hoursIn = (text: string): { rest: string; when?: string } | undefined => {
  for (const [form, name] of NAMED) if (form.test(text)) return { rest: text.replace(form, ""), when: HOURS[name] ?? name };
  const span = SPAN.exec(text);
  if (!span) return { rest: text };
  const [, fromHour = "", fromMinute, fromHalf, toHour = "", toMinute, toHalf] = span;
  const from = clockOf(fromHour, fromMinute, fromHalf ?? (/[ap]m/i.test(toHalf ?? "") && Number(fromHour) <= 12 ? toHalf : undefined));
  const to = clockOf(toHour, toMinute, toHalf);
  if (from === undefined || to === undefined || from === to) return undefined;
  return { rest: text.replace(SPAN, ""), when: `${from}-${to}` };
};

const match = (forms: readonly RegExp[], text: string): Record<string, string | undefined> | undefined => {
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (groups) return groups;
  }
  return undefined;
};

/** Undefined: no rule is meant, or none that can be kept. */
export const readVeto = (text: string): RuleIntent | undefined => {
  const said = text.trim().replace(/[’‘]/g, "'");
  if (said.endsWith("?") && !/^(?:what|which)\b/i.test(said)) return undefined;
  const bare = said
    .replace(/[\s.!?]+$/, "")
    .replace(LEAD, "")
    .replace(TAIL, "")
    .trim();
  const forget = /^(?:forget|remove|delete|drop|lift|take out|vergiss|lösche|streiche)\s+(?:the\s+|die\s+)?(?:rule|regel)\s+(?:no\.?|number|nummer|#)?\s*(\d{1,9})$/i.exec(bare);
  if (forget) return { kind: "forget-rule", id: forget[1] ?? "" };
  if (
    /^(?:(?:what|which) (?:are|is) (?:my|the|your|our) rules?|(?:what|which) rules (?:are there|do (?:you|we|i) have|apply|hold)|(?:list|show)(?: me)?(?: (?:my|the|your|all))? rules|(?:my|the|your|all)? ?rules|(?:was|wie) (?:sind|lauten) (?:meine|die|deine) regeln|(?:zeig(?:e)? )?(?:mir )?(?:meine|die|deine|alle)? ?regeln)$/i.test(
      bare,
    )
  )
    return { kind: "rules" };
  const hours = hoursIn(bare.replace(TAIL, ""));
  if (hours === undefined) return undefined;
  const found = match(DENY, hours.rest) ?? match(HANDS_OFF, hours.rest) ?? (hours.when === undefined ? undefined : match(TIMED, hours.rest));
  const asked = found === undefined ? match(ASK, hours.rest) : undefined;
  const groups = found ?? asked;
  const what = groups?.what?.trim() ?? "";
  if (groups === undefined || what === "" || CONDITION.test(what)) return undefined;
  return { kind: "rule", action: asked ? "ask" : "deny", verb: verbOf(groups), what, ...(hours.when === undefined ? {} : { when: hours.when }), words: said.slice(0, 300) };
};
