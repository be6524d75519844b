// Whether a sentence asks for the report of a day or a week, in English or German: "daily report", "what happened this week", "Wochenbericht". Pure.
import type { Intent } from "./wish.ts";

type Wish = Extract<Intent, { kind: "report" }>;

const DATE = /\b(\d{4}-\d\d-\d\d)\b/;
const LAST = /\b(?:last|past|previous|yesterday(?:'?s)?|letzte[rsn]?|vergangene[rsn]?|vorige[rsn]?|gestern|gestrige[rsn]?)\b/i;
const WEEK = /\bweek(?:'?s|ly)?\b|\bwoche(?:n\w*)?\b|\bw(?:ö|oe)chentlich\w*/i;

/** "report" alone is the last day in a few words, as "what did you do today" is. */
const REPORT =
  /^(?:(?:give|show|tell|read|send) me |(?:show|read|give) |what(?:'s| is) |zeig(?:e)?(?: mir)? |gib(?: mir)? |lies(?: mir)? )?(?:the |my |a |den |der |das |einen )?(?:(?:daily|weekly|(?:this |last |past |previous )?(?:day|week)'?s|yesterday'?s|last|letzte[rn]|gestrige[rn]) (?:report|summary|digest|bericht)|(?:report|summary|digest) (?:of|for|from|on) (?:the |this |last |past |previous )?(?:day|week|yesterday|today|\d{4}-\d\d-\d\d)|(?:tages|wochen)(?:bericht|report)(?: von (?:gestern|heute)| (?:vom|f(?:ü|ue)r(?: den)?) \d{4}-\d\d-\d\d)?)$/i;
const HAPPENED =
  /^(?:what(?:'s| has| did)?(?: you| u| have you)? (?:happened|happen|done|do|been going on|went on|changed) (?:in the )?(?:(?:this|last|past|the last|the past|previous) week|yesterday|on \d{4}-\d\d-\d\d)|what(?:'s| has)? happened today|was ist heute (?:passiert|geschehen)|what have you done (?:(?:this|last|past) week|yesterday)|was (?:hast du|war|ist) (?:in )?(?:(?:diese[r]?|letzte[rn]?|vergangene[rn]?) woche|gestern)(?: so)?(?: los(?: gewesen)?| passiert| geschehen| gemacht| getan)?)$/i;

export const readReport = (text: string): Wish | undefined => {
  const words = text
    .trim()
    .replace(/[\s.!?]+$/, "")
    .replace(/\s+/g, " ");
  if (!REPORT.test(words) && !HAPPENED.test(words)) return undefined;
  const period = WEEK.test(words) ? "week" : "day";
  const date = DATE.exec(words)?.[1] ?? (LAST.test(words) ? "last" : undefined);
  return { kind: "report", period, ...(date === undefined ? {} : { date }) };
};
