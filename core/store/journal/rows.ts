// The row of a call and the call that everybody else sees. Pure.
import type { Call } from "../../contract/call.ts";
import type { Row } from "./schema.ts";

const isoOf = (ms: number): string => new Date(ms).toISOString();

const given = <K extends string, V>(key: K, value: V | null): { [N in K]?: V } => {
  const part: { [N in K]?: V } = {};
  if (value !== null) part[key] = value;
  return part;
};

export const toCall = (row: Row): Call => ({
  callId: row.callId,
  tool: row.tool,
  arguments: row.arguments,
  target: row.target,
  identity: row.identity,
  effect: row.effect,
  caller: row.caller,
  decision: row.decision,
  rule: row.rule,
  state: row.state,
  createdAt: isoOf(row.createdMs),
  ...given("why", row.why),
  ...given("text", row.text),
  ...given("upid", row.upid),
  ...given("warnings", row.warnings),
  ...given("endedAt", row.endedMs === null ? null : isoOf(row.endedMs)),
  ...given("incident", row.incident),
});

/** What a call must say when it is proposed; the rest is empty. */
export type NewCall = Pick<Row, "callId" | "tool" | "arguments" | "secret" | "caller" | "unasked" | "effect" | "target" | "rule" | "decision"> &
  Partial<Pick<Row, "incident" | "remedy" | "idempotency" | "name">>;

export const freshRow = (call: NewCall, n: number, createdMs: number): Row => ({
  incident: null,
  remedy: null,
  idempotency: null,
  name: null,
  identity: null,
  parent: null,
  why: null,
  text: null,
  upid: null,
  warnings: null,
  approvedBy: null,
  sent: null,
  sentMs: null,
  attemptEndedMs: null,
  unknownMs: null,
  endedMs: null,
  data: null,
  ...call,
  state: "proposed",
  n,
  createdMs,
});
