// Ends a call that was never sent, with the rule and the words for it.
import type { Preflight } from "../contract/tool.ts";
import type { Row } from "../store/journal/schema.ts";
import type { Parts } from "./parts.ts";
import { moveSurely } from "./record.ts";
import type { Rule } from "./rules.ts";

/** `would`: what would have been done where Jarvis only watches; the record keeps the word to be counted by. */
export type Why = { readonly rule: Rule; readonly words: string; readonly effect?: Row["effect"]; readonly would?: string };

/** `facts`: what was read of the target before the refusal, so that the record names what a request by name alone meant. */
export const refuse = (parts: Parts, row: Row, why: Why, facts?: Preflight): Promise<Row> => {
  const known = facts === undefined ? {} : { target: facts.target, name: facts.name ?? row.name, identity: facts.identity ?? null };
  const patch = {
    decision: "deny" as const,
    rule: why.rule,
    why: why.words,
    text: why.words,
    ...(why.effect === undefined ? {} : { effect: why.effect }),
    ...known,
    ...(why.would === undefined ? {} : { data: { would: why.would } }),
  };
  return moveSurely(parts, row, [{ to: "refused", patch }]);
};
