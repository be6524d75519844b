// After a call was closed as not applied: looks for a while whether it comes all the same (reliability F6 d). Looks only; nothing is sent again, and the call stays closed.
import { faultOf } from "../store/journal/fault.ts";
import type { LateEffect } from "../store/journal/late.ts";
import { ACTIVE_STATES, type Row } from "../store/journal/schema.ts";
import { DAY_MS } from "./budget.ts";
import type { Parts } from "./parts.ts";
import { noteNow } from "./record.ts";
import { accountedFor, lookForTrace } from "./resolve.ts";

/** How long after its end a call is looked for: a hung daemon may keep a request longer than any grace. */
export const LATE_MS = 3_600_000;
const FIRST_MS = 15_000;
const LONGEST_MS = 300_000;
const AGAIN_MS = 1000;

export interface Late {
  readonly row: Row;
  readonly words: string;
}

/** The only way from unknown to failed before the other side had said yes. */
export const isNotApplied = ({ state, unknownMs, sent }: Row): boolean => state === "failed" && unknownMs !== null && sent?.result === undefined;

type Found = Pick<LateEffect, "upids" | "ours" | "words">;

const wordsFor = (parts: Parts, row: Row, seen: string, ours: boolean): string => {
  const what = `${parts.registry.get(row.tool)?.title ?? row.tool} (${row.name ?? row.target})`;
  const end = ours ? `I do not touch ${row.name ?? row.target} by myself until you have looked.` : "Whether that was my late request or somebody else's hand cannot be told.";
  return parts.redact.text(`${what} had been closed as never applied, and happened after all. ${seen} ${end}`);
};

/** `over`: what could be seen from here on would prove nothing about this call. */
const look = async (parts: Parts, row: Row): Promise<Found | "nothing" | "over"> => {
  const alike = parts.journal.recent(parts.clock.now() - DAY_MS).filter(({ target, callId, sentMs }) => target === row.target && callId !== row.callId && sentMs !== null);
  if (alike.some(({ state }) => ACTIVE_STATES.some((active) => active === state))) return "nothing";
  const seen = await lookForTrace(parts, row, accountedFor(parts, row));
  if (seen === "no trace") return "over";
  const upids = seen.found === "effect" && seen.upid !== undefined ? [seen.upid] : seen.found === "unclear" ? (seen.upids ?? []) : [];
  if (upids.length > 0) return { upids, ours: true, words: wordsFor(parts, row, seen.words, true) };
  if (seen.found !== "effect") return "nothing";
  // Without a task's name an act of ours that came later would look the same.
  if (alike.some(({ n }) => n > row.n)) return "over";
  return { upids: [], ours: false, words: wordsFor(parts, row, seen.words, false) };
};

/** Durable before it is told; while the journal is full or locked it is tried again. */
const keep = async (parts: Parts, row: Row, late: Found): Promise<void> => {
  for (;;) {
    try {
      return noteNow(parts, { late }, row.callId);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault !== "full" && fault !== "busy") throw thrown;
      await parts.clock.pause(AGAIN_MS, parts.parked);
    }
  }
};

/** Ends when the effect was found, when its time is up, or when the pipeline was parked. */
export const watchLate = async (parts: Parts, row: Row, told: (late: Late) => void): Promise<void> => {
  const endMs = (row.endedMs ?? parts.clock.now()) + LATE_MS;
  try {
    for (let pauseMs = FIRST_MS; parts.clock.now() < endMs; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
      await parts.clock.pause(Math.min(pauseMs, endMs - parts.clock.now()), parts.parked);
      const found = await look(parts, row);
      if (found === "over") return;
      if (found === "nothing") continue;
      await keep(parts, row, found);
      return told({ row, words: found.words });
    }
  } catch (thrown) {
    if (!parts.parked.aborted) throw thrown;
  }
};
