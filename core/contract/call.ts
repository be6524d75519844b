// A call as the journal tells it, and the states and edges it moves along (reliability F6).
import { z } from "zod";
import { Caller } from "./caller.ts";
import { ConsoleEnd } from "./console.ts";
import { Effect } from "./tool.ts";

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
export const CallState = z.enum(CALL_STATES);
export type CallState = z.infer<typeof CallState>;

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
export const OutsideState = z.enum(["succeeded", "failed", "refused", "held", "running", "unknown"]);
export type OutsideState = z.infer<typeof OutsideState>;

export const outside = (state: CallState): OutsideState => {
  if (state === "succeeded") return "succeeded";
  if (state === "held") return "held";
  if (state === "refused" || state === "denied" || state === "expired" || state === "aborted") return "refused";
  if (state === "failed" || state === "rolled_back" || state === "rollback_failed") return "failed";
  if (state === "unknown" || state === "unresolved") return "unknown";
  return "running";
};

export const Decision = z.enum(["allow", "ask", "deny"]);
export type Decision = z.infer<typeof Decision>;

export const Call = z.object({
  callId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  target: z.string().nullable(),
  identity: z.string().nullable(),
  effect: Effect,
  caller: Caller,
  decision: Decision,
  rule: z.string(),
  why: z.string().optional(),
  state: CallState,
  text: z.string().optional(),
  upid: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  incident: z.string().optional(),
  /** Of an opened console: how it ended. Absent while it is open, or when a crash cut it. */
  console: ConsoleEnd.optional(),
});
export type Call = z.infer<typeof Call>;

export const CallAnswer = z.object({
  callId: z.string(),
  state: OutsideState,
  text: z.string(),
  data: z.unknown().optional(),
  rule: z.string().optional(),
  upid: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  /** The ask's id when held. */
  ask: z.string().optional(),
});
export type CallAnswer = z.infer<typeof CallAnswer>;

export const Ask = z.object({
  id: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  target: z.string().nullable(),
  effect: Effect,
  why: z.string(),
  expiresAt: z.string(),
  hash: z.string(),
  callId: z.string(),
  caller: Caller,
  incident: z.string().optional(),
});
export type Ask = z.infer<typeof Ask>;
