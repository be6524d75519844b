// Writes a call's moves and tells of them; what the journal cannot take after something was sent is tried again, never forgotten.

import { isTerminal } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { faultOf } from "../store/journal/fault.ts";
import type { Step } from "../store/journal/moves.ts";
import type { Row } from "../store/journal/schema.ts";
import { DAY_MS } from "./budget.ts";
import { circuitTrips } from "./circuit.ts";
import type { Parts } from "./parts.ts";
import { makeReport } from "./report.ts";

const AGAIN_MS = 1000;
const ITSELF: Caller = { kind: "system", id: "pipeline", scope: "operate", tainted: false };

type Beside = Parameters<Parts["journal"]["move"]>[2];

/** A journal that can never be written again stops everything; one that is full or locked only stops this. */
const guarded = <T>(parts: Parts, write: () => T): T => {
  try {
    return write();
  } catch (thrown) {
    const fault = faultOf(thrown);
    if (fault === "broken") parts.switches.engage("effects", ITSELF, "a write of the journal could not be made durable");
    if (fault === "superseded") parts.switches.engage("effects", ITSELF, "a newer Jarvis took over this data folder");
    throw thrown;
  }
};

/** Throws what the journal throws. */
export const proposeNow = (parts: Parts, call: Parameters<Parts["journal"]["propose"]>[0]): Row => guarded(parts, () => parts.journal.propose(call));
/** Throws what the journal throws. */
export const noteNow = (parts: Parts, data: unknown, callId: string): void => guarded(parts, () => parts.journal.note(data, callId));

/** One durable step, in this very turn. Throws what the journal throws. */
export const moveNow = (parts: Parts, row: Row, steps: readonly Step[], beside: Beside & { evidence?: readonly string[] } = {}): Row =>
  guarded(parts, () => {
    const moved = parts.journal.move(row, steps, { ...beside, report: (ended) => makeReport(ended, beside.evidence) });
    if (isTerminal(moved.state)) {
      parts.inputs.delete(moved.callId);
      parts.seats.delete(moved.callId);
    }
    parts.emit(moved);
    afterwards(parts, moved);
    return moved;
  });

/** As moveNow, but keeps trying while the journal is full or locked. Rejects when it never will be writable, or when parked. */
export const moveSurely = async (parts: Parts, row: Row, steps: readonly Step[], beside: Beside & { evidence?: readonly string[] } = {}): Promise<Row> => {
  for (;;) {
    try {
      return moveNow(parts, row, steps, beside);
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault !== "full" && fault !== "busy") throw thrown;
      parts.log("error", "the journal cannot be written; trying again", { callId: row.callId, fault });
      await parts.clock.pause(AGAIN_MS, parts.parked);
    }
  }
};

/** The failure circuit (F3): what Jarvis does unasked and fails at lowers the mode to propose. */
const afterwards = (parts: Parts, row: Row): void => {
  if (row.state !== "failed" && row.state !== "unresolved") return;
  if (parts.switches.view().mode !== "act") return;
  const nowMs = parts.clock.now();
  if (!circuitTrips(parts.journal.recent(nowMs - DAY_MS), nowMs)) return;
  parts.switches.setMode("propose", ITSELF, "the failure circuit: too many acts failed in a row");
  parts.told?.(`What I did failed too often (last ${row.tool} on ${row.target}): from now on I ask before I disturb anything. Only you raise autonomy again.`);
};
