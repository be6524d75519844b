// P1-P12 and P16 of reliability F4 over one reading of the facts; asked at admission and again right before sending. Pure.
// P3 and P8 are policy's, P13 the budget's, P14 the switches' and the journal's; P12's waiver is the typed approval, P15 the incident's binding.
import type { Effect, Preflight } from "../contract/tool.ts";
import { joinedWords } from "./along.ts";
import { anotherWords } from "./another.ts";
import { atLeast } from "./effect-order.ts";
import type { Finding, Rule } from "./rules.ts";

const LEAST_FREE = 0.1;
const PERSON_MS = 30 * 60_000;
const ONE_TARGET = /^[a-z][a-z-]*(\/[a-z0-9][a-z0-9._@-]*)+$/;

export interface Conditions {
  readonly effect: Effect;
  readonly unasked: boolean;
  readonly nowMs: number;
  readonly maintenance: boolean;
  /** The facts of admission, when these are the second reading. */
  readonly before: Preflight | undefined;
}

const binding = (rule: Rule, words: string): Finding => ({ rule, words, binding: true });
/** What a person would approve in vain. */
const lasting = (rule: Rule, words: string): Finding => ({ ...binding(rule, words), lasting: true });

function* whichTarget(facts: Preflight, { effect, before }: Conditions): Generator<Finding> {
  if (!ONE_TARGET.test(facts.target)) yield lasting("no_target", `"${facts.target}" is not one target.`);
  if (facts.identity === null && atLeast(effect, "disruptive")) yield lasting("identity", `The identity of ${facts.target} could not be learned.`);
  if (!before) return;
  const another = anotherWords(before, facts);
  if (another !== undefined) yield binding("identity", another);
  const joined = joinedWords(before, facts);
  if (joined !== undefined) yield binding("changed", joined);
  if (before.parent !== facts.parent)
    yield binding("identity", `${facts.target} moved from ${before.parent ?? "nowhere"} to ${facts.parent ?? "nowhere"} meanwhile. Ask again to have it done there.`);
}

function* asItStands(facts: Preflight, { effect }: Conditions): Generator<Finding> {
  const { target } = facts;
  if (facts.quorate === false) yield binding("quorum", "The cluster has no quorum.");
  if (facts.quorate === null) yield binding("quorum", "Whether the cluster has quorum could not be learned.");
  if (facts.lock !== undefined && facts.lock !== "") yield binding("locked", `${target} is locked (${facts.lock}).`);
  const [task] = facts.busy ?? [];
  if (task) yield binding("busy", `${task.what} is running on ${target} (${task.id}).`);
  if (facts.ha === null) yield binding("ha", `Whether HA manages ${target} could not be learned.`);
  if (facts.ha?.managed === true && /^(error|fence)$/i.test(facts.ha.state ?? "")) yield binding("ha", `HA holds ${target} in state ${facts.ha.state}.`);
  if (facts.ha?.managed === true && facts.ha.past === true)
    yield lasting("ha", `HA keeps ${target}, and this act would go past it. Shut it down and start it instead: both are orders to HA.`);
  if (facts.template === true) yield lasting("template", `${target} is a template.`);
  if (facts.protection === true && atLeast(effect, "destructive")) yield lasting("protection", `${target} has its protection flag set.`);
  if (facts.memoryFreeAfter === null) yield binding("capacity", `How much memory ${facts.parent ?? "the carrier"} would have left could not be learned.`);
  if (typeof facts.memoryFreeAfter === "number" && facts.memoryFreeAfter < LEAST_FREE)
    yield binding("capacity", `${facts.parent ?? "The carrier"} would have ${Math.max(0, Math.round(facts.memoryFreeAfter * 100))} % of its memory free; 10 % must stay.`);
}

/** P9: what a person did last stands. A stop stands until a person undoes it; any other act for 30 minutes against what disturbs. */
function* againstAPerson(facts: Preflight, { effect, unasked, nowMs }: Conditions): Generator<Finding> {
  const finding = (words: string): Finding => ({ rule: "human", words, binding: unasked });
  const act = facts.lastHumanAct;
  if (act === undefined) return;
  if (act === null) {
    if (unasked) yield finding(`Whether a person stopped ${facts.target} could not be learned.`);
    return;
  }
  const recent = !(nowMs - Date.parse(act.at) > PERSON_MS);
  if (act.stop) yield finding(`A person stopped ${facts.target}: ${act.words} (${act.at}).`);
  else if (recent && atLeast(effect, "disruptive")) yield finding(`A person just worked on ${facts.target}: ${act.words} (${act.at}).`);
}

/** All that stands against it. What does not bind this caller is a warning. */
export const preconditions = (facts: Preflight, conditions: Conditions): Finding[] => [
  ...whichTarget(facts, conditions),
  ...asItStands(facts, conditions),
  ...againstAPerson(facts, conditions),
  ...(conditions.maintenance ? [binding("maintenance", "Maintenance is on.")] : []),
  ...(conditions.unasked && facts.protection === true && conditions.effect === "disruptive" ? [binding("protection", `${facts.target} has its protection flag set.`)] : []),
];
