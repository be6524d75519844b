// Decides, and does nothing else: the table effect x caller x mode, kill levels, protected, self and the configuration's rules. Pure.
import type { Decision } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { matches } from "../contract/pattern.ts";
import type { Effect } from "../contract/tool.ts";
import { Autonomy, type KillLevel } from "../contract/wire.ts";
import { callerRow } from "./caller-row.ts";
import { decidingRule, type ModeRule, modeRule, type PolicyRule, type RuleSubject, ruleNamed } from "./rule-match.ts";
import { RULES, type Rule } from "./rules.ts";
import type { JustRead, SelfView } from "./self.ts";
import type { Stray } from "./warrant.ts";

export interface PolicyView {
  readonly mode: Autonomy;
  readonly killLevel: KillLevel | undefined;
  /** The last that fits decides, and only tightens what the table says; `allow` takes back what a rule before it tightened. */
  readonly rules: readonly PolicyRule[];
  /** Minutes since midnight in the operator's time zone. */
  readonly minute: () => number;
  /** Of a resource; absent: nothing is tagged. */
  readonly tags?: (id: string) => readonly string[];
  readonly protect: readonly string[];
  readonly self: SelfView;
}

/** What would be done. `target` is absent until it is known; `bound`: a step of a remedy or runbook bound to an incident. */
export interface Proposal {
  readonly tool: string;
  readonly effect: Effect;
  readonly target: string | undefined;
  readonly touches: readonly string[];
  /** Goes along with the target: looked at for protected and self alone. */
  readonly carries?: readonly string[];
  /** The target as it was read just now; absent before that. */
  readonly read?: JustRead | undefined;
  readonly caller: Caller;
  readonly bound: boolean;
  /** Why a step of a remedy or runbook is not for the incident it names. */
  readonly stray?: Stray | undefined;
  readonly hold: string | undefined;
  /** Of a console: whether a person sits at its other end. Absent: it is none. */
  readonly attended?: boolean | undefined;
}

export interface Ruling {
  readonly decision: Decision;
  readonly rule: Rule;
  readonly words: string;
}

const ruling = (decision: Decision, rule: Rule, words: string = RULES[rule]): Ruling => ({ decision, rule, words });

const STRICTNESS: Record<Decision, number> = { allow: 0, ask: 1, deny: 2 };
const stricter = (a: Ruling, b: Ruling): Ruling => (STRICTNESS[b.decision] > STRICTNESS[a.decision] ? b : a);

const subjectOf = ({ tool, effect, target, touches, carries = [], caller }: Proposal, { minute, tags }: PolicyView): RuleSubject => ({
  tool,
  effect,
  target,
  others: [...touches, ...carries],
  caller,
  minute,
  tags,
});

const byRules = (proposal: Proposal, view: PolicyView): Ruling => {
  const { rules } = view;
  const rule = rules.length === 0 ? undefined : decidingRule(rules, subjectOf(proposal, view));
  if (rule === undefined) return ruling("allow", "allowed");
  const words = ruleNamed(rule);
  if (rule.action === "deny") return ruling("deny", "rule_deny", words);
  return rule.action === "ask" ? ruling("ask", "rule_ask", words) : ruling("allow", "allowed", words);
};

/** A console is a person's own hands: neither asked for by others nor approved for them. */
const isPersons = ({ attended, caller }: Proposal): boolean =>
  attended !== false && (attended === undefined || (caller.kind === "operator" && callerRow(caller) === "operator" && !caller.tainted));

/** How far Jarvis goes unasked: the lowest of the house's mode and the operator's rules on who acts and on what. `rule`: the one that lowered it. */
interface Freedom {
  readonly mode: Autonomy;
  readonly rule?: ModeRule;
}

const freedomOf = (proposal: Proposal, view: PolicyView): Freedom => {
  const { mode, rules } = view;
  const rule = rules.length === 0 || callerRow(proposal.caller) !== "unasked" ? undefined : modeRule(rules, subjectOf(proposal, view));
  return rule !== undefined && Autonomy.options.indexOf(rule.action) < Autonomy.options.indexOf(mode) ? { mode: rule.action, rule } : { mode };
};

/** What a person switched off for the whole house, whatever the call is about. */
export const switchedOff = (caller: Caller, { killLevel, mode }: Pick<PolicyView, "killLevel" | "mode">): Ruling | undefined => {
  if (killLevel === "effects" || killLevel === "all") return ruling("deny", "killed", `The kill switch is engaged (${killLevel}): nothing is changed.`);
  if (killLevel === "pause" && callerRow(caller) === "unasked") return ruling("deny", "paused");
  return mode === "observe" ? ruling("deny", "observe") : undefined;
};

/** What may be Jarvis's lifeline although that is not known yet: found so just now, or a guest that nobody has read since the start. */
const uncertain = ({ read, carries = [], touches }: Proposal, { self }: PolicyView): Ruling | undefined => {
  if (read === undefined) return undefined;
  const found = read.addresses === undefined ? undefined : self.lifelineNow?.(read);
  if (found !== undefined) return ruling("deny", "self", found.words);
  const stranger = [...(read.addresses === undefined ? [read.id] : []), ...touches, ...carries].find((id) => self.unread?.has(id));
  if (stranger === undefined) return undefined;
  return ruling(
    "deny",
    "self_unread",
    `Jarvis does not know itself whole yet: who ${stranger} is was not read since it started, and something Jarvis cannot do without may run there. Try again in a few minutes; ./jarvis self tells what is known.`,
  );
};

/** What holds whatever the table says. */
const forbidden = (proposal: Proposal, view: PolicyView, { mode, rule }: Freedom): Ruling | undefined => {
  const row = callerRow(proposal.caller);
  if (row === "read") return ruling("deny", "scope", `A caller of scope ${proposal.caller.scope} may only look.`);
  if (!isPersons(proposal)) return ruling("deny", "attended");
  const off = switchedOff(proposal.caller, view);
  if (off) return off;
  if (mode === "observe" && rule) return ruling("deny", "rule_observe", ruleNamed(rule));
  if (proposal.stray) return ruling("deny", proposal.stray.rule, proposal.stray.words);
  const touched = [...(proposal.target === undefined ? [] : [proposal.target]), ...proposal.touches, ...(proposal.carries ?? [])];
  const guarded = touched.find((id) => view.protect.some((pattern) => matches(pattern, id)));
  if (guarded !== undefined) return ruling("deny", "protected", `${guarded} is protected: nothing is changed on it.`);
  const own = touched.find((id) => view.self.resources.includes(id));
  if (own !== undefined) return ruling("deny", "self", `${own} carries Jarvis itself: ${view.self.words}`);
  if (proposal.effect === "reversible") return undefined;
  const cut = proposal.attended === true ? undefined : view.self.lifelines?.find(({ id }) => touched.includes(id));
  if (cut !== undefined) return ruling("deny", "self", cut.words);
  if (view.self.state === "unknown") return ruling("deny", "self_unknown", `${view.self.words} Set \`self: guest/ID\` or \`outside\`.`);
  const doubt = proposal.attended === true ? undefined : uncertain(proposal, view);
  if (doubt !== undefined) return doubt;
  if (proposal.touches.length > 0) return ruling("deny", "several_targets", `It would also touch ${proposal.touches.slice(0, 5).join(", ")}.`);
  return undefined;
};

const unaskedCell = (proposal: Proposal, { mode, rule }: Freedom): Ruling => {
  if (proposal.effect === "destructive") return ruling("ask", "destructive");
  if (proposal.effect === "reversible") return ruling("allow", "allowed");
  if (mode !== "act") return rule ? ruling("ask", "rule_propose", ruleNamed(rule)) : ruling("ask", "propose");
  return proposal.bound ? ruling("allow", "allowed") : ruling("ask", "unbound");
};

const cell = (proposal: Proposal, freedom: Freedom): Ruling => {
  const row = callerRow(proposal.caller);
  if (row === "unasked") return unaskedCell(proposal, freedom);
  if (proposal.effect === "destructive") return row === "operator" ? ruling("ask", "destructive") : ruling("deny", "token_destructive");
  if (row === "operator" && proposal.effect === "disruptive" && proposal.caller.tainted) return ruling("ask", "tainted");
  return ruling("allow", "allowed");
};

/** The ruling on one proposal. Reads are only ever tightened by rules. */
export const decide = (proposal: Proposal, view: PolicyView): Ruling => {
  if (proposal.effect === "read") return byRules(proposal, view);
  const freedom = freedomOf(proposal, view);
  const no = forbidden(proposal, view, freedom);
  if (no) return no;
  const wished = proposal.hold === undefined ? ruling("allow", "allowed") : ruling("ask", "hold", proposal.hold);
  const ruled = byRules(proposal, view);
  const strictest = [ruled, wished].reduce(stricter, cell(proposal, freedom));
  const found = strictest.decision === "allow" ? ruled : strictest;
  // Nobody would sit there any more when the approval came.
  if (proposal.attended === true && found.decision === "ask") return { ...found, decision: "deny" };
  return found;
};
