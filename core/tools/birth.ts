// Makes the first row of a call from a request: its id, its input without secrets, the hash of its idempotency key.
import { isUnasked } from "../contract/caller.ts";
import { canonical, sha256 } from "../store/journal/chain.ts";
import type { NewCall } from "../store/journal/rows.ts";
import type { BoundTool } from "./bound.ts";
import { escalate } from "./escalate.ts";
import type { Parts } from "./parts.ts";
import type { CallRequest } from "./request.ts";
import { redactInput } from "./schema.ts";

const RANDOM_BYTES = 6;
export const IDEMPOTENT_MS = 24 * 3_600_000;

/** Sorts by time, is unlike any other. */
export const newCallId = (nowMs: number): string => `call-${Math.round(nowMs).toString(36)}-${Buffer.from(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))).toString("hex")}`;

/** A key belongs to its caller. */
export const idempotencyHash = ({ caller, idempotencyKey }: CallRequest): string | undefined =>
  idempotencyKey === undefined ? undefined : sha256(canonical([caller.kind, caller.id, idempotencyKey]));

export const newCall = (parts: Parts, tool: BoundTool, request: CallRequest, input: unknown): NewCall => {
  const kept = parts.redact.data(redactInput(tool, input));
  const unasked = isUnasked(request.caller);
  return {
    callId: newCallId(parts.clock.now()),
    tool: tool.name,
    arguments: kept,
    secret: canonical(kept) !== canonical(input),
    caller: request.caller,
    unasked,
    effect: escalate({ effect: tool.effect, input, facts: undefined, unasked }),
    target: tool.target(input) ?? null,
    decision: "deny",
    rule: "allowed",
    incident: request.incident ?? null,
    remedy: request.remedy ?? null,
    idempotency: idempotencyHash(request) ?? null,
  };
};
