// From intent to accepted, failed or unknown: the facts once more, then switch, epoch and `sending` in one turn, then the one attempt. Never a second.
import type { ToolResult } from "../contract/result.ts";
import type { Sent } from "../contract/tool.ts";
import { faultOf } from "../store/journal/fault.ts";
import type { Row } from "../store/journal/schema.ts";
import type { BoundTool } from "./bound.ts";
import { within } from "./deadline.ts";
import { judge, type Subject } from "./judge.ts";
import { isDefinitive } from "./outcome.ts";
import { checkpoint, killLevelNow, type Parts } from "./parts.ts";
import { OLDEST_MS, readFacts, wordsOf } from "./preflight.ts";
import { moveNow, moveSurely } from "./record.ts";
import type { Rule } from "./rules.ts";
import { stored } from "./stored.ts";

const abort = (parts: Parts, row: Row, why: { rule: Rule; words: string }): Promise<Row> =>
  moveSurely(parts, row, [{ to: "aborted", patch: { rule: why.rule, why: why.words, text: why.words } }]);

/** Everything between the second reading and the durable `sending`; no await may come in here (I8, I12). */
const commit = (parts: Parts, subject: Subject, read: Awaited<ReturnType<typeof readFacts>>): Row | { rule: Rule; words: string } => {
  if (!("facts" in read)) return read;
  const { row } = subject;
  const nowMs = parts.clock.now();
  if (nowMs - read.readMs > OLDEST_MS) return { rule: "stale", words: "Reading the facts took too long; they are no longer fresh." };
  const judgement = judge(parts, subject, read.facts, row.sent?.preflight);
  if (judgement.verdict !== "go") return judgement;
  if (judgement.effect !== row.effect) return { rule: "changed", words: `By now it would be ${judgement.effect}.` };
  const sent: Sent = { preflight: read.facts, ...(read.facts.serverTimeMs === undefined ? {} : { serverTimeMs: read.facts.serverTimeMs }) };
  try {
    return moveNow(parts, row, [{ to: "sending", patch: { sent, sentMs: Math.round(nowMs) } }]);
  } catch (thrown) {
    const fault = faultOf(thrown);
    if (fault === "full" || fault === "busy") return { rule: "journal", words: "The journal could not be written, so nothing was sent." };
    if (fault === "away") return { rule: "journal", words: wordsOf(thrown) };
    throw thrown;
  }
};

type Attempt = { readonly result: ToolResult } | { readonly thrown: unknown };

const attempt = async (parts: Parts, tool: BoundTool, input: unknown, row: Row): Promise<Attempt> => {
  try {
    const noted = row.sent ?? {};
    const asker = { caller: row.caller, bound: row.incident !== null && row.remedy !== null, seat: parts.seats.get(row.callId) };
    return { result: await within(parts.clock, tool.deadlineMs, parts.cut, (signal) => tool.run(input, noted, signal, row.incident ?? undefined, asker)) };
  } catch (thrown) {
    return { thrown };
  }
};

const settle = (parts: Parts, row: Row, outcome: Attempt): Promise<Row> => {
  const nowMs = Math.round(parts.clock.now());
  if ("result" in outcome) {
    const result = stored(parts, outcome.result);
    const warnings = [...(row.warnings ?? []), ...(result.warnings ?? [])].slice(0, 20);
    const patch = { text: result.text, upid: result.upid ?? null, data: result.data ?? null, attemptEndedMs: nowMs, sent: { ...row.sent, result } };
    return moveSurely(parts, row, [{ to: "accepted", patch: { ...patch, ...(warnings.length === 0 ? {} : { warnings }) } }]);
  }
  const words = parts.redact.text(wordsOf(outcome.thrown));
  if (isDefinitive(outcome.thrown)) return moveSurely(parts, row, [{ to: "failed", patch: { text: words, attemptEndedMs: nowMs } }]);
  parts.log("warn", "the reply to an act was lost", { callId: row.callId, tool: row.tool, error: String(outcome.thrown) });
  return moveSurely(parts, row, [{ to: "unknown", patch: { text: `The reply was lost: ${words}`, attemptEndedMs: nowMs, unknownMs: nowMs } }]);
};

/** Ends in accepted, failed, unknown or aborted. */
export const send = async (parts: Parts, tool: BoundTool, subject: Subject): Promise<Row> => {
  const { row, input } = subject;
  await checkpoint(parts, "intent", row.callId);
  const sending = commit(parts, subject, await readFacts(parts, tool, input));
  if (!("callId" in sending)) return abort(parts, row, sending);
  if (parts.checkpoint) await checkpoint(parts, "sending", row.callId);
  const level = killLevelNow(parts);
  if (level !== undefined && (level !== "pause" || row.unasked))
    return moveSurely(parts, sending, [
      { to: "failed", patch: { rule: "killed", text: "The kill switch was engaged before the first byte; nothing was sent.", attemptEndedMs: Math.round(parts.clock.now()) } },
    ]);
  const outcome = await attempt(parts, tool, input, sending);
  await checkpoint(parts, "sent", row.callId);
  return settle(parts, sending, outcome);
};
