// How often and how much at once (reliability F3, bound as DESIGN 5 says), counted over the journal's rows by effect and target. Pure.
import type { CallState } from "../contract/call.ts";
import type { Effect } from "../contract/tool.ts";
import type { CallerRow } from "./caller-row.ts";
import { atLeast } from "./effect-order.ts";
import type { Finding, Rule } from "./rules.ts";
import { type Health, isTooMuch } from "./share.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const TARGET_DISRUPTIVE_PER_HOUR = 3;
const TARGET_GAPS_MS = [0, 5 * MINUTE_MS, 15 * MINUTE_MS];
const TARGET_REVERSIBLE_PER_HOUR = 10;
const NODE_PER_HALF_HOUR = 2;
const NODE_AT_ONCE = 1;
const CLUSTER_PER_HOUR = 5;
const CLUSTER_PER_DAY = 20;
const CLUSTER_AT_ONCE = 2;
const DESTRUCTIVE_PER_HOUR = 3;
const CALLER_PER_MINUTE = 30;
/** Between two moves of one guest from carrier to carrier: else two that weigh differently send it to and fro. */
const DWELL_MS = HOUR_MS;
const MOVE = /_(?:migrate|move|relocate)$/;
const ACTIVE: readonly CallState[] = ["intent", "sending", "accepted", "unknown", "verifying"];

/** What a budget needs of a journal row. `sentMs` null: not sent yet. */
export interface Spent {
  readonly callId: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly target: string | null;
  readonly parent: string | null;
  readonly caller: { readonly kind: string; readonly id: string };
  readonly unasked: boolean;
  readonly state: CallState;
  readonly sentMs: number | null;
  /** When it was found to have happened after it had been closed as not applied. */
  readonly lateMs?: number | undefined;
}

export interface Wish {
  readonly callId: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly target: string;
  readonly parent: string | undefined;
  readonly caller: { readonly kind: string; readonly id: string };
  readonly row: CallerRow;
  readonly nowMs: number;
  /** How many of the group are unhealthy, when somebody counts. */
  readonly health?: Health | undefined;
  /** What the target stands on and what stands on it. */
  readonly related?: readonly string[] | undefined;
  /** When an incident on the target was tried and handed to a person: words, and when that incident began. */
  readonly escalated?: { readonly words: string; readonly sinceMs: number } | undefined;
}

const isActive = ({ state }: Spent): boolean => ACTIVE.includes(state);
const isDisruptive = ({ effect }: Pick<Spent, "effect">): boolean => atLeast(effect, "disruptive");
/** A row whose age is uncertain (a time still to come) counts as inside its window. */
const within = (spent: Spent, windowMs: number, nowMs: number): boolean => spent.sentMs === null || nowMs - spent.sentMs < windowMs;

type Look = (rows: readonly Spent[], wish: Wish) => Generator<Finding>;

const finding = (rule: Rule, words: string, holds: boolean): Finding => ({ rule, words, binding: holds });

const oneAtATime: Look = function* (rows, { target }) {
  const other = rows.find((row) => row.target === target && isActive(row));
  if (other) yield finding("target_busy", `${other.tool} is under way on ${target} (${other.callId}, ${other.state}).`, true);
};

const byAPerson = ({ state, unasked }: Spent): boolean => state === "succeeded" && !unasked;

/** An act that ended unresolved, or came late, freezes its target until one by the operator succeeded on it, or for a day. */
const frozen: Look = function* (rows, { target, row, effect }) {
  const own = rows.filter((spent) => spent.target === target);
  const holds = row === "unasked" || (row !== "operator" && atLeast(effect, "disruptive"));
  const last = own.findLastIndex((spent) => spent.state === "unresolved");
  if (last >= 0 && !own.slice(last + 1).some(byAPerson)) yield finding("target_frozen", `How ${own[last]?.tool} on ${target} ended is not known; somebody has to look.`, holds);
  const late = own.findLast(({ lateMs }) => lateMs !== undefined && !own.some((spent) => byAPerson(spent) && (spent.sentMs ?? 0) > lateMs));
  if (late) yield finding("target_frozen", `${late.tool} on ${target} (${late.callId}) was carried out after it had been closed as not applied; somebody has to look.`, holds);
};

/** What Jarvis tried and gave up on waits for a person: until the incident ends, or an act of theirs succeeded there since it began. */
const handedOver: Look = function* (rows, { target, row, effect, escalated }) {
  if (escalated === undefined || !isDisruptive({ effect })) return;
  if (rows.some((spent) => spent.target === target && byAPerson(spent) && (spent.sentMs ?? 0) >= escalated.sinceMs)) return;
  yield finding("target_frozen", escalated.words, row === "unasked");
};

const dwell: Look = function* (rows, { target, tool, row, nowMs }) {
  if (!MOVE.test(tool)) return;
  const last = rows.findLast((spent) => spent.target === target && MOVE.test(spent.tool) && within(spent, DWELL_MS, nowMs));
  if (last) yield finding("target_gap", `${target} was moved within the hour (${last.callId}); it stays where it is for a while.`, row === "unasked");
};

const targetAttempts: Look = function* (rows, { target, effect, row, nowMs }) {
  const holds = row === "unasked";
  const own = rows.filter((spent) => spent.target === target);
  if (!isDisruptive({ effect })) {
    const hour = own.filter((spent) => spent.effect === "reversible" && within(spent, HOUR_MS, nowMs));
    if (hour.length >= TARGET_REVERSIBLE_PER_HOUR) yield finding("target_attempts", `${hour.length} reversible acts on ${target} within the hour.`, holds);
    return;
  }
  const heavy = own.filter(isDisruptive);
  const hour = heavy.filter((spent) => within(spent, HOUR_MS, nowMs));
  if (hour.length >= TARGET_DISRUPTIVE_PER_HOUR) yield finding("target_attempts", `${hour.length} disruptive acts on ${target} within the hour.`, holds);
  const day = heavy.filter((spent) => within(spent, DAY_MS, nowMs));
  const gapMs = TARGET_GAPS_MS[Math.min(day.length, TARGET_GAPS_MS.length - 1)] ?? 0;
  if (day.some((spent) => within(spent, gapMs, nowMs))) yield finding("target_gap", `The last disruptive act on ${target} was less than ${gapMs / MINUTE_MS} minutes ago.`, holds);
};

const node: Look = function* (rows, { parent, effect, row, nowMs }) {
  if (parent === undefined || !isDisruptive({ effect })) return;
  const own = rows.filter((spent) => spent.parent === parent && isDisruptive(spent));
  const [other] = own.filter(isActive);
  if (own.filter(isActive).length >= NODE_AT_ONCE)
    yield finding("node_concurrency", `${other?.tool} on ${other?.target} is still under way on ${parent}; ask again when it has ended.`, true);
  const recent = own.filter((spent) => within(spent, HOUR_MS / 2, nowMs));
  if (recent.length >= NODE_PER_HALF_HOUR) yield finding("node_attempts", `${recent.length} disruptive acts on ${parent} within 30 minutes.`, row === "unasked");
};

const cluster: Look = function* (rows, { effect, row, nowMs }) {
  if (!isDisruptive({ effect })) return;
  const heavy = rows.filter(isDisruptive);
  const active = heavy.filter(isActive);
  if (active.length >= CLUSTER_AT_ONCE) yield finding("cluster_concurrency", `${active.length} disruptive acts are under way; ask again when one has ended.`, true);
  const hour = heavy.filter((spent) => within(spent, HOUR_MS, nowMs)).length;
  const day = heavy.filter((spent) => within(spent, DAY_MS, nowMs)).length;
  if (hour >= CLUSTER_PER_HOUR) yield finding("cluster_attempts", `${hour} disruptive acts within the hour.`, row === "unasked");
  if (day >= CLUSTER_PER_DAY) yield finding("cluster_attempts", `${day} disruptive acts within the day.`, row === "unasked");
};

/** Two acts one above the other disturb each other, and neither could be told to have worked. */
const group: Look = function* (rows, { effect, related = [] }) {
  if (!isDisruptive({ effect })) return;
  const other = rows.find((spent) => isDisruptive(spent) && isActive(spent) && spent.target !== null && related.includes(spent.target));
  if (other) yield finding("group_concurrency", `${other.tool} on ${other.target} is under way, and one of the two stands on the other; ask again when it has ended.`, true);
};

const destructive: Look = function* (rows, { effect, row, nowMs }) {
  if (effect !== "destructive") return;
  const hour = rows.filter((spent) => spent.effect === "destructive" && within(spent, HOUR_MS, nowMs)).length;
  if (hour >= DESTRUCTIVE_PER_HOUR) yield finding("destructive_attempts", `${hour} destructive acts within the hour.`, row === "unasked");
};

const rate: Look = function* (rows, { caller, nowMs }) {
  const own = rows.filter((spent) => spent.caller.kind === caller.kind && spent.caller.id === caller.id && within(spent, MINUTE_MS, nowMs));
  if (own.length >= CALLER_PER_MINUTE) yield finding("caller_rate", `${own.length} effects within a minute by ${caller.kind} ${caller.id}.`, true);
};

const health: Look = function* (_, { health: share, row, nowMs }) {
  if (share === undefined) return;
  if (isTooMuch(share)) yield finding("unhealthy_share", `${share.unhealthy} of ${share.of} are unhealthy at once.`, row === "unasked");
  else if (share.aboveMs !== undefined)
    yield finding(
      "unhealthy_share",
      `Too many were unhealthy at once ${Math.max(0, Math.round((nowMs - share.aboveMs) / MINUTE_MS))} minutes ago; ten quiet ones must pass.`,
      row === "unasked",
    );
};

const LOOKS: readonly Look[] = [oneAtATime, frozen, handedOver, targetAttempts, dwell, node, cluster, group, destructive, rate, health];

/** `rows`: what was sent in the last day and what is under way. The wish's own row is left out. */
export const budget = (rows: readonly Spent[], wish: Wish): Finding[] => {
  const others = rows.filter((row) => row.callId !== wish.callId);
  return LOOKS.flatMap((look) => [...look(others, wish)]);
};
