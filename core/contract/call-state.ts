// The states of a call, the edges it moves along and the six words for outsiders (reliability F6). Plain data and functions without a schema: the page uses them too.

export const CALL_STATES = [
  "proposed",
  "refused",
  "held",
  "admitted",
  "denied",
  "expired",
  "intent",
  "aborted",
  "sending",
  "accepted",
  "unknown",
  "unresolved",
  "verifying",
  "succeeded",
  "failed",
  "rolling_back",
  "rolled_back",
  "rollback_failed",
] as const;
export type CallState = (typeof CALL_STATES)[number];

/** The only moves there are. A state with none is terminal. */
export const EDGES: Readonly<Record<CallState, readonly CallState[]>> = {
  proposed: ["refused", "held", "admitted"],
  held: ["admitted", "denied", "expired", "refused"],
  admitted: ["intent", "refused", "aborted"],
  intent: ["sending", "aborted"],
  sending: ["accepted", "failed", "unknown"],
  accepted: ["verifying", "failed", "unknown", "succeeded"],
  unknown: ["accepted", "failed", "unresolved"],
  verifying: ["succeeded", "failed"],
  rolling_back: ["rolled_back", "rollback_failed"],
  refused: [],
  denied: [],
  expired: [],
  aborted: [],
  unresolved: [],
  succeeded: [],
  failed: [],
  rolled_back: [],
  rollback_failed: [],
};
export const isTerminal = (state: CallState): boolean => EDGES[state].length === 0;

const NOT_SENT: ReadonlySet<CallState> = new Set(["proposed", "refused", "held", "admitted", "denied", "expired", "intent", "aborted"]);
/** Whether anything may have left for the other side. */
export const wasSent = (state: CallState): boolean => !NOT_SENT.has(state);

/** The rule of a call that found its work done: what it would have brought about was so already, and nothing was sent. */
export const ALREADY = "already";

/** The six words scripts see (DESIGN 5). An unresolved call is past its deadline: it answers `unknown`. */
export const OUTSIDE_STATES = ["succeeded", "failed", "refused", "held", "running", "unknown"] as const;
export type OutsideState = (typeof OUTSIDE_STATES)[number];

export const outside = (state: CallState): OutsideState => {
  if (state === "succeeded") return "succeeded";
  if (state === "held") return "held";
  if (state === "refused" || state === "denied" || state === "expired" || state === "aborted") return "refused";
  if (state === "failed" || state === "rolled_back" || state === "rollback_failed") return "failed";
  if (state === "unknown" || state === "unresolved") return "unknown";
  return "running";
};
