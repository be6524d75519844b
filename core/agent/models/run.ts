// The one loop around a request to a model: sends, reads, tries again where nothing was said yet, asks for a malformed call anew, and always ends with one `end` or `failed`. Throws nothing.
import type { Clock } from "../../lib/clock.ts";
import type { Dialect, Heard } from "./dialect.ts";
import { type Failed, failed, failureOf } from "./failure.ts";
import { createGuard, type Guard, type Limits } from "./guard.ts";
import type { Health } from "./health.ts";
import type { ModelEvent, ModelRequest } from "./model.ts";
import type { Knowledge } from "./prices.ts";
import type { Broken } from "./wish.ts";

const MOST_TRIES = 3;
const MOST_REPAIRS = 2;
const MOST_TEXT = 262_144;
const MOST_YIELDS = 4;
/** Longer than this nobody waits in a conversation; the failure says how long the server wanted. */
const MOST_WAIT_MS = 20_000;
const FIRST_WAIT_MS = 500;

export interface RunParts {
  clock: Pick<Clock, "after" | "now" | "pause" | "rate">;
  dialect: Dialect;
  limits: Limits;
  health: Health;
  knowledge: Knowledge;
  /** The address and the model's name, for words. */
  at: string;
  model: string;
  /** Removes secrets from words that came from outside. */
  clean: (text: string) => string;
}

interface Attempt {
  failed?: Failed | undefined;
  broken: Broken[];
  /** Something went out that cannot be taken back. */
  hasSpoken: boolean;
  isDone: boolean;
}

/** The next piece, or the failure that ended the wait for it; never waits for what hangs. */
const next = async (iterator: AsyncIterator<unknown>, guard: Guard): Promise<{ chunk: unknown } | { failed: Failed } | undefined> => {
  const step = await Promise.race([iterator.next(), guard.ended]);
  const over = guard.over();
  if (over) return { failed: over };
  if ("kind" in step) return { failed: step };
  return step.done === true ? undefined : { chunk: step.value };
};

const opened = async (parts: RunParts, request: ModelRequest, guard: Guard): Promise<AsyncIterable<unknown> | Failed> => {
  for (let left = MOST_YIELDS; ; left -= 1)
    try {
      const sent = parts.dialect.open(request, guard);
      // Whoever loses the race is not waited for: its end is nobody's news any more.
      sent.catch(() => undefined);
      return await Promise.race([sent, guard.ended]);
    } catch (thrown) {
      const over = guard.over();
      if (over) return over;
      if (left > 0 && parts.dialect.yields(thrown)) continue;
      return failureOf(thrown, { at: parts.at, model: parts.model, nowMs: parts.clock.now() });
    }
};

async function* once(parts: RunParts, request: ModelRequest, attempt: Attempt): AsyncGenerator<ModelEvent> {
  const { clock, dialect, limits, at, knowledge } = parts;
  const guard = createGuard({ clock, limits, at, signal: request.signal });
  const reader = dialect.reader(request);
  let text = 0;
  let iterator: AsyncIterator<unknown> | undefined;
  const given = function* (all: readonly Heard[]): Generator<ModelEvent> {
    for (const heard of all) {
      if (heard.kind === "broken") attempt.broken.push(heard);
      else if (heard.kind === "failed") attempt.failed = heard;
      else if (heard.kind === "end") {
        attempt.isDone = true;
        if (attempt.broken.length === 0) yield heard;
      } else if (heard.kind === "usage") yield { kind: "usage", input: heard.input, output: heard.output, cached: heard.cached, costUsd: knowledge.costUsd(heard) };
      else {
        if (heard.kind === "text") text += heard.text.length;
        if (text > MOST_TEXT) attempt.failed = failed("malformed", `${at} wrote more than ${MOST_TEXT} characters`);
        if (attempt.failed) return;
        attempt.hasSpoken = true;
        yield heard;
      }
    }
  };
  try {
    const stream = await opened(parts, request, guard);
    if ("kind" in stream) {
      attempt.failed = stream;
      return;
    }
    iterator = stream[Symbol.asyncIterator]();
    for (let step = await next(iterator, guard); step !== undefined; step = await next(iterator, guard)) {
      if ("failed" in step) attempt.failed = step.failed;
      else yield* given(reader.read(step.chunk));
      if (attempt.failed) break;
    }
    yield* given(reader.close());
    if (!attempt.failed && !attempt.isDone) attempt.failed = guard.over() ?? failed("malformed", `${at} broke off in the middle of an answer`, true);
  } catch (thrown) {
    attempt.failed = guard.over() ?? failureOf(thrown, { at, model: parts.model, nowMs: clock.now() });
    try {
      yield* given(reader.close().filter(({ kind }) => kind === "usage"));
    } catch {
      // What made no sense before makes none now.
    }
  } finally {
    guard.close();
    // Not waited for: a body that hangs would hang its closing too.
    iterator?.return?.()?.catch(() => undefined);
  }
}

const asked = (request: ModelRequest, broken: readonly Broken[]): ModelRequest => ({
  ...request,
  said: [
    ...request.said,
    { role: "jarvis", text: broken.map(({ raw }) => raw).join("\n") },
    { role: "person", text: `That call could not be carried out: ${broken.map(({ why }) => why).join("; ")}. Write it again, mended, and nothing else.` },
  ],
});

const waitBefore = (told: Failed, tries: number): number => told.waitMs ?? FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + Math.random() / 4);

const settle = (parts: RunParts, told: Failed): void => {
  // What only this request was too long for, or who went away, says nothing about the server.
  if (told.fault === "cancelled" || told.fault === "overflow") return;
  parts.health.down(told.words);
};

export async function* runModel(parts: RunParts, given: ModelRequest): AsyncGenerator<ModelEvent> {
  let request = given;
  let repairs = 0;
  for (let tries = 1; ; ) {
    const attempt: Attempt = { broken: [], hasSpoken: false, isDone: false };
    yield* once(parts, request, attempt);
    if (attempt.failed) {
      const told = { ...attempt.failed, words: parts.clean(attempt.failed.words) };
      const waitMs = waitBefore(told, tries);
      const isAgain = told.isRetryable && !attempt.hasSpoken && tries < MOST_TRIES && waitMs <= MOST_WAIT_MS && told.fault !== "timeout";
      if (isAgain && (await waited(parts, waitMs, given.signal))) {
        tries += 1;
        continue;
      }
      settle(parts, told);
      if (given.signal?.aborted && told.fault !== "cancelled") yield failed("cancelled", "stopped by who asked");
      else yield { kind: "failed", fault: told.fault, words: told.words, isRetryable: told.isRetryable };
      return;
    }
    if (attempt.broken.length === 0) {
      parts.health.ok("answers");
      return;
    }
    if (repairs >= MOST_REPAIRS) {
      yield {
        kind: "failed",
        fault: "malformed",
        words: parts.clean(`${parts.model} wrote a call nobody can carry out, ${MOST_REPAIRS + 1} times: ${attempt.broken[0]?.why ?? ""}`),
        isRetryable: false,
      };
      return;
    }
    repairs += 1;
    request = asked(request, attempt.broken);
  }
}

const waited = async ({ clock }: RunParts, ms: number, signal: AbortSignal | undefined): Promise<boolean> => {
  try {
    await clock.pause(ms * clock.rate, signal);
    return signal?.aborted !== true;
  } catch {
    return false;
  }
};
