// After a restart: closes what was never sent, doubts what was being sent, and gives back what must be followed. Never sends.
import type { Row } from "../store/journal/schema.ts";
import type { Parts } from "./parts.ts";
import { moveSurely } from "./record.ts";

const NOTHING_SENT = { rule: "restarted", text: "Jarvis was restarted before anything was sent." } as const;

/** One call as the last run left it. `sending` may have happened: grace runs from now, since its connection died at the latest now. */
export const recoverOne = (parts: Parts, row: Row): Promise<Row> => {
  const nowMs = Math.round(parts.clock.now());
  if (row.state === "proposed") return moveSurely(parts, row, [{ to: "refused", patch: { ...NOTHING_SENT, decision: "deny" } }]);
  if (row.state === "admitted" || row.state === "intent") return moveSurely(parts, row, [{ to: "aborted", patch: NOTHING_SENT }]);
  if (row.state === "sending")
    return moveSurely(parts, row, [{ to: "unknown", patch: { text: "Jarvis was restarted while it was being sent.", attemptEndedMs: nowMs, unknownMs: nowMs } }]);
  return Promise.resolve(row);
};
