// Which rule of the operator's decides a call: the last that fits, on each thing the call would touch; of those the strictest. Pure.
import type { Decision } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { HOURS, type RuleBody } from "../contract/rule.ts";
import type { Effect } from "../contract/tool.ts";
import { atLeast } from "./effect-order.ts";

/** `origin`: where it was written, `jarvis.yaml:12` or `chat 2026-11-23`. */
export interface PolicyRule extends RuleBody {
  readonly id: string;
  readonly origin: string;
}

/** What a rule looks at. `others`: what the act touches or takes along beside its target. `minute`: of the day, in the operator's time zone. */
export interface RuleSubject {
  readonly tool: string;
  readonly effect: Effect;
  readonly target: string | undefined;
  readonly others: readonly string[];
  readonly caller: Caller;
  readonly minute: () => number;
}

const STRICTNESS: Record<Decision, number> = { allow: 0, ask: 1, deny: 2 };

const glob = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"))
      .join(".*")}$`,
    "is",
  ).test(text);

/** One of the patterns, parted by commas. */
export const fits = (patterns: string, text: string): boolean => patterns.split(",").some((pattern) => glob(pattern.trim(), text));

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Over midnight too; the first minute is inside, the last is not. */
export const isWithin = (when: string, minute: number): boolean => {
  const [from = "", to = ""] = (HOURS[when] ?? when).split("-");
  const [first, last] = [minuteOf(from), minuteOf(to)];
  return first < last ? first <= minute && minute < last : minute >= first || minute < last;
};

const isOfEffect = ({ effect, action }: RuleBody, actual: Effect): boolean => effect === undefined || (action === "allow" ? atLeast(effect, actual) : atLeast(actual, effect));

const applies = (rule: PolicyRule, subject: RuleSubject, target: string): boolean =>
  fits(rule.tool, subject.tool) &&
  fits(rule.target, target) &&
  (fits(rule.caller, subject.caller.kind) || fits(rule.caller, `${subject.caller.kind}:${subject.caller.id}`)) &&
  isOfEffect(rule, subject.effect) &&
  (rule.when === undefined || isWithin(rule.when, subject.minute()));

/** A guest that stops with its node is as stopped as one that is stopped itself: a rule on it decides as well. */
export const decidingRule = (rules: readonly PolicyRule[], subject: RuleSubject): PolicyRule | undefined => {
  const found = [subject.target ?? "", ...subject.others].map((target) => rules.findLast((rule) => applies(rule, subject, target)));
  return found.reduce((a, b) => (b !== undefined && (a === undefined || STRICTNESS[b.action] > STRICTNESS[a.action]) ? b : a), undefined);
};

const DOES = { allow: "lets", ask: "asks a person first about", deny: "refuses" } as const;

/** The rule itself, for people. */
export const ruleSaid = ({ tool, target, caller, effect, when, action, words }: RuleBody): string => {
  const what = tool === "*" ? "everything" : tool;
  const where = target === "*" ? "" : ` on ${target}`;
  const who = caller === "*" ? "" : ` by ${caller}`;
  const heavy = effect === undefined ? "" : action === "allow" ? ` that is at most ${effect}` : ` that is ${effect} or heavier`;
  const hours = when === undefined ? "" : ` between ${(HOURS[when] ?? when).replace("-", " and ")}`;
  return `${DOES[action]} ${what}${heavy}${where}${who}${hours}${words === undefined ? "" : ` ("${words}")`}`;
};

/** `Rule 3 (chat 2026-11-23) refuses ...`. */
export const ruleNamed = (rule: PolicyRule): string => `Rule ${rule.id} (${rule.origin}) ${ruleSaid(rule)}.`;
