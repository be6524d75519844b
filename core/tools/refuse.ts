// Ends a call that was never sent, with the rule and the words for it.
import type { Row } from "../store/journal/schema.ts";
import type { Parts } from "./parts.ts";
import { moveSurely } from "./record.ts";
import type { Rule } from "./rules.ts";

export const refuse = (parts: Parts, row: Row, why: { rule: Rule; words: string; effect?: Row["effect"] }): Promise<Row> =>
  moveSurely(parts, row, [
    { to: "refused", patch: { decision: "deny", rule: why.rule, why: why.words, text: why.words, ...(why.effect === undefined ? {} : { effect: why.effect }) } },
  ]);
