// The switches in words: hold everything, act again, what waits for a person, approve or reject it; in English and German. Only whole, plain sentences; denials and questions move no switch. Pure.
import type { Intent } from "./wish.ts";

const ASK = "(?<ask>ask-[a-z0-9]{1,20})";
const THAT = "(?:it|this|that|that one|the (?:ask|request|call|act)|das|es|die (?:anfrage|bitte)|den antrag)";
const whole = (words: string): RegExp => new RegExp(`^(?:${words})$`, "i");

const HOLD = whole(
  [
    "(?:please )?(?:hold|pause|freeze|halt) (?:everything|all|all (?:actions?|acts|automation|work)|every action)(?: (?:you are|you're) doing)?(?: now| right now)?",
    "(?:please )?stop (?:everything|all|all actions?|anything|doing anything|doing everything|whatever)(?: (?:that )?(?:you are|you're) doing| you do| right now| now| at once)?",
    "(?:engage|activate|pull|press|hit|use|throw|trigger) (?:the )?(?:kill ?switch|emergency stop|emergency brake)",
    "(?:the )?kill ?switch(?: (?:on|now|please|engage|aktivieren|ziehen|dr(?:ü|ue)cken|ein))?",
    "kill (?:everything|all(?: automation| actions?)?)(?: now| right now)?",
    "emergency stop|emergency|panic|freeze|hold|hold it|hold on everything|hands off everything now|stand down|do nothing(?: (?:more|until i say so|for now))?|stop acting|stop all automation|stop jarvis",
    "(?:hands off for now,? )hold",
    "halt(?:e)? alles an|alles anhalten|alles stopp(?:en)?,? was du (?:gerade )?(?:tust|machst)|stopp(?:e)? alles(?:,? was du (?:gerade )?(?:tust|machst))?|h(?:ö|oe)r(?:e)? (?:sofort )?mit allem auf|not-?aus|not-?halt|notstopp|(?:den )?kill ?switch (?:aktivieren|ziehen|dr(?:ü|ue)cken)|tu(?:e)? (?:jetzt )?nichts mehr|mach(?:e)? nichts mehr",
  ].join("|"),
);
const RELEASE = whole(
  "(?:please )?(?:release|disengage|lift|undo|reset)(?: (?:the )?(?:kill ?switch|hold|emergency stop))|release|you (?:may|can) act(?: again)?|resume (?:everything|acting|automation)|act again|(?:gib|geb(?:e)?) (?:alles )?(?:wieder )?frei|(?:den )?kill ?switch (?:l(?:ö|oe)sen|freigeben|aufheben)|du darfst wieder(?: handeln)?",
);
const ASKS = whole(
  "(?:what|which|show|list|any|are there any|is|are|tell me)?(?: me)?(?: the| all| any| my| your)?(?: (?:open|pending|waiting))? ?(?:asks?|requests|approvals)(?: (?:are )?(?:there|open|pending|waiting))?(?: for (?:me|approval|my word))?|what(?:'s| is| are)? (?:you )?(?:waiting|pending)(?: for)?(?: (?:me|my (?:word|approval|decision|ok)|approval))?|what are you waiting for|what (?:needs|requires|awaits|wants) (?:my )?(?:approval|word|decision|ok)|is (?:anything|something) (?:waiting|pending)(?: for (?:me|approval|my (?:approval|word|decision)))?|was wartet(?: (?:auf (?:mich|freigabe)|noch))?|was steht (?:noch )?(?:zur freigabe )?(?:an|aus)|(?:welche|offene|zeig(?:e)?(?: mir)?(?: die)?(?: offenen)?) (?:anfragen|freigaben)(?: (?:gibt es|sind offen|warten))?|worauf wartest du|(?:gibt es|sind|hast du) (?:noch |irgendwelche )?(?:offene )?(?:anfragen|freigaben)(?: offen)?",
);
const DECIDE: readonly [RegExp, "approve" | "reject"][] = [
  [
    new RegExp(
      `^(?:yes,? |ok(?:ay)?,? |please |ja,? )*(?:approve|accept|allow|confirm|genehmige?|erlaube?|best(?:ä|ae)tige?|gib)(?: (?:the )?(?:ask |anfrage )?(?:${ASK}|${THAT}))(?: frei)?(?:[,:]? (?:for |f(?:ü|ue)r |on )?(?<confirm>[a-z0-9][a-z0-9._/-]{0,99}))?$`,
      "i",
    ),
    "approve",
  ],
  [new RegExp(`^(?:${ASK}) (?:genehmigen|freigeben|erlauben|best(?:ä|ae)tigen|approve|approved)$`, "i"), "approve"],
  [
    new RegExp(
      `^(?:no,? |please |nein,? )*(?:reject|deny|decline|refuse|dismiss|turn down|lehne?|verweigere?|verwirf)(?: (?:the )?(?:ask |anfrage )?(?:${ASK}|${THAT}))(?: (?:ab|down))?(?:[:,]? (?<why>.{1,300}))?$`,
      "i",
    ),
    "reject",
  ],
  [new RegExp(`^(?:${ASK}) (?:ablehnen|verwerfen|reject|rejected|deny)$`, "i"), "reject"],
];

/** Undefined: none of the switches is meant. */
export const readHouseWish = (text: string): Intent | undefined => {
  const said = text.trim().replace(/[’‘]/g, "'");
  const words = said
    .replace(/^(?:(?:hey|ok|okay|jarvis|please|pls|bitte|now|jetzt)[\s,:!]+)+/i, "")
    .replace(/(?:[\s,]+(?:please|pls|right now|now|jarvis|bitte|jetzt|sofort|immediately|at once))+(?=[\s.!?]*$)/i, "")
    .replace(/[\s.!?]+$/, "")
    .replace(/\s+/g, " ");
  if (ASKS.test(words)) return { kind: "asks" };
  if (said.endsWith("?")) return undefined;
  if (HOLD.test(words)) return { kind: "hold" };
  if (RELEASE.test(words)) return { kind: "release" };
  for (const [form, decision] of DECIDE) {
    const groups = form.exec(words)?.groups;
    if (groups === undefined) continue;
    const { ask, confirm, why } = groups;
    return {
      kind: "decide",
      decision,
      ...(ask === undefined ? {} : { ask: ask.toLowerCase() }),
      ...(confirm === undefined ? {} : { confirm }),
      ...(why === undefined ? {} : { why }),
    };
  }
  return undefined;
};
