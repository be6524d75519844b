// Puts a call before a person: the ask is stored with the call's move to held, bound by hash to exactly this act. Decides nothing.
import type { Ask } from "../contract/call.ts";
import { matches } from "../contract/pattern.ts";
import type { Effect, Preflight } from "../contract/tool.ts";
import { shortRule } from "../lib/rule-words.ts";
import { canonical, sha256 } from "../store/journal/chain.ts";
import type { Row } from "../store/journal/schema.ts";
import { alongOf, alongWords } from "./along.ts";
import { boundFacts } from "./bound-facts.ts";
import type { Judgement, Subject } from "./judge.ts";
import type { Parts } from "./parts.ts";
import { moveSurely } from "./record.ts";
import { refuse } from "./refuse.ts";
import { saidOf } from "./rule-match.ts";
import type { Rule } from "./rules.ts";

export const ASK_MS = 600_000;
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Short enough to type; 31^8 of them. */
const newAskId = (): string => `ask-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => LETTERS[byte % LETTERS.length]).join("")}`;

/** What the policy says about this one act: a rule about anything else may change without taking an approval's ground away. */
const policyOn = ({ policy }: Pick<Parts, "policy">, { tool, caller }: Pick<Row, "tool" | "caller">, effect: Effect, facts: Preflight) => {
  const others = [...(facts.touches ?? []).filter((id) => id !== facts.target), ...(facts.carries ?? [])];
  const { minute, tags, protect } = policy;
  const guarded = protect.filter((pattern) => [facts.target, ...others].some((id) => matches(pattern, id)));
  return { rules: saidOf(policy.rules(), { tool, effect, target: facts.target, others, caller, minute, tags }), guarded };
};

/** What is approved: this tool, these arguments, this very target with what goes along, as heavy as this, under what the policy says about exactly that. */
export const askHash = (parts: Pick<Parts, "policy">, row: Pick<Row, "tool" | "caller">, input: unknown, effect: Effect, facts: Preflight): string => {
  const along = alongOf(facts);
  const bound = { tool: row.tool, input, target: facts.target, identity: facts.identity ?? null, policy: policyOn(parts, row, effect, facts) };
  return sha256(canonical(along.length === 0 ? bound : { ...bound, along }));
};

const OF_RULES: ReadonlySet<string> = new Set<Rule>(["rule_ask", "rule_propose"]);
/** What a person reads of a rule is verbs and names; its patterns stay in the record's own why. */
const plainly = ({ rule, words }: Judgement, { target, name }: Preflight): string => (OF_RULES.has(rule) ? shortRule(words, (id) => (id === target ? name : undefined)) : words);

const askOf = (parts: Parts, { row, input }: Subject, facts: Preflight, judgement: Judgement, expiresMs: number): Ask => ({
  id: newAskId(),
  tool: row.tool,
  arguments: row.arguments,
  target: facts.target,
  effect: judgement.effect,
  why: [plainly(judgement, facts), alongWords(facts)].filter(Boolean).join(" "),
  expiresAt: new Date(expiresMs).toISOString(),
  hash: askHash(parts, row, input, judgement.effect, facts),
  callId: row.callId,
  caller: row.caller,
  ...(row.incident === null ? {} : { incident: row.incident }),
});

/** Jarvis itself asks the same thing once, not once per tick. */
export const hold = (parts: Parts, subject: Subject, facts: Preflight, judgement: Judgement): Promise<Row> => {
  const { row } = subject;
  const expiresMs = Math.round(parts.clock.now()) + ASK_MS;
  const body = askOf(parts, subject, facts, judgement, expiresMs);
  const same = row.unasked ? parts.journal.openAsks().find((other) => other.body.hash === body.hash && other.expiresMs > parts.clock.now()) : undefined;
  if (same) return refuse(parts, row, { rule: "already_asked", words: `The same is already waiting for a decision (${same.id}).` });
  const patch = { ...boundFacts(row, facts, judgement), decision: "ask" as const, rule: judgement.rule, why: judgement.words, text: `Waits for a person: ${body.why}` };
  return moveSurely(parts, row, [{ to: "held", patch }], { ask: { id: body.id, callId: row.callId, body, expiresMs } });
};
