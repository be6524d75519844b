// One answer of a model, gathered from its stream within bounds. Refuses to hang: whoever aborts is heard at once, and a stream that throws or never ends properly is malformed.
import type { Model, ModelEvent, ModelRequest, ToolWish } from "../models/model.ts";
import { LIMITS } from "./limits.ts";

type Failure = Extract<ModelEvent, { kind: "failed" }>;

export interface Usage {
  input: number;
  output: number;
  cached: number;
  costUsd: number;
}

export interface Step {
  readonly text: string;
  readonly wishes: readonly ToolWish[];
  readonly usage: Usage;
  readonly end: "done" | "wishes" | "length" | "refused" | Failure;
}

const MOST_EVENTS = 50_000;
const MOST_WISHES = 16;

const failed = (fault: Failure["fault"], words: string): Failure => ({ kind: "failed", fault, words, isRetryable: false });

/** Rejects when the signal aborts; never resolves. */
const aborted = (signal: AbortSignal): { promise: Promise<never>; release: () => void } => {
  let release = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    const tell = (): void => reject(new Error("stopped"));
    if (signal.aborted) return tell();
    signal.addEventListener("abort", tell, { once: true });
    release = () => signal.removeEventListener("abort", tell);
  });
  promise.catch(() => undefined);
  return { promise, release };
};

const finite = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0);

const add = (a: Usage, b: Usage): Usage => ({
  input: a.input + finite(b.input),
  output: a.output + finite(b.output),
  cached: a.cached + finite(b.cached),
  costUsd: a.costUsd + finite(b.costUsd),
});
export const NO_USAGE: Usage = { input: 0, output: 0, cached: 0, costUsd: 0 };
export const sumUsage = add;

export const runStep = async (model: Model, request: ModelRequest, signal: AbortSignal): Promise<Step> => {
  let [text, usage, end] = ["", NO_USAGE, undefined as Step["end"] | undefined];
  const wishes: ToolWish[] = [];
  const stop = aborted(signal);
  let stream: AsyncIterator<ModelEvent> | undefined;
  try {
    stream = model.run(request)[Symbol.asyncIterator]();
    for (let events = 0; end === undefined && events < MOST_EVENTS; events += 1) {
      const { value, done } = await Promise.race([stream.next(), stop.promise]);
      if (done === true || value === undefined) break;
      if (value.kind === "text") text = (text + value.text).slice(0, LIMITS.textLength);
      else if (value.kind === "wish") wishes.length < MOST_WISHES && wishes.push(value.wish);
      else if (value.kind === "usage") usage = add(usage, value);
      else end = value.kind === "end" ? value.why : value;
    }
    end ??= failed("malformed", "The model's answer broke off.");
  } catch (thrown) {
    end = signal.aborted
      ? failed("cancelled", "It was stopped.")
      : failed("malformed", `The model's answer could not be read (${thrown instanceof Error ? thrown.message : String(thrown)}).`);
  } finally {
    stop.release();
    // Frees the server's slot; whoever never answers that is not waited for.
    void Promise.resolve(stream?.return?.()).catch(() => undefined);
  }
  return { text, wishes, usage, end };
};
