// The invariants of reliability F over one history: what must hold at every first byte, after every command and at the end. Reads the journal's file and the world; does nothing.
import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Call, type CallState, EDGES } from "../../../core/contract/call.ts";
import { Caller, isUnasked } from "../../../core/contract/caller.ts";
import { GRACE_MS } from "../../../core/tools/resolve.ts";
import type { PolicyRule } from "../../../core/tools/rule-match.ts";
import type { Rig } from "./rig.ts";
import type { Done } from "./world.ts";

export const SELF = "guest/103";
const HOUR_MS = 3_600_000;
const OLDEST_MS = 10_000;

export class Violation extends Error {}
export const must = (holds: boolean, invariant: string, words: string): void => {
  if (!holds) throw new Violation(`${invariant}: ${words}`);
};

export interface Watched {
  /** First violation seen inside the pipeline's own callbacks. */
  broken: Error | undefined;
  /** `aheadMs`: what the steady clock was ahead of the one that shows. */
  sent: { callId: string; target: string; steadyMs: number; aheadMs: number }[];
  /** Calls that an operator approved as they were shown. */
  approved: Set<string>;
  /** As the operator's rules are now. */
  rules: PolicyRule[];
}

interface SendingRow {
  call_id: string;
  tool: string;
  effect: string;
  target: string;
  identity: string | null;
  caller: string;
  arguments: string;
  approved_by: string | null;
}

/** How the request was meant when it was made, whatever became of its row since. */
const marksOf = ({ arguments: input }: SendingRow): string => String(JSON.parse(input).mark ?? "");

const withDatabase = <T>(rig: Rig, ask: (raw: Database) => T): T => {
  const raw = new Database(join(rig.folder, "journal.db"), { readonly: true });
  try {
    return ask(raw);
  } finally {
    raw.close();
  }
};

const meantSo = (rig: Rig, row: SendingRow): void => {
  const isHeavy = row.effect !== "reversible";
  const approved = row.approved_by !== null;
  const unasked = isUnasked(Caller.parse(JSON.parse(row.caller)));
  must(rig.world.wide === undefined, "I9", `${row.call_id} was sent though its target meant ${rig.world.wide}`);
  must(!(unasked && isHeavy && marksOf(row) === "unbound") || approved, "I11", `${row.call_id} disturbed unasked, outside of any incident`);
  must(!(isHeavy && marksOf(row) === "tainted") || approved, "I11", `${row.call_id} disturbed in words formed by others, unseen`);
};

/** What must hold at the very first byte of every request. */
export const atFirstByte = (rig: Rig, watched: Watched, target: string): void => {
  const rows = withDatabase(rig, (raw) => raw.query<SendingRow, [string]>("SELECT * FROM calls WHERE target = ? AND state = 'sending'").all(target));
  const [row] = rows;
  must(rows.length === 1 && row !== undefined, "I1", `a request went to ${target} with ${rows.length} durable sending rows`);
  if (!row) return;
  must(!watched.sent.some(({ callId }) => callId === row.call_id), "I2", `${row.call_id} was sent twice`);
  const level = existsSync(join(rig.folder, "KILL")) ? "effects" : rig.core.switches.view().killLevel;
  must(level === undefined, "I8", `${row.call_id} was sent while the kill switch was engaged`);
  must(target !== "guest/900" && target !== SELF, "I10", `${target} was touched`);
  meantSo(rig, row);
  const thing = rig.world.thing(target);
  must(thing.lock === undefined && thing.busy === undefined && rig.world.quorate === true, "I12", `${row.call_id} was sent to a locked or busy target or without quorum`);
  must(row.identity === thing.identity, "I12", `${row.call_id} was sent to another thing of that name`);
  must(rig.clock.now() - thing.readMs <= OLDEST_MS, "I12", `${row.call_id} was sent on facts ${rig.clock.now() - thing.readMs} ms old`);
  must(row.tool !== "world_guest_destroy" || row.approved_by !== null, "I7", `${row.call_id} destroyed without an approval`);
  must(row.approved_by === null || watched.approved.has(row.call_id), "I7", `${row.call_id} was sent on an approval that no operator gave to what was shown`);
  must(row.effect === "reversible" || watched.rules.length === 0, "I12", `${row.call_id} was sent though the operator forbids it by now`);
  const steadyMs = rig.clock.steady();
  watched.sent.push({ callId: row.call_id, target, steadyMs, aheadMs: steadyMs - rig.clock.now() });
};

/** Every step of every call, from the records themselves. */
export const onlyAlongEdges = (rig: Rig): void => {
  const moves = withDatabase(rig, (raw) => raw.query<{ call_id: string; state: CallState }, []>("SELECT call_id, state FROM records WHERE kind = 'transition' ORDER BY seq").all());
  const states = new Map<string, CallState>();
  for (const { call_id, state } of moves) {
    // Jarvis never takes an act back by itself: at most once is none.
    must(state !== "rolling_back", "I16", `${call_id} was rolled back`);
    const before = states.get(call_id);
    must(before === undefined ? state === "proposed" : EDGES[before].includes(state), "I3", `${call_id} went from ${before} to ${state}`);
    states.set(call_id, state);
  }
};

/** The same request told twice is one act, over restarts. */
export const onceEach = (rig: Rig): void => {
  const twice = withDatabase(rig, (raw) =>
    raw.query<{ many: number }, []>("SELECT count(*) AS many FROM calls WHERE idempotency IS NOT NULL GROUP BY idempotency HAVING many > 1").all(),
  );
  must(twice.length === 0, "I18", "a request that was repeated became a second call");
};

const ENDS: Partial<Record<CallState, RegExp>> = { succeeded: /^Done/, failed: /^Failed/, unresolved: /not known/, refused: /^(?:Refused|Nothing had)/, aborted: /^Called off/ };

/** One report for each call, which says how it ended. */
export const reported = (rig: Rig, calls: readonly Call[]): void => {
  for (const call of calls) {
    const report = rig.core.journal.report(call.callId);
    must(report !== undefined, "I13", `${call.callId} has no report`);
    must(ENDS[call.state]?.test(report?.what ?? "") !== false, "I13", `${call.callId} is ${call.state} and reported as: ${report?.what}`);
  }
};

export const guarded = (watched: Watched, act: () => void): void => {
  try {
    act();
  } catch (thrown) {
    watched.broken ??= thrown instanceof Error ? thrown : new Error(String(thrown));
  }
};

export const budgetsHeld = (rig: Rig, calls: readonly Call[], watched: Watched): void => {
  const heavy = calls
    .filter((call) => call.effect !== "reversible")
    .flatMap((call) => watched.sent.filter(({ callId }) => callId === call.callId).map(({ steadyMs }) => ({ call, steadyMs })));
  for (const { call, steadyMs } of heavy) {
    if (!isUnasked(call.caller) || call.rule === "approved") continue;
    const before = heavy.filter((other) => other.steadyMs < steadyMs && steadyMs - other.steadyMs < HOUR_MS);
    const same = before.filter((other) => other.call.target === call.target);
    must(same.length < 3, "I6", `${call.callId} was the fourth disruptive act on ${call.target} within the hour`);
    must(
      same.every((other) => steadyMs - other.steadyMs >= 5 * 60_000),
      "I6",
      `${call.callId} came too soon after another on ${call.target}`,
    );
    must(before.length < 5, "I6", `${call.callId} was the sixth disruptive act within the hour`);
  }
  must(rig.world.attempts.length === watched.sent.length, "I1", "a request is not accounted for");
};

export const endingsHonest = (rig: Rig, calls: readonly Call[], watched: Watched): void => {
  for (const call of calls) {
    const sent = watched.sent.find(({ callId }) => callId === call.callId);
    if (["refused", "denied", "expired", "aborted"].includes(call.state)) must(sent === undefined, "I20", `${call.callId} is ${call.state} and was sent`);
    const row = rig.core.journal.row(call.callId);
    // No call spans a clock that was set.
    const endedMs = (row?.endedMs ?? 0) + (sent?.aheadMs ?? 0);
    // The next act may begin in the very moment this one ends: what happens then is its own.
    const nextMs = Math.min(...watched.sent.filter(({ target, steadyMs }) => target === call.target && steadyMs > (sent?.steadyMs ?? 0)).map(({ steadyMs }) => steadyMs));
    const isMine = ({ ours, target, tool, steadyMs }: Done): boolean =>
      sent !== undefined && ours && target === call.target && tool === call.tool && steadyMs >= sent.steadyMs && steadyMs <= endedMs && steadyMs < nextMs;
    const mine = rig.world.effects.filter(isMine);
    if (call.state === "succeeded") {
      must(mine.length === 1, "I14", `${call.callId} claims success over ${mine.length} effects`);
      const held = rig.world.looks.filter((look) => look.target === call.target && look.ok && look.steadyMs >= (sent?.steadyMs ?? 0) && look.steadyMs <= endedMs);
      const first = held.at(0)?.steadyMs ?? 0;
      must(held.length >= 2 && (held.at(-1)?.steadyMs ?? 0) - first >= 5000, "I14", `${call.callId} succeeded without two looks 5 s apart`);
    }
    if (call.state !== "failed" || !(call.text ?? "").includes("never applied")) continue;
    must(endedMs - (sent?.steadyMs ?? row?.sentMs ?? 0) >= GRACE_MS, "I17", `${call.callId} was called not applied within the grace`);
    const ever =
      sent === undefined
        ? []
        : rig.world.effects.filter(
            (done) => done.ours && done.target === call.target && done.tool === call.tool && done.steadyMs >= sent.steadyMs && done.steadyMs <= sent.steadyMs + GRACE_MS,
          );
    must(ever.length === 0, "I17", `${call.callId} was called not applied and had happened`);
  }
};

export const oneActivePerTarget = (calls: readonly Call[]): void => {
  const active = calls.filter(({ state }) => ["intent", "sending", "accepted", "unknown", "verifying"].includes(state)).map(({ target }) => target);
  must(new Set(active).size === active.length, "I5", "a target is held by two calls");
};
