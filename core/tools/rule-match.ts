// Which rule of the operator's decides a call: the last that fits, on each thing the call would touch; of those the strictest. Pure.
import type { Decision } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { HOURS, RULE_MODES, type RuleBody } from "../contract/rule.ts";
import type { Effect } from "../contract/tool.ts";
import type { Autonomy } from "../contract/wire.ts";
import { atLeast } from "./effect-order.ts";

/** `origin`: where it was written, `jarvis.yaml:12` or `chat 2026-11-23`. */
export interface PolicyRule extends RuleBody {
  readonly id: string;
  readonly origin: string;
}

/** One that says how far Jarvis goes unasked. */
export interface ModeRule extends PolicyRule {
  readonly action: Autonomy;
}

/** What a rule looks at. `others`: what the act touches or takes along beside its target. `minute`: of the day, in the operator's time zone. `tags`: of a resource. */
export interface RuleSubject {
  readonly tool: string;
  readonly effect: Effect;
  readonly target: string | undefined;
  readonly others: readonly string[];
  readonly caller: Caller;
  readonly minute: () => number;
  readonly tags?: ((id: string) => readonly string[]) | undefined;
}

const STRICTNESS: Record<Decision, number> = { allow: 0, ask: 1, deny: 2 };

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"))
      .join(".*")}$`,
    "is",
  );

/** Read once: a rule is held against each of ten thousand guests. Bounded; whoever brings more begins anew. */
const MOST_READ = 1000;
const read = new Map<string, readonly RegExp[]>();
const globsOf = (patterns: string): readonly RegExp[] => {
  const known = read.get(patterns);
  if (known !== undefined) return known;
  if (read.size >= MOST_READ) read.clear();
  const globs = patterns.split(",").map((pattern) => globOf(pattern.trim()));
  read.set(patterns, globs);
  return globs;
};

/** One of the patterns, parted by commas. */
export const fits = (patterns: string, text: string): boolean => patterns === "*" || globsOf(patterns).some((glob) => glob.test(text));

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Over midnight too; the first minute is inside, the last is not. */
export const isWithin = (when: string, minute: number): boolean => {
  const [from = "", to = ""] = (HOURS[when] ?? when).split("-");
  const [first, last] = [minuteOf(from), minuteOf(to)];
  return first < last ? first <= minute && minute < last : minute >= first || minute < last;
};

const isOfEffect = ({ effect, action }: RuleBody, actual: Effect): boolean => effect === undefined || (action === "allow" ? atLeast(effect, actual) : atLeast(actual, effect));

/** Whoever may edit a resource tags it: a tag makes nothing freer. */
const LOOSENS: ReadonlySet<RuleBody["action"]> = new Set(["allow", "act"]);
const namesOf = ({ tags }: RuleSubject, target: string, { action }: RuleBody): readonly string[] =>
  LOOSENS.has(action) || target === "" ? [target] : [target, ...(tags?.(target) ?? []).map((tag) => `tag/${tag}`)];

/** A remedy or runbook also by its bare name, without its plugin's. */
const callersOf = ({ kind, id }: Caller): readonly string[] => [
  kind,
  `${kind}:${id}`,
  ...(kind === "remedy" || kind === "runbook" ? [`${kind}:${id.slice(id.lastIndexOf("/") + 1)}`] : []),
];

/** At some hour at least. */
const isAbout = (rule: PolicyRule, subject: RuleSubject, target: string): boolean =>
  fits(rule.tool, subject.tool) &&
  namesOf(subject, target, rule).some((name) => fits(rule.target, name)) &&
  callersOf(subject.caller).some((name) => fits(rule.caller, name)) &&
  isOfEffect(rule, subject.effect);

const applies = (rule: PolicyRule, subject: RuleSubject, target: string): boolean =>
  isAbout(rule, subject, target) && (rule.when === undefined || isWithin(rule.when, subject.minute()));

const touchedBy = ({ target, others }: RuleSubject): string[] => [target ?? "", ...others];

/** All that the rules say about this call, at whatever hour, in their order: on its target, and on what it takes along each thing said once. An approval is bound to this and to no other rule. */
export const saidOf = (rules: readonly PolicyRule[], subject: RuleSubject) => {
  const [target, ...others] = touchedBy(subject).map((touched) =>
    rules.flatMap((rule) => (isAbout(rule, subject, touched) ? [`${rule.action} ${rule.when ?? "always"}`] : [])).join(", "),
  );
  return { target, others: [...new Set(others)].filter(Boolean).sort() };
};

const isModeRule = (rule: PolicyRule): rule is ModeRule => RULE_MODES.some((mode) => mode === rule.action);
const isDecision = (rule: PolicyRule): rule is Deciding => !isModeRule(rule);
interface Deciding extends PolicyRule {
  readonly action: Decision;
}

/** The last that fits, on each thing the call would touch; of those the one before all others. */
const foremost = <R extends PolicyRule>(rules: readonly R[], subject: RuleSubject, weight: (rule: R) => number): R | undefined => {
  const found = touchedBy(subject).map((target) => rules.findLast((rule) => applies(rule, subject, target)));
  return found.reduce((a, b) => (b !== undefined && (a === undefined || weight(b) > weight(a)) ? b : a), undefined);
};

/** A guest that stops with its node is as stopped as one that is stopped itself: a rule on it decides as well. */
export const decidingRule = (rules: readonly PolicyRule[], subject: RuleSubject): Deciding | undefined =>
  foremost(rules.filter(isDecision), subject, ({ action }) => STRICTNESS[action]);

/** About whom: a rule that names a caller is about that one, any other about the thing. */
export const isAboutCaller = ({ caller }: Pick<RuleBody, "caller">): boolean => caller !== "*";
const freedom = ({ action }: ModeRule): number => RULE_MODES.indexOf(action);

/** How far Jarvis goes unasked: the last word about who acts and the last about the thing; of the two the lower. */
export const modeRule = (rules: readonly PolicyRule[], subject: RuleSubject): ModeRule | undefined => {
  const modes = rules.filter(isModeRule);
  const words = [true, false].map((about) =>
    foremost(
      modes.filter((rule) => isAboutCaller(rule) === about),
      subject,
      (rule) => -freedom(rule),
    ),
  );
  return words.reduce((a, b) => (b !== undefined && (a === undefined || freedom(b) < freedom(a)) ? b : a), undefined);
};

const GOES = { observe: "has Jarvis only watch", propose: "has Jarvis ask before it disturbs anything", act: "lets Jarvis act as far as the house lets it" } as const;
const DOES = { allow: "lets", ask: "asks a person first about", deny: "refuses" } as const;

/** The rule itself, for people. */
export const ruleSaid = ({ tool, target, caller, effect, when, action, words }: RuleBody): string => {
  const isMode = action === "observe" || action === "propose" || action === "act";
  const what = tool === "*" ? "everything" : tool;
  const where = target === "*" ? "" : ` on ${target}`;
  const who = caller === "*" ? "" : ` ${isMode ? "as" : "by"} ${caller}`;
  const heavy = effect === undefined ? "" : action === "allow" ? ` that is at most ${effect}` : ` that is ${effect} or heavier`;
  const hours = when === undefined ? "" : ` between ${(HOURS[when] ?? when).replace("-", " and ")}`;
  return `${isMode ? `${GOES[action]}${tool === "*" ? "" : ` with ${tool}`}` : `${DOES[action]} ${what}`}${heavy}${where}${who}${hours}${words === undefined ? "" : ` ("${words}")`}`;
};

/** `Rule 3 (chat 2026-11-23) refuses ...`. */
export const ruleNamed = (rule: PolicyRule): string => `Rule ${rule.id} (${rule.origin}) ${ruleSaid(rule)}.`;
