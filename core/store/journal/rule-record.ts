// What the journal keeps of the operator's rules: at every change the whole list as it is from then on, who made the change and what it was.
import { z } from "zod";
import { Caller } from "../../contract/caller.ts";
import { RuleBody } from "../../contract/rule.ts";

/** `origin`: where it was said, `chat 2026-11-23`. A number is never given twice. */
export const KeptRule = z.object({ id: z.number().int().positive(), origin: z.string(), at: z.number(), by: Caller, body: RuleBody });
export type KeptRule = z.output<typeof KeptRule>;

export const RuleRecord = z.object({ by: Caller, what: z.string(), next: z.number().int().positive(), rules: z.array(KeptRule) });
export type RuleRecord = z.output<typeof RuleRecord>;
