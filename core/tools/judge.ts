// Brings policy, preconditions and budgets together over one reading of the facts: refuse, ask, or go. Reads the journal and the switches; changes nothing.
import { ALREADY } from "../contract/call.ts";
import { isUnasked } from "../contract/caller.ts";
import type { Effect, Preflight } from "../contract/tool.ts";
import type { Row } from "../store/journal/schema.ts";
import { backupLack } from "./backup-lack.ts";
import { budget, DAY_MS } from "./budget.ts";
import { callerRow } from "./caller-row.ts";
import { escalate } from "./escalate.ts";
import type { Parts } from "./parts.ts";
import { decide, type PolicyView, type Proposal, type Ruling } from "./policy.ts";
import { preconditions } from "./preconditions.ts";
import type { Finding, Rule } from "./rules.ts";
import { type Stray, strayOf } from "./warrant.ts";

/** `hold`: the proposer wants a person. `approved`: a person has decided, so the budgets of unasked acts are warnings. */
export interface Subject {
  readonly row: Row;
  readonly input: unknown;
  readonly hold: string | undefined;
  readonly approved: boolean;
}

/** `watching`: why Jarvis only watches, without what it would have done; absent where it does not. */
interface Ruled extends Ruling {
  readonly effect: Effect;
  readonly watching?: string;
}

export interface Judgement {
  readonly verdict: "refuse" | "ask" | "go";
  readonly rule: Rule;
  readonly words: string;
  readonly watching?: string;
  readonly effect: Effect;
  readonly warnings: readonly string[];
}

const isConsole = ({ registry }: Parts, { tool }: { tool: string }): boolean => registry.get(tool)?.console !== undefined;

/** The incident as it is now, not as the call says it is. */
const strayNow = ({ warrant }: Parts, { incident, remedy, caller, tool }: Row, target: string | undefined): Stray | undefined => {
  if (incident === null || !isUnasked(caller)) return undefined;
  const by = remedy ?? caller.id;
  return strayOf(warrant(incident, by), { incident, by, tool, target });
};

const isOfAnIncident = ({ kind }: Row["caller"]): boolean => kind === "remedy" || kind === "runbook";

const proposalOf = (parts: Parts, { row, input, hold }: Subject, facts: Preflight | undefined): Proposal => {
  const stray = strayNow(parts, row, facts?.target);
  return {
    tool: row.tool,
    effect: escalate({
      effect: row.effect,
      input,
      facts,
      unasked: isUnasked(row.caller),
      needed: facts && parts.standing?.(facts.target).neededBy.length,
      unbacked: backupLack(facts, parts.clock.now()) !== undefined,
    }),
    target: facts?.target ?? row.target ?? undefined,
    touches: (facts?.touches ?? []).filter((id) => id !== facts?.target),
    carries: facts?.carries ?? [],
    read: facts && { id: facts.target, name: facts.name ?? facts.target, addresses: facts.addresses },
    caller: row.caller,
    bound: row.incident !== null && row.remedy !== null && stray === undefined,
    stray: isOfAnIncident(row.caller) ? stray : undefined,
    hold,
    ...(isConsole(parts, row) ? { attended: parts.seats.has(row.callId) } : {}),
  };
};

export const viewOf = ({ switches, policy }: Pick<Parts, "switches" | "policy">): PolicyView => {
  const { mode, killLevel } = switches.view();
  return { mode, killLevel, rules: policy.rules(), minute: policy.minute, ...(policy.tags ? { tags: policy.tags } : {}), protect: policy.protect, self: policy.self() };
};

const WOULD = { allow: "run it", ask: "asked a person first", deny: "refused it" } as const;

/** Rules by which Jarvis only watches. */
const WATCHES: ReadonlySet<Rule> = new Set<Rule>(["observe", "rule_observe"]);

/** As if it did not: by the house's mode where a rule has it watch, by `act` where the house does, and by all else as it is. */
export const unwatched = <P extends Pick<Parts, "switches" | "policy">>(parts: P): P => {
  const { switches, policy } = parts;
  const view: Parts["switches"]["view"] = () => {
    const now = switches.view();
    return now.mode === "observe" ? { ...now, mode: "act" } : now;
  };
  return { ...parts, switches: { ...switches, view }, policy: { ...policy, rules: () => policy.rules().filter(({ action }) => action !== "observe") } };
};

/** Policy alone. Where Jarvis only watches the words say what would have been done. */
export const rule = (parts: Parts, subject: Subject, facts: Preflight | undefined): Ruled => {
  const proposal = proposalOf(parts, subject, facts);
  const view = viewOf(parts);
  const ruling = decide(proposal, view);
  // Who is asked hears first that there is nothing to go back to.
  const lack = ruling.decision === "ask" ? backupLack(facts, parts.clock.now()) : undefined;
  if (lack !== undefined) return { ...ruling, words: `${lack} ${ruling.words}`, effect: proposal.effect };
  if (!WATCHES.has(ruling.rule)) return { ...ruling, effect: proposal.effect };
  const otherwise = decide(proposal, viewOf(unwatched(parts)));
  const watching = ruling.rule === "observe" ? "Jarvis only observes" : ruling.words.replace(/\.$/, "");
  const words = `${watching}: it would have ${WOULD[otherwise.decision]} (${subject.row.tool} on ${proposal.target ?? "its target"}).`;
  return { ...ruling, words, watching, effect: proposal.effect };
};

const findingsOf = (parts: Parts, subject: Subject, effect: Effect, facts: Preflight, before: Preflight | undefined): Finding[] => {
  const { row, approved } = subject;
  const nowMs = parts.clock.now();
  const unasked = row.unasked && !approved;
  const late = new Map(parts.journal.late(nowMs - DAY_MS).flatMap(({ callId, at, ours }) => (ours ? [[callId, at] as const] : [])));
  // An opened console disturbs nothing yet: it uses up nobody's budget but that of consoles.
  const alike = parts.journal.recent(nowMs - DAY_MS).filter((other) => isConsole(parts, other) === isConsole(parts, row));
  const spent = alike.map((other) => (late.has(other.callId) ? { ...other, lateMs: late.get(other.callId) } : other));
  const callersRow = callerRow(row.caller);
  const standing = parts.standing?.(facts.target);
  // In a question it stands in the words.
  const lack = unasked || (effect === "destructive" && !approved) ? undefined : backupLack(facts, nowMs);
  return [
    ...(lack === undefined ? [] : [{ rule: "no_backup" as const, words: lack, binding: false }]),
    ...preconditions(facts, { effect, unasked, nowMs, maintenance: parts.switches.view().maintenance, before }),
    ...budget(spent, {
      callId: row.callId,
      tool: row.tool,
      effect,
      target: facts.target,
      parent: facts.parent,
      caller: row.caller,
      row: callersRow === "unasked" && approved ? "operator" : callersRow,
      nowMs,
      health: parts.health?.(facts.target),
      related: standing?.related,
      escalated: standing?.escalated,
    }),
  ];
};

/** `before`: the facts of admission, when these are the second reading. */
export const judge = (parts: Parts, subject: Subject, facts: Preflight, before?: Preflight): Judgement => {
  const ruling = rule(parts, subject, facts);
  const { effect } = ruling;
  const { watching } = ruling;
  if (ruling.decision === "deny") return { verdict: "refuse", rule: ruling.rule, words: ruling.words, ...(watching === undefined ? {} : { watching }), effect, warnings: [] };
  if (facts.already !== undefined) return { verdict: "refuse", rule: ALREADY, words: `${facts.already}; nothing was done.`, effect, warnings: [] };
  const asking = ruling.decision === "ask" && !subject.approved;
  const findings = findingsOf(parts, subject, effect, facts, before);
  // Who is asked hears what stands against it now; budgets and passing hindrances are counted when the approval comes, and once more before the first byte.
  const stops = ({ binding, lasting }: Finding): boolean => binding && (!asking || lasting === true);
  const warnings = findings.filter((finding) => !stops(finding)).map(({ words }) => words);
  const stop = findings.find(stops);
  if (stop) return { verdict: "refuse", rule: stop.rule, words: stop.words, effect, warnings };
  if (asking) return { verdict: "ask", rule: ruling.rule, words: ruling.words, effect, warnings };
  return { verdict: "go", rule: subject.approved ? "approved" : "allowed", words: ruling.words, effect, warnings };
};
