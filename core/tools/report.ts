// The words for a call that ended: what, why, how it was proved and how to undo it, from the journal's row alone. Pure.
import { ALREADY } from "../contract/call.ts";
import type { Report, Row } from "../store/journal/schema.ts";
import { RULES } from "./rules.ts";

const NOTHING_TO_DO = "Nothing had to be done";

const STATES: Partial<Record<Row["state"], string>> = {
  succeeded: "Done and checked",
  failed: "Failed",
  refused: "Refused",
  denied: "Not approved",
  expired: "Nobody decided in time",
  aborted: "Called off before anything was sent",
  unresolved: "How it ended is not known",
};

const isRule = (word: string): word is keyof typeof RULES => word in RULES;

const undoOf = ({ state, effect, target }: Row): string | null => {
  if (state === "unresolved") return `Look at ${target ?? "the target"} yourself; Jarvis will not touch it by itself until then.`;
  if (state !== "succeeded") return null;
  if (effect === "reversible") return "The opposite act undoes it.";
  return effect === "disruptive" ? "Nothing is lost; there is nothing to undo." : "It cannot be undone.";
};

/** `evidence`: the looks that proved or disproved it, oldest first. */
export const makeReport = (row: Row, evidence: readonly string[] = []): Report => ({
  what: `${row.rule === ALREADY ? NOTHING_TO_DO : (STATES[row.state] ?? row.state)}: ${row.tool} on ${row.target ?? "no target"}${row.name === null ? "" : ` (${row.name})`}`,
  why: row.why ?? (isRule(row.rule) ? RULES[row.rule] : row.rule),
  how: row.text ?? "",
  evidence,
  undo: undoOf(row),
});
