// Questions about a day and about room: what was left alone, what changed, how full something is; in English or German. Pure.
import type { Intent } from "./wish.ts";

const LEFT_ALONE =
  /^(?:and )?(?:what (?:did|have|do) (?:you|u) (?:leave|left|let|not touch(?:ed)?|ignored?|skip(?:ped)?)\b.*|what (?:was|were|has been) (?:left alone|ignored|not touched)\b.*|(?:did|have) you (?:leave|left) (?:anything|something) alone\b.*|was hast du (?:heute |gestern )?(?:in ruhe|stehen) gelassen\b.*)$/i;
const CHANGES =
  /^(?:what(?:'s| has| is| have)? (?:changed|new|different)\b.*|what changes (?:were|are) there\b.*|(?:is there )?anything (?:new|changed)\b.*|was (?:hat|ist) (?:sich )?.*(?:geändert|veraendert|verändert|geaendert)\b.*|(?:was )?gibt(?:'s| es) (?:(?:et)?was )?neues\b.*)$/i;

const ROOM = "(?:disks?|drives?|storages?|file ?systems?|(?:disk |storage |free )?(?:space|room)|(?:disk|storage) (?:space|usage|use))";
const LEAD = "(?:(?:how(?:'s| is| are| full (?:is|are))|what(?:'s| is| are)|show(?: me)?|status of|state of|health of)\\s+)?(?:the\\s+)?";
const FORMS: readonly RegExp[] = [
  new RegExp(`^${LEAD}(?<what>\\S+?(?: \\S+?)?)(?:'s|s')\\s+${ROOM}(?:\\s+(?:doing|usage|full|health|left|free))*$`, "i"),
  new RegExp(`^${LEAD}${ROOM}\\s+(?:of|on|in|at)\\s+(?:the\\s+)?(?<what>.+)$`, "i"),
  /^how full (?:is|are) (?:the )?(?<what>.+)$/i,
  /^(?:how much|is there(?: enough| any)?) (?:disk |storage |free )?(?:space|room)(?: is| does)?(?: there)?(?: left| free)? (?:on|in) (?:the )?(?<what>.+?)(?: (?:left|free|have))*$/i,
  /^wie voll (?:ist|sind) (?:der |die |das )?(?<what>.+)$/i,
  /^wie ?viel platz (?:hat|ist(?: noch)? (?:auf|in)) (?:der |die |das |dem )?(?<what>.+?)(?: noch| frei)*$/i,
];
/** What `status of NAME` tells anyway. */
const FIGURE = new RegExp(`^${LEAD}(?<what>\\S+?(?: \\S+?)?)(?:'s|s')\\s+(?:memory|ram|cpu|load|uptime|health|status|state)(?:\\s+(?:usage|doing|load))*$`, "i");

export const readQuestion = (text: string): Intent | undefined => {
  const words = text
    .trim()
    .replace(/[\s.!?]+$/, "")
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, " ");
  if (LEFT_ALONE.test(words)) return { kind: "left-alone" };
  if (CHANGES.test(words)) return { kind: "changes" };
  const room = FORMS.map((form) => form.exec(words)?.groups?.what).find((what) => what !== undefined);
  if (room !== undefined) return { kind: "room", what: room };
  const figure = FIGURE.exec(words)?.groups?.what;
  return figure === undefined ? undefined : { kind: "status", what: figure };
};
