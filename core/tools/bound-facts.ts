// What the facts of admission write into a call's row. Pure.
import type { Preflight } from "../contract/tool.ts";
import type { Patch, Row } from "../store/journal/schema.ts";
import type { Judgement } from "./judge.ts";

/** Where a console's call stands in the journal: beside its resource, so that a backup of hours does not lock a person out, nor the other way round. */
export const consoleTarget = (resource: string): string => `console/${resource}`;

/** What the facts add to the row; after `intent` it stays so. */
export const boundFacts = (row: Row, facts: Preflight, { effect, warnings }: Judgement, isConsole = false): Patch => ({
  effect,
  target: isConsole ? consoleTarget(facts.target) : facts.target,
  name: facts.name ?? row.name,
  identity: facts.identity ?? null,
  parent: facts.parent ?? null,
  sent: { preflight: facts },
  warnings: warnings.length === 0 ? null : warnings.slice(0, 20),
});
