// From proposed to intent, held or refused: policy, facts, budgets. Sends nothing.
import { faultOf } from "../store/journal/fault.ts";
import type { Patch, Row } from "../store/journal/schema.ts";
import type { BoundTool } from "./bound.ts";
import { boundFacts } from "./bound-facts.ts";
import { hold } from "./hold.ts";
import { judge, rule, type Subject } from "./judge.ts";
import type { Parts } from "./parts.ts";
import { readFacts, wordsOf } from "./preflight.ts";
import { moveNow } from "./record.ts";
import { refuse } from "./refuse.ts";
import { shadowOf } from "./shadow.ts";

/** To intent, durable. The unique index has the last word on who holds the target. */
export const intend = async (parts: Parts, row: Row, patch: Patch): Promise<Row> => {
  try {
    return moveNow(parts, row, [{ to: "admitted", patch: { ...patch, decision: "allow" } }, { to: "intent" }]);
  } catch (thrown) {
    const fault = faultOf(thrown);
    if (fault === "unique") return refuse(parts, row, { rule: "target_busy", words: "Another act on the same target is under way." });
    if (fault === "full" || fault === "busy") return refuse(parts, row, { rule: "journal", words: "The journal could not be written, so nothing was done." });
    if (fault === "away") return refuse(parts, row, { rule: "journal", words: wordsOf(thrown) });
    throw thrown;
  }
};

/** Ends in intent, held or refused. */
export const admit = async (parts: Parts, tool: BoundTool, subject: Subject): Promise<Row> => {
  const { row, input } = subject;
  const first = rule(parts, subject, undefined);
  if (first.decision === "deny") {
    const { why, facts } = await shadowOf(parts, tool, subject, first);
    return refuse(parts, row, why, facts);
  }
  const read = await readFacts(parts, tool, input);
  if (!("facts" in read)) return refuse(parts, row, read);
  const judgement = judge(parts, subject, read.facts);
  if (judgement.verdict === "refuse") {
    const { why, facts } = await shadowOf(parts, tool, subject, judgement);
    return refuse(parts, row, why, facts ?? read.facts);
  }
  if (judgement.verdict === "ask") return hold(parts, subject, read.facts, judgement);
  return intend(parts, row, { ...boundFacts(row, read.facts, judgement, tool.console !== undefined), rule: judgement.rule });
};
