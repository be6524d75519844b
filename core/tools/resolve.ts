// unknown: looks for evidence of what happened to an act whose reply was lost (reliability F6). Never sends again, never guesses.
import type { Trace } from "../contract/tool.ts";
import type { Row } from "../store/journal/schema.ts";
import { DAY_MS } from "./budget.ts";
import { within } from "./deadline.ts";
import { inputOf, type Parts, toolOf } from "./parts.ts";
import { wordsOf } from "./preflight.ts";
import { moveSurely } from "./record.ts";

/** Grace: the longest a request already sent may still arrive. Runs from the end of the attempt, or from the restart that found it open. */
export const GRACE_MS = 90_000;
/** What is not known by then is for a person. */
export const RESOLVE_MS = 600_000;
const LOOK_MS = 10_000;
const AGAIN_MS = 5000;

/** One look for evidence. `others`: remote tasks of other calls of ours. */
export const lookForTrace = async (parts: Parts, row: Row, others: readonly string[]): Promise<Trace | "no trace"> => {
  try {
    const tool = toolOf(parts, row.tool);
    const { trace } = tool;
    if (!trace) return "no trace";
    const input = inputOf(parts, tool, row);
    return await within(parts.clock, LOOK_MS, parts.parked, (signal) => trace(input, { ...row.sent, others }, signal));
  } catch (thrown) {
    parts.parked.throwIfAborted();
    return { found: "unclear", words: wordsOf(thrown) };
  }
};

/** Remote tasks that are known to be those of other calls on the same target. */
export const accountedFor = ({ journal, clock }: Pick<Parts, "journal" | "clock">, row: Row): string[] => {
  const sinceMs = clock.now() - DAY_MS;
  const known = journal.recent(sinceMs).flatMap((other) => (other.target === row.target && other.callId !== row.callId && other.upid !== null ? [other.upid] : []));
  return [...known, ...journal.late(sinceMs).flatMap(({ upids }) => upids)];
};

const adopt = (parts: Parts, row: Row, seen: Extract<Trace, { found: "effect" }>): Promise<Row> => {
  const upid = seen.upid ?? row.upid;
  const result = { text: seen.words, ...(upid === null ? {} : { upid }), ...(seen.data === undefined ? {} : { data: parts.redact.data(seen.data) }) };
  const text = parts.redact.text(`It did happen, though the reply was lost: ${seen.words}`);
  return moveSurely(parts, row, [{ to: "accepted", patch: { text, upid, sent: { ...row.sent, result } } }]);
};

const NOT_APPLIED = { absence: "It was never applied", superseded: "Somebody else did the same; ours was never applied" } as const;

/** Ends in accepted, failed or unresolved. */
export const resolve = async (parts: Parts, row: Row): Promise<Row> => {
  const nowMs = parts.clock.now();
  // A time still to come is that of a clock that was set back since: nothing waits for it.
  const unknownMs = Math.min(row.unknownMs ?? nowMs, nowMs);
  const graceEndsMs = Math.min(row.attemptEndedMs ?? unknownMs, nowMs) + GRACE_MS;
  /** Once the other side has said yes, not finding the act proves nothing. */
  const wasAccepted = row.sent?.result !== undefined;
  for (;;) {
    const lookedMs = parts.clock.now();
    const seen = await lookForTrace(parts, row, accountedFor(parts, row));
    if (seen === "no trace") return moveSurely(parts, row, [{ to: "unresolved", patch: { text: `${row.text ?? "The reply was lost"}; this tool leaves no trace to look for.` } }]);
    if (seen.found === "effect") return adopt(parts, row, seen);
    if (seen.found !== "unclear" && lookedMs >= graceEndsMs && !wasAccepted)
      return moveSurely(parts, row, [{ to: "failed", patch: { text: parts.redact.text(`${NOT_APPLIED[seen.found]}: ${seen.words}`) } }]);
    const leftMs = unknownMs + RESOLVE_MS - parts.clock.now();
    if (leftMs <= 0) return moveSurely(parts, row, [{ to: "unresolved", patch: { text: parts.redact.text(`What became of it could not be found out: ${seen.words}`) } }]);
    await parts.clock.pause(Math.min(AGAIN_MS, leftMs), parts.parked);
  }
};
