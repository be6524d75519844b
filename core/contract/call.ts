// A call as the journal tells it, and the states and edges it moves along (reliability F6).
import { z } from "zod";
import { CALL_STATES, OUTSIDE_STATES } from "./call-state.ts";
import { Caller } from "./caller.ts";
import { ConsoleEnd } from "./console.ts";
import { Effect } from "./tool.ts";

export { ALREADY, CALL_STATES, EDGES, isTerminal, outside, wasSent } from "./call-state.ts";

export const CallState = z.enum(CALL_STATES);
export type CallState = z.infer<typeof CallState>;
export const OutsideState = z.enum(OUTSIDE_STATES);
export type OutsideState = z.infer<typeof OutsideState>;

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
