// One sentence in, one reply out, by rules alone: reads the intent, finds what is meant, answers or has a call made. Acts only by the call it is handed.
import type { CallAnswer } from "../../contract/call.ts";
import { JarvisError } from "../../contract/error.ts";
import type { Period, Report } from "../../contract/report.ts";
import type { LiveResource } from "../../contract/resource.ts";
import type { Shadow } from "../../contract/shadow.ts";
import type { BoundTool } from "../../tools/bound.ts";
import { help, line, overview, type Said, statusOf, type View, why, wrong } from "./answers.ts";
import { readIntent, wordsOf } from "./intent.ts";
import { type Meant, nearTo, whatIsMeant } from "./name.ts";
import { roomOf } from "./room.ts";
import { type RuleHands, ruleReply } from "./rule-reply.ts";
import { shadowSaid } from "./shadow.ts";
import { changes, leftAlone, today } from "./today.ts";
import { toldReport } from "./told-report.ts";
import { inputFor, spokenTool, toolFor } from "./tool.ts";
import type { Intent, Verb } from "./wish.ts";

/** What a question back waits for. */
export interface Pending {
  verb: Verb;
  force: boolean;
  among: string[];
}

export interface Reply extends Said {
  calls: string[];
  pending?: Pending;
}

export interface Hands {
  tools: () => readonly BoundTool[];
  /** Through the one pipeline, in the asker's own name. */
  call: (tool: BoundTool, input: unknown) => Promise<CallAnswer>;
  /** Absent: nothing is counted here. */
  shadow?: (() => Shadow) | undefined;
  /** Absent: no rules are kept here. */
  rules?: RuleHands | undefined;
  /** Throws bad_input for what is no day. Absent: no reports are made here. */
  report?: ((wanted: { period: Period; date?: string | undefined }) => Promise<Report>) | undefined;
}

const answer = (said: Said): Reply => ({ ...said, calls: [] });
const words = (text: string): Reply => ({ text, evidence: [], calls: [] });
const named = (resource: LiveResource): string => `${resource.name} (${resource.id})`;

const opening = (view: View, state: CallAnswer["state"]): string => {
  if (state === "succeeded") return line(view.persona, "done");
  if (state === "running") return line(view.persona, "working");
  if (state === "held") return line(view.persona, "held");
  return line(view.persona, state === "refused" ? "refused" : "failed");
};

const perform = async (view: View, hands: Hands, tool: BoundTool, input: unknown): Promise<Reply> => {
  const result = await hands.call(tool, input);
  const warnings = result.warnings?.length ? ` Note: ${result.warnings.map((warning) => warning.replace(/[.\s]+$/, "")).join("; ")}.` : "";
  return {
    text: `${opening(view, result.state)} ${result.text}${warnings}`.trim(),
    evidence: [{ claim: `${tool.name}: ${result.state}`, source: `journal ${result.callId}` }],
    calls: [result.callId],
  };
};

const actOn = (view: View, hands: Hands, intent: { verb: Verb; force: boolean }, resource: LiveResource): Promise<Reply> | Reply => {
  const tool = toolFor(intent.verb, intent.force, resource, hands.tools());
  return tool ? perform(view, hands, tool, inputFor(resource)) : words(`I have no tool to ${intent.verb} ${named(resource)}.`);
};

const act = (view: View, hands: Hands, intent: Extract<Intent, { kind: "act" }>): Promise<Reply> | Reply => {
  if (/\b(?:and|all|every|everything|both|each)\b|,/i.test(intent.what)) return words(`One at a time, please: name a single thing to ${intent.verb}.`);
  const meant = whatIsMeant(intent.what, view.resources);
  if (meant.found === "one") return actOn(view, hands, intent, meant.resource);
  if (meant.found === "none") return words(`I know nothing called "${intent.what.slice(0, 80)}", so I did nothing.${nearTo(intent.what, view.resources)}`);
  return {
    ...words(`${line(view.persona, "unsure")} ${meant.resources.map(named).join(", ")}.`),
    pending: { verb: intent.verb, force: intent.force, among: meant.resources.map((resource) => resource.id) },
  };
};

const wordThatNamesOne = (said: readonly string[], resources: View["resources"]): Meant => {
  const named = said.map((word) => whatIsMeant(word, resources)).filter((meant) => meant.found === "one");
  const [first] = named;
  return first && named.every(({ resource }) => resource.id === first.resource.id) ? first : { found: "none" };
};

const about = (view: View, what: string, tell: (view: View, resource: LiveResource) => Said): Reply => {
  const whole = whatIsMeant(what, view.resources);
  // "how much memory does orchid use": the one thing the words name.
  const meant = whole.found === "none" ? wordThatNamesOne(what.split(/\s+/), view.resources) : whole;
  if (meant.found === "one") return answer(tell(view, meant.resource));
  if (meant.found === "many") return words(`${line(view.persona, "unsure")} ${meant.resources.map(named).join(", ")}.`);
  return words(`I know nothing called "${what.slice(0, 80)}".${nearTo(what, view.resources)}`);
};

const NOT_ACT = {
  negated: 'Understood: I leave it as it is. To have it kept as a rule, say it plainly, such as "never restart NAME at night".',
  question: 'You asked, so I only tell: I did nothing. To have it done, say it plainly, such as "restart NAME".',
  condition: "I do not do things later or on a condition by myself yet; say it when the time has come.",
} as const;

/** A no to something that may not even be there: which thing it is, and whether the no is kept. */
const notAct = (view: View, { why: reason, verb, what }: Extract<Intent, { kind: "not-act" }>): Reply => {
  if (reason !== "negated" || verb === undefined || what === undefined) return words(NOT_ACT[reason]);
  const meant = whatIsMeant(what, view.resources);
  if (meant.found === "none")
    return words(
      `I know nothing called "${what.slice(0, 80)}", so there is nothing to leave alone, and no rule is kept.${nearTo(what, view.resources) || ' "status" tells what I know.'}`,
    );
  const names = meant.found === "one" ? named(meant.resource) : meant.resources.map(named).join(", ");
  return words(
    `Understood: I leave ${names} as it is. That is for now, no rule is kept; to have one, say "never ${verb} ${meant.found === "one" ? meant.resource.name : "NAME"}".`,
  );
};

/** A slip is asked back about where it names one thing; else it is read as any other words. */
const perhaps = (view: View, hands: Hands, { verb, what }: Extract<Intent, { kind: "perhaps" }>, text: string): Promise<Reply> | Reply => {
  const meant = whatIsMeant(what, view.resources);
  if (meant.found !== "one") return speak(view, hands, wordsOf(text));
  return { ...words(`Shall I ${verb} ${named(meant.resource)}? Say yes, and I do.`), pending: { verb, force: false, among: [meant.resource.id] } };
};

const speak = (view: View, hands: Hands, said: readonly string[]): Promise<Reply> | Reply => {
  const single = whatIsMeant(said.join(" "), view.resources);
  const meant = single.found === "one" ? single : wordThatNamesOne(said, view.resources);
  const resource = meant.found === "one" ? meant.resource : undefined;
  const spoken = spokenTool(said, resource, hands.tools());
  if (spoken && spoken.missing.length > 0) return words(`${spoken.tool.title}: I still need ${spoken.missing.join(" and ")}.`);
  if (spoken) return perform(view, hands, spoken.tool, spoken.input);
  if (single.found === "one") return answer(statusOf(view, single.resource));
  return words(`${line(view.persona, "rules")} I did not understand that. ${help(view).text.split(" I am")[0] ?? ""}`.trim());
};

const YES = /^(?:yes|yep|yeah|y|ja|jo|sure|do it|go ahead|please do|mach das|tu es)(?:[\s,]+(?:please|bitte|do|do it|jarvis))*[\s.!]*$/i;

const settlePending = (view: View, hands: Hands, pending: Pending, text: string): Promise<Reply> | Reply | undefined => {
  const [only] = view.resources.filter((resource) => pending.among.length === 1 && resource.id === pending.among[0]);
  if (only) return YES.test(text.trim()) ? actOn(view, hands, pending, only) : undefined;
  const meant = whatIsMeant(
    text,
    view.resources.filter((resource) => pending.among.includes(resource.id)),
  );
  return meant.found === "one" ? actOn(view, hands, pending, meant.resource) : undefined;
};

export const reply = async (view: View, hands: Hands, text: string, pending: Pending | undefined): Promise<Reply> => {
  const intent = readIntent(text);
  if (pending && (intent.kind === "tool" || YES.test(text.trim()))) {
    const settled = await settlePending(view, hands, pending, text);
    if (settled) return settled;
  }
  switch (intent.kind) {
    case "act":
      return act(view, hands, intent);
    case "perhaps":
      return perhaps(view, hands, intent, text);
    case "shadow":
      return hands.shadow === undefined ? words(asking(view)) : answer(shadowSaid(hands.shadow()));
    case "rule":
    case "limit":
    case "forget-rule":
    case "rules":
      return words(hands.rules === undefined ? NOT_ACT.negated : ruleReply(intent, hands.rules, view.resources, hands.tools()));
    case "not-act":
      return notAct(view, intent);
    case "overview":
      return answer(overview(view));
    case "wrong":
      return answer(wrong(view));
    case "status":
      return about(view, intent.what, statusOf);
    case "why":
      return about(view, intent.what, why);
    case "today":
      return answer(today(view));
    case "left-alone":
      return answer(leftAlone(view));
    case "changes":
      return answer(changes(view));
    case "room":
      return about(view, intent.what, roomOf);
    case "report":
      return report(view, hands, intent);
    case "help":
      return answer(help(view));
    case "tool":
      return speak(view, hands, intent.words);
    case "unknown":
      return words(`${line(view.persona, "rules")} That one is beyond me. ${asking(view)}`.trim());
  }
};

const report = async (view: View, hands: Hands, { period, date }: Extract<Intent, { kind: "report" }>): Promise<Reply> => {
  if (!hands.report) return answer(today(view));
  try {
    return answer(toldReport(await hands.report({ period, date })));
  } catch (thrown) {
    if (thrown instanceof JarvisError && thrown.type === "bad_input") return words(thrown.message);
    throw thrown;
  }
};

const asking = (view: View): string => help(view).text.split(" I am")[0] ?? "";
