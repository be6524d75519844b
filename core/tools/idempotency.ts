// The same key of the same caller within 24 hours answers the first call's result, over restarts for what changes things. Runs nothing twice.
import type { CallAnswer } from "../contract/call.ts";
import type { Clock } from "../lib/clock.ts";
import { canonical } from "../store/journal/chain.ts";
import type { Journal } from "../store/journal/open.ts";
import { IDEMPOTENT_MS, idempotencyHash } from "./birth.ts";
import type { CallRequest } from "./request.ts";

const MOST_KEPT = 1000;
const OTHER = "This idempotency key was first used for something else; this is the result of that.";

interface Options {
  clock: Clock;
  journal: Pick<Journal, "byIdempotency">;
  answer: (callId: string) => CallAnswer;
  ready: (callId: string, seconds?: number) => Promise<void>;
}

interface First {
  readonly atMs: number;
  readonly asked: string;
  readonly answer: Promise<CallAnswer>;
}

export const createIdempotency = ({ clock, journal, answer, ready }: Options) => {
  /** Calls of this run, looks among them; what changes things is found in the journal as well. */
  const kept = new Map<string, First>();

  const keep = (key: string, first: First): void => {
    kept.delete(key);
    kept.set(key, first);
    const oldest = kept.keys().next().value;
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    first.answer.catch(() => kept.delete(key));
  };

  const warned = (first: CallAnswer, same: boolean): CallAnswer => (same ? first : { ...first, warnings: [...(first.warnings ?? []), OTHER] });

  const again = async (callId: string, request: CallRequest): Promise<CallAnswer> => {
    await ready(callId, request.waitSeconds);
    return answer(callId);
  };

  const once = async (request: CallRequest, input: unknown, run: () => Promise<CallAnswer>): Promise<CallAnswer> => {
    const key = idempotencyHash(request);
    if (key === undefined) return run();
    const sinceMs = clock.now() - IDEMPOTENT_MS;
    const asked = canonical([request.tool, input]);
    const stored = journal.byIdempotency(key, sinceMs);
    if (stored) return warned(await again(stored.callId, request), stored.tool === request.tool && (stored.secret || canonical(stored.arguments) === canonical(input)));
    const first = kept.get(key);
    if (first && first.atMs >= sinceMs) return warned(await first.answer, first.asked === asked);
    const fresh = run();
    keep(key, { atMs: clock.now(), asked, answer: fresh });
    return fresh;
  };

  return { once };
};
