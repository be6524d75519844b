// Calls that only look: no intent, no sending, a light line in the journal. Rules may still refuse them.
import { type Call, type CallAnswer, outside } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import type { BoundTool } from "./bound.ts";
import { isOperator } from "./caller-row.ts";
import { within } from "./deadline.ts";
import { viewOf } from "./judge.ts";
import type { Parts } from "./parts.ts";
import { decide } from "./policy.ts";
import { wordsOf } from "./preflight.ts";
import type { CallRequest } from "./request.ts";
import { redactInput } from "./schema.ts";

interface Looked {
  readonly call: Call;
  readonly data?: unknown;
}

const begin = (parts: Parts, tool: BoundTool, request: CallRequest, input: unknown, callId: string): Call => ({
  callId,
  tool: tool.name,
  arguments: parts.redact.data(redactInput(tool, input)),
  target: tool.target(input) ?? null,
  identity: null,
  effect: "read",
  caller: request.caller,
  decision: "allow",
  rule: "allowed",
  state: "accepted",
  createdAt: parts.clock.iso(),
  ...(request.incident === undefined ? {} : { incident: request.incident }),
});

/** A person asking is the decision a rule of `ask` wants; anyone else is refused, since a look is not worth waiting for. */
const refusal = (parts: Parts, call: Call): Call | undefined => {
  const proposal = { tool: call.tool, effect: call.effect, target: call.target ?? undefined, touches: [], caller: call.caller, bound: false, hold: undefined };
  const ruling = decide(proposal, viewOf(parts));
  if (ruling.decision === "allow" || (ruling.decision === "ask" && isOperator(call.caller))) return undefined;
  return { ...call, decision: "deny", rule: ruling.rule, why: ruling.words, text: ruling.words, state: "refused", endedAt: parts.clock.iso() };
};

const run = async (parts: Parts, tool: BoundTool, input: unknown, call: Call): Promise<Looked> => {
  const no = refusal(parts, call);
  if (no) return { call: no };
  try {
    const result = await within(parts.clock, tool.deadlineMs, parts.cut, (signal) => tool.run(input, {}, signal, call.incident, { caller: call.caller, bound: false }));
    const warnings = result.warnings === undefined ? {} : { warnings: result.warnings };
    const ended = { ...call, state: "succeeded" as const, text: parts.redact.text(result.text), endedAt: parts.clock.iso(), ...warnings };
    return { call: ended, ...(result.data === undefined ? {} : { data: parts.redact.data(result.data) }) };
  } catch (thrown) {
    if (!(thrown instanceof JarvisError)) parts.log("error", "a read tool broke", { tool: tool.name, error: String(thrown) });
    return { call: { ...call, state: "failed", text: parts.redact.text(wordsOf(thrown)), endedAt: parts.clock.iso() } };
  }
};

const answerOf = ({ call, data }: Looked): CallAnswer => ({
  callId: call.callId,
  state: outside(call.state),
  text: call.text ?? "",
  rule: call.rule,
  ...(data === undefined ? {} : { data }),
  ...(call.warnings === undefined ? {} : { warnings: call.warnings }),
});

/** `kept`: what the journal keeps of the text; a log or a list is not copied whole. */
const KEPT_TEXT = 500;

export const lookOnce = async (parts: Parts, tool: BoundTool, request: CallRequest, input: unknown, callId: string): Promise<CallAnswer> => {
  const number = parts.journal.number();
  const call = begin(parts, tool, request, input, callId);
  parts.journal.putRead(number, call);
  const looked = await run(parts, tool, input, call);
  parts.journal.putRead(number, { ...looked.call, text: (looked.call.text ?? "").slice(0, KEPT_TEXT) });
  return answerOf(looked);
};
