// A person's decision on a held call: bound to what was asked, used once, checked against the world as it is by then.
import type { Ask } from "../contract/call.ts";
import type { Caller } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { Preflight } from "../contract/tool.ts";
import { faultOf } from "../store/journal/fault.ts";
import type { AskRow, Row } from "../store/journal/schema.ts";
import { joinedWords } from "./along.ts";
import { anotherWords } from "./another.ts";
import { boundFacts } from "./bound-facts.ts";
import { isOperator } from "./caller-row.ts";
import { ASK_MS, askHash } from "./hold.ts";
import { judge, type Subject, viewOf } from "./judge.ts";
import { inputOf, type Parts, toolOf } from "./parts.ts";
import { switchedOff } from "./policy.ts";
import { readFacts, wordsOf } from "./preflight.ts";
import { moveNow, moveSurely } from "./record.ts";
import type { Rule } from "./rules.ts";

export interface DecidedBy {
  readonly caller: Caller;
  readonly words?: string;
  /** The ask's hash as the person saw it. */
  readonly hash?: string;
  /** The target's id or name, typed: required for what is destructive. */
  readonly confirm?: string;
}

const close = (ask: AskRow, state: "approved" | "rejected" | "expired" | "denied" | "refused", by: Caller | null, words: string | null) => ({
  decided: { id: ask.id, state, by, words },
});

/** Throws operator_only: asks are decided by the operator, and nobody's token approves its own call. */
const mayDecide = (ask: AskRow, { caller }: DecidedBy): void => {
  if (!isOperator(caller)) throw new JarvisError("operator_only", { message: "Only the operator may decide what was asked." });
  const own = caller.kind !== "operator" && ask.body.caller.kind === caller.kind && ask.body.caller.id === caller.id;
  if (own) throw new JarvisError("operator_only", { message: "A token may not approve a call it made itself." });
};

/** Throws bad_input: the decision is not about what is shown now, or the target was not typed. The ask stays open. */
const matchesAsk = (ask: AskRow, row: Row, by: DecidedBy): void => {
  if (by.hash !== undefined && by.hash !== ask.body.hash) throw new JarvisError("bad_input", { message: "That decision was about something else than this ask.", path: "hash" });
  if (ask.body.effect !== "destructive") return;
  const typed = by.confirm?.trim().toLowerCase();
  const names = [row.target, row.name].flatMap((name) => (name === null ? [] : [name.toLowerCase()]));
  if (typed === undefined || !names.includes(typed))
    throw new JarvisError("bad_input", { message: `This is destructive: type the target (${row.target}) in \`confirm\` to approve it.`, path: "confirm" });
};

type Fresh = { readonly patch: Parameters<typeof moveNow>[2][number]["patch"] & object } | { readonly end: "denied" | "refused"; readonly rule: Rule; readonly words: string };

/** What it was, where nothing is any more. */
const goneWords = ({ target, name }: Row, words: string): string => `${words} ${name ?? target ?? "It"} was there when this was asked. Nothing was sent.`;

const changedWords = ({ sent }: Row, facts: Preflight): string =>
  (sent?.preflight && anotherWords(sent.preflight, facts)) ??
  "The rules of what may be done changed since this was asked, so nothing was sent. Ask again to have it decided by those of now.";

const unwantedWords = (words: string): string => `No longer wanted: ${words}`;
const UNDECIDED = "Nobody decided within ten minutes.";
const nameOf = ({ tool, target }: Row): string => (target === null ? tool : `${tool} on ${target}`);

/** `waits`: approved in vain for now, and why; the ask stays open. */
interface Decided {
  readonly row: Row;
  readonly waits?: string;
}

/** What a person switched off for the whole house says nothing about what was asked: the ask outlasts it, as long as its ten minutes go. */
const waitsFor = (parts: Parts, ask: AskRow, row: Row): string | undefined => {
  const off = switchedOff(row.caller, viewOf(parts));
  if (off === undefined) return undefined;
  const first = off.rule === "observe" ? "Observing: raise autonomy" : "Held: release";
  return `${first} first, then approve. ${off.words} Nothing was sent; the ask stays open until ${ask.body.expiresAt}.`;
};

/** Everything again, from facts read now: an approval never carries over to another target, input or policy. */
const recheck = async (parts: Parts, ask: AskRow, row: Row): Promise<Fresh> => {
  if (row.secret && !parts.inputs.has(row.callId))
    return { end: "denied", rule: "secret_lost", words: "Its arguments held a secret, which is not kept over a restart; ask again." };
  try {
    const tool = toolOf(parts, row.tool);
    const input = inputOf(parts, tool, row);
    const read = await readFacts(parts, tool, input);
    if (!("facts" in read)) return { end: "refused", rule: read.rule, words: read.rule === "not_found" ? goneWords(row, read.words) : read.words };
    const subject: Subject = { row, input, hold: undefined, approved: true };
    const judgement = judge(parts, subject, read.facts);
    const isAnother = row.target !== read.facts.target || row.identity !== (read.facts.identity ?? null);
    // What forbids it by now is told rather than that something changed.
    if (!isAnother && judgement.verdict === "refuse") return { end: "refused", rule: judgement.rule, words: judgement.words };
    const asked = row.sent?.preflight;
    const joined = !isAnother && asked ? joinedWords(asked, read.facts) : undefined;
    if (joined !== undefined) return { end: "denied", rule: "changed", words: joined };
    // Less may go along than was asked about: bound is what the person saw.
    const seen = asked && !isAnother ? { ...read.facts, touches: asked.touches, carries: asked.carries } : read.facts;
    if (askHash(parts, row, input, ask.body.effect, seen) !== ask.body.hash) return { end: "denied", rule: "changed", words: changedWords(row, read.facts) };
    if (judgement.verdict !== "go") return { end: "refused", rule: judgement.rule, words: judgement.words };
    if (judgement.effect !== ask.body.effect) return { end: "denied", rule: "changed", words: `By now it would be ${judgement.effect}.` };
    return { patch: boundFacts(row, read.facts, judgement) };
  } catch (thrown) {
    return { end: "refused", rule: "preflight_failed", words: wordsOf(thrown) };
  }
};

export const createAsks = (parts: Parts, go: (row: Row) => void) => {
  const deciding = new Set<string>();
  /** Asks whose incident ended while they were being decided, and how it did. */
  const unwanted = new Map<string, string>();
  const timers = new Map<string, () => void>();

  const forget = (ask: AskRow): void => {
    timers.get(ask.id)?.();
    timers.delete(ask.id);
  };

  const end = async (ask: AskRow, row: Row, to: "denied" | "expired" | "refused", why: { rule: Rule; words: string; by: Caller | null; said?: string }): Promise<Row> => {
    forget(ask);
    const state = to === "denied" ? (why.rule === "rejected" ? "rejected" : "denied") : to;
    const patch = { decision: "deny" as const, rule: why.rule, why: why.words, text: why.words };
    return moveSurely(parts, row, [{ to, patch }], close(ask, state, why.by, why.said ?? null));
  };

  const expire = async (id: string): Promise<void> => {
    const ask = parts.journal.ask(id);
    const row = ask && parts.journal.row(ask.callId);
    if (!ask || !row || ask.state !== "open" || row.state !== "held" || deciding.has(id)) return;
    await end(ask, row, "expired", { rule: "expired", words: UNDECIDED, by: null });
    // An incident asks anew and tells of it once; who asked by hand may have gone.
    if (row.incident === null) parts.told?.(parts.redact.text(`Nobody decided within ten minutes about ${nameOf(row)}, so it was not done. Ask again if it is still wanted.`));
  };

  /** An ask stored before a restart keeps its hour, but for a clock that was set back meanwhile. */
  const watch = (ask: Pick<AskRow, "id" | "expiresMs">): void => {
    timers.get(ask.id)?.();
    const act = (): void => void expire(ask.id).catch((thrown) => parts.log("error", "an ask could not be closed", { ask: ask.id, error: String(thrown) }));
    timers.set(ask.id, parts.clock.after(Math.min(ASK_MS, ask.expiresMs - parts.clock.now()), act, true));
  };

  const approve = async (ask: AskRow, row: Row, by: DecidedBy): Promise<Decided> => {
    const over = async (to: "denied" | "expired" | "refused", rule: Rule, words: string): Promise<Decided> => {
      const ended = await end(ask, row, to, { rule, words, by: by.caller });
      parts.told?.(parts.redact.text(`You approved ${nameOf(row)}, and it was not done: ${words}`));
      return { row: ended };
    };
    // Before anything is read for it, and again once that is read.
    const before = waitsFor(parts, ask, row);
    if (before !== undefined) return { row, waits: before };
    const fresh = await recheck(parts, ask, row);
    if (ask.expiresMs <= parts.clock.now()) return over("expired", "expired", "The approval came too late.");
    const ended = unwanted.get(ask.id);
    if (ended !== undefined) return over("denied", "changed", unwantedWords(ended));
    const waits = waitsFor(parts, ask, row);
    if (waits !== undefined) return { row, waits };
    if ("end" in fresh) return over(fresh.end, fresh.rule, fresh.words);
    const patch = { ...fresh.patch, decision: "ask" as const, rule: "approved", approvedBy: by.caller };
    try {
      const moved = moveNow(parts, row, [{ to: "admitted", patch }, { to: "intent" }], close(ask, "approved", by.caller, by.words ?? null));
      forget(ask);
      go(moved);
      return { row: moved };
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault === "unique") return over("refused", "target_busy", "Another act on the same target is under way.");
      if (fault === "away") throw new JarvisError("unavailable", { message: `${wordsOf(thrown)} The ask stays open.` });
      if (fault !== "full" && fault !== "busy") throw thrown;
      throw new JarvisError("unavailable", { message: "The journal cannot be written now, so nothing was decided or done; the ask stays open." });
    }
  };

  /** Throws not_found, operator_only, bad_input. */
  const decide = async (askId: string, decision: "approve" | "reject", by: DecidedBy): Promise<Decided> => {
    const ask = parts.journal.ask(askId);
    const row = ask && parts.journal.row(ask.callId);
    if (!ask || !row) throw new JarvisError("not_found", { message: `There is no ask ${askId}.` });
    mayDecide(ask, by);
    if (ask.state !== "open" || row.state !== "held" || deciding.has(askId))
      throw new JarvisError("not_found", { message: `Ask ${askId} is decided already (${deciding.has(askId) ? "just now" : ask.state}).` });
    if (ask.expiresMs <= parts.clock.now()) return { row: await end(ask, row, "expired", { rule: "expired", words: UNDECIDED, by: null }) };
    if (decision === "approve") matchesAsk(ask, row, by);
    deciding.add(askId);
    try {
      if (decision === "approve") return await approve(ask, row, by);
      const words = by.words === undefined || by.words === "" ? "A person said no." : `A person said no: ${by.words}`;
      return { row: await end(ask, row, "denied", { rule: "rejected", words, by: by.caller, ...(by.words === undefined ? {} : { said: by.words }) }) };
    } finally {
      deciding.delete(askId);
      const words = unwanted.get(askId);
      unwanted.delete(askId);
      // It could not be decided after all.
      if (words !== undefined) void pull(ask, words).catch((thrown) => parts.log("error", "an ask could not be closed", { ask: askId, error: String(thrown) }));
    }
  };

  const pull = async (ask: AskRow, words: string): Promise<void> => {
    const row = parts.journal.row(ask.callId);
    if (row?.state === "held") await end(ask, row, "denied", { rule: "changed", words: unwantedWords(words), by: null });
  };
  /** Ends the asks of an incident that ended without them; one that is just being decided ends by that. */
  const withdraw = async (incident: string, words: string): Promise<void> => {
    for (const ask of parts.journal.openAsks().filter(({ body }) => body.incident === incident)) {
      if (deciding.has(ask.id)) unwanted.set(ask.id, words);
      else await pull(ask, words);
    }
  };

  const list = (): Ask[] => parts.journal.openAsks().flatMap(({ body, expiresMs }) => (expiresMs > parts.clock.now() ? [body] : []));
  const stop = (): void => {
    for (const cancel of timers.values()) cancel();
    timers.clear();
  };

  return { decide, withdraw, list, watch, stop };
};
