// What the facts of admission write into a call's row. Pure.
import type { Preflight } from "../contract/tool.ts";
import type { Patch, Row } from "../store/journal/schema.ts";
import type { Judgement } from "./judge.ts";

/** What the facts add to the row; after `intent` it stays so. */
export const boundFacts = (row: Row, facts: Preflight, { effect, warnings }: Judgement): Patch => ({
  effect,
  target: facts.target,
  name: facts.name ?? row.name,
  identity: facts.identity ?? null,
  parent: facts.parent ?? null,
  sent: { preflight: facts },
  warnings: warnings.length === 0 ? null : warnings.slice(0, 20),
});
