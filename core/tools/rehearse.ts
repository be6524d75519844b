// A dry run: everything up to intent, said in words. Nothing is sent, held or written as an effect; the journal gets a look's light line.
import type { Call, CallAnswer } from "../contract/call.ts";
import { outside } from "../contract/call.ts";
import { freshRow, toCall } from "../store/journal/rows.ts";
import { newCall } from "./birth.ts";
import type { BoundTool } from "./bound.ts";
import { judge, rule, type Subject } from "./judge.ts";
import type { Parts } from "./parts.ts";
import { readFacts } from "./preflight.ts";
import type { CallRequest } from "./request.ts";

interface Outcome {
  readonly state: "succeeded" | "held" | "refused";
  readonly rule: string;
  readonly text: string;
  readonly target?: string;
  readonly warnings?: readonly string[];
}

const decideDry = async (parts: Parts, tool: BoundTool, subject: Subject): Promise<Outcome> => {
  const first = rule(parts, subject, undefined);
  if (first.decision === "deny") return { state: "refused", rule: first.rule, text: first.words };
  const read = await readFacts(parts, tool, subject.input);
  if (!("facts" in read)) return { state: "refused", rule: read.rule, text: read.words };
  const judgement = judge(parts, subject, read.facts);
  const on = { target: read.facts.target, warnings: judgement.warnings };
  if (judgement.verdict === "refuse") return { ...on, state: "refused", rule: judgement.rule, text: judgement.words };
  const what = `${tool.title} (${judgement.effect}) on ${read.facts.target}${read.facts.name === undefined ? "" : ` (${read.facts.name})`}`;
  if (judgement.verdict === "ask") return { ...on, state: "held", rule: judgement.rule, text: `Would ask a person first: ${what}. ${judgement.words}` };
  return { ...on, state: "succeeded", rule: "dry_run", text: `Would run: ${what}. Nothing was sent.` };
};

export const rehearse = async (parts: Parts, tool: BoundTool, request: CallRequest, input: unknown): Promise<CallAnswer> => {
  const number = parts.journal.number();
  const row = freshRow(newCall(parts, tool, request, input), number, Math.round(parts.clock.now()));
  const outcome = await decideDry(parts, tool, { row, input, hold: request.hold, approved: false });
  const warnings = outcome.warnings === undefined || outcome.warnings.length === 0 ? {} : { warnings: [...outcome.warnings] };
  const ended: Call = {
    ...toCall(row),
    effect: "read",
    target: outcome.target ?? row.target,
    decision: "allow",
    rule: "dry_run",
    state: "succeeded",
    text: outcome.text,
    endedAt: parts.clock.iso(),
  };
  parts.journal.putRead(number, ended);
  return { callId: row.callId, state: outside(outcome.state), text: outcome.text, rule: outcome.rule, ...warnings };
};
