// One sentence in, one reply out, by rules alone: reads the intent, finds what is meant, answers or has a call made. Acts only by the hands it is handed.
import { JarvisError } from "../../contract/error.ts";
import type { Period, Report } from "../../contract/report.ts";
import type { Shadow } from "../../contract/shadow.ts";
import { help, line, overview, usage, type View, wrong } from "./answers.ts";
import {
  about,
  act,
  answer,
  type Caller,
  carryOut,
  isBareWord,
  isNo,
  isYes,
  lookAt,
  named,
  type Pending,
  type Reply,
  settlePending,
  shallI,
  spokenBy,
  words,
  wordThatNamesOne,
} from "./doing.ts";
import { followed, type Last } from "./follow.ts";
import { type HouseHands, houseReply } from "./house-reply.ts";
import { bare, mayOrder, readIntent, wordsOf } from "./intent.ts";
import { readLook } from "./look.ts";
import { nearTo, plain, whatIsMeant } from "./name.ts";
import { isForMany, readOrder } from "./order.ts";
import { byeSaid, helloSaid, thanksSaid, whoSaid } from "./people.ts";
import { personaReply } from "./persona-wish.ts";
import { roomOf } from "./room.ts";
import { type RuleHands, ruleReply } from "./rule-reply.ts";
import { readSentence, type Told } from "./sentence.ts";
import { shadowSaid } from "./shadow.ts";
import { respelt } from "./spelling.ts";
import { downSaid, onSaid } from "./standing.ts";
import { changes, leftAlone, today } from "./today.ts";
import { toldReport } from "./told-report.ts";
import { spokenTool } from "./tool.ts";
import { statusAndRoot, why } from "./why.ts";
import type { Intent } from "./wish.ts";

export interface Hands extends Caller {
  /** Absent: nothing is counted here. */
  shadow?: (() => Shadow) | undefined;
  /** Absent: no rules are kept here. */
  rules?: RuleHands | undefined;
  /** Absent: no switch is in reach. */
  house?: HouseHands | undefined;
  /** Throws bad_input for what is no day. Absent: no reports are made here. */
  report?: ((wanted: { period: Period; date?: string | undefined }) => Promise<Report>) | undefined;
}

const NOT_ACT = {
  negated: 'Understood: I leave it as it is. To have it kept as a rule, say it plainly, such as "never restart NAME at night".',
  question: 'You asked, so I only tell: I did nothing. To have it done, say it plainly, such as "restart NAME".',
  condition: "I do not do things later or on a condition by myself yet; say it when the time has come.",
} as const;

/** A no to something that may not even be there: which thing it is, and whether the no is kept. */
const notAct = (view: View, { why: reason, verb, what }: Extract<Intent, { kind: "not-act" }>): Reply => {
  if (reason !== "negated" || verb === undefined || what === undefined) return words("not-act", NOT_ACT[reason]);
  const meant = whatIsMeant(what, view.resources);
  if (meant.found === "none")
    return words(
      "not-act",
      `I know nothing called "${what.slice(0, 80)}", so there is nothing to leave alone, and no rule is kept.${nearTo(what, view.resources) || ' "status" tells what I know.'}`,
    );
  const names = meant.found === "one" ? named(meant.resource) : meant.resources.map(named).join(", ");
  return words(
    "not-act",
    `Understood: I leave ${names} as it is. That is for now, no rule is kept; to have one, say "never ${verb} ${meant.found === "one" ? meant.resource.name : "NAME"}".`,
  );
};

/** What is no sentence of the grammar: a tool's own words, or the one thing that is named. */
const speak = (view: View, hands: Hands, said: readonly string[], isOrder: boolean): Promise<Reply> | Reply => {
  const single = whatIsMeant(said.join(" "), view.resources);
  const meant = single.found === "one" ? single : wordThatNamesOne(said, view.resources);
  const spoken = spokenTool(said, meant.found === "one" ? meant.resource : undefined, hands.tools(), isOrder);
  if (spoken) return spokenBy(view, hands, spoken);
  if (single.found === "one") return answer("status", statusAndRoot(view, single.resource), single.resource);
  if (single.found === "many" && said.length === 1) return words("ask-back", `${line(view.persona, "unsure")} ${single.resources.map(named).join(", ")}.`);
  return beyond(view, said);
};

/** What was not understood, what was of it, and what would be. */
const beyond = (view: View, said: readonly string[]): Reply => {
  const meant = wordThatNamesOne(said, view.resources);
  const heard = meant.found === "one" ? ` I heard ${named(meant.resource)}, but not what you want of it; "status of ${meant.resource.name}" tells how it is.` : "";
  return words("unknown", `${line(view.persona, "rules")} That one is beyond me.${heard} ${usage()}`);
};

const report = async (view: View, hands: Hands, { period, date }: Extract<Intent, { kind: "report" }>): Promise<Reply> => {
  const kind = `report ${period}`;
  if (!hands.report) return answer(kind, today(view));
  try {
    return answer(kind, toldReport(await hands.report({ period, date })));
  } catch (thrown) {
    if (thrown instanceof JarvisError && thrown.type === "bad_input") return words(kind, thrown.message);
    throw thrown;
  }
};

const tell = (view: View, hands: Hands, intent: Intent, text: string): Promise<Reply> | Reply | undefined => {
  switch (intent.kind) {
    case "hello":
      return answer("hello", helloSaid(view));
    case "thanks":
      return answer("thanks", thanksSaid(view));
    case "who":
      return answer("who", whoSaid(view));
    case "bye":
      return answer("bye", byeSaid(view));
    case "help":
      return answer("help", help(view));
    case "well":
    case "overview":
      return answer("overview", overview(view));
    case "wrong":
      return answer("wrong", wrong(view));
    case "status":
      return about(view, "status", intent.what, statusAndRoot);
    case "why":
      return about(view, "why", intent.what, why);
    case "room":
      return about(view, "room", intent.what, roomOf);
    case "on":
      return about(view, "on", intent.what, (seen, carrier) => onSaid(seen, carrier, intent.of));
    case "down":
      return answer(intent.of === undefined ? "down" : `down ${intent.of}`, downSaid(view, intent.of));
    case "today":
      return answer("today", today(view));
    case "left-alone":
      return answer("left-alone", leftAlone(view));
    case "changes":
      return answer("changes", changes(view));
    case "report":
      return report(view, hands, intent);
    case "shadow":
      return hands.shadow === undefined ? beyond(view, wordsOf(text)) : answer("shadow", shadowSaid(hands.shadow()));
    default:
      return undefined;
  }
};

const heed = async (view: View, hands: Hands, intent: Intent, text: string, shown?: string): Promise<Reply> => {
  switch (intent.kind) {
    case "act":
      return act(view, hands, intent);
    case "perhaps":
      return shallI(view, intent) ?? speak(view, hands, wordsOf(text), mayOrder(text));
    case "not-act":
      return notAct(view, intent);
    case "rule":
    case "limit":
    case "forget-rule":
    case "rules":
      return words(intent.kind, hands.rules === undefined ? NOT_ACT.negated : ruleReply(intent, hands.rules, view.resources, hands.tools()));
    case "hold":
    case "release":
    case "asks":
    case "decide":
      return words(intent.kind, await houseReply(intent, hands.house, view.resources, shown));
    case "tool":
      return speak(view, hands, intent.words, mayOrder(text));
    default:
      return (await tell(view, hands, intent, text)) ?? beyond(view, wordsOf(text));
  }
};

/** Rules read plain sentences; in anything longer they would only find words. */
const LONGEST = 400;

const isUnread = ({ kind }: Intent): boolean => kind === "tool" || kind === "unknown";

const isHouseWish = ({ kind }: Intent): boolean => kind === "hold" || kind === "release" || kind === "asks" || kind === "decide";

/** What shall never be done is a rule, however it is introduced. */
const isRule = ({ kind }: Intent): boolean => kind === "rule" || kind === "limit" || kind === "forget-rule" || kind === "rules";

/** `last`: what the conversation was about a while ago; `shown`: the id of the one ask it told last; `told`: what a tool answered last. */
export const reply = async (view: View, hands: Hands, said: string, pending: Pending | undefined, last?: Last, shown?: string, told?: Told): Promise<Reply> => {
  if (said.length > LONGEST) return words("unknown", `${line(view.persona, "rules")} That is longer than the ${LONGEST} letters I read; say it in one plain sentence. ${usage()}`);
  const voice = personaReply(said, hands.house?.personas);
  if (voice !== undefined) return words("persona", voice);
  const plainly = readIntent(said);
  if (pending && (isUnread(plainly) || isYes(said) || isNo(said))) {
    const settled = await settlePending(view, hands, pending, said);
    if (settled) return settled;
  }
  if (isBareWord(said)) return words("not-act", "I have asked nothing that waits for a yes or a no.");
  // "Hold it" means the switch, whatever was named before.
  if (isHouseWish(plainly)) return heed(view, hands, plainly, said, shown);
  const sentence = isRule(plainly) ? undefined : readSentence(said, hands.tools(), told, view.nowMs);
  if (sentence) return spokenBy(view, hands, sentence);
  const { text, also } = followed(said, last, view.nowMs);
  if (also) return shallI(view, also) ?? about(view, "status", also.what, statusAndRoot);
  const intent = text === said ? plainly : readIntent(text);
  if (intent.kind === "tool" && isForMany(bare(text), hands.tools())) return words("ask-back", "One at a time, please: name a single thing.");
  const order = intent.kind === "tool" && mayOrder(said) ? readOrder(bare(text), view.resources, hands.tools()) : undefined;
  if (order) return carryOut(view, hands, order);
  // What is down or runs on what is known without a look.
  const look = intent.kind === "down" || intent.kind === "on" ? undefined : readLook(text, view.resources, hands.tools());
  if (look) return lookAt(view, hands, look);
  const made = await heed(view, hands, intent, text);
  if (intent.kind === "act" || (made.kind !== "unknown" && made.kind !== "unknown-name")) return made;
  // Nothing was understood, so nothing was done: perhaps it was mistyped. An order is never read out of another name.
  const names = new Set(view.resources.flatMap(({ name }) => [name.toLowerCase(), plain(name)]));
  const right = respelt(text, (word) => names.has(word));
  if (right === text) return made;
  const again = await heed(view, hands, readIntent(right), right);
  return again.kind === "unknown" ? made : again;
};
