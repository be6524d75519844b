// Stands around one request to a model: ends it when nothing comes, when it takes too long, when too much comes or when who asked goes away. The clock is the only timer.
import type { Clock } from "../../lib/clock.ts";
import { type Failed, failed, ModelTrouble } from "./failure.ts";

export interface Limits {
  /** Until the first byte: a small machine reads its prompt first. */
  firstMs: number;
  /** Between two bytes. */
  idleMs: number;
  totalMs: number;
}

const MOST_ANSWER_BYTES = 8_388_608;

export interface Guard {
  signal: AbortSignal;
  /** Resolves when the request must end early; never rejects. */
  ended: Promise<Failed>;
  over: () => Failed | undefined;
  /** Watches the bytes; follows no redirect; refuses a web page. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  close: () => void;
}

interface Parts {
  clock: Pick<Clock, "after" | "rate">;
  limits: Limits;
  /** The address, for the words. */
  at: string;
  signal?: AbortSignal | undefined;
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

export const createGuard = ({ clock, limits, at, signal }: Parts): Guard => {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Failed>();
  let told: Failed | undefined;
  let bytes = 0;
  const end = (why: Failed): void => {
    if (told) return;
    told = why;
    resolve(why);
    controller.abort();
  };
  const cancelled = (): void => end(failed("cancelled", "stopped by who asked"));
  const late = (ms: number, what: string) => () => end(failed("timeout", `${at} ${what} ${seconds(ms)}`, true));
  // A server on the network is as fast as it is, however fast this clock runs.
  const afterReal = (ms: number, act: () => void): (() => void) => clock.after(ms * clock.rate, act, true);
  let stopIdle = afterReal(limits.firstMs, late(limits.firstMs, "said nothing for"));
  const stopTotal = afterReal(limits.totalMs, late(limits.totalMs, "had not finished after"));
  if (signal?.aborted) cancelled();
  signal?.addEventListener("abort", cancelled, { once: true });

  const touch = (length: number): void => {
    stopIdle();
    bytes += length;
    if (told) return;
    if (bytes > MOST_ANSWER_BYTES) end(failed("malformed", `${at} sent more than ${MOST_ANSWER_BYTES / 1_048_576} MiB for one answer`));
    else stopIdle = afterReal(limits.idleMs, late(limits.idleMs, "fell silent in the middle of an answer for"));
  };

  const watched = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
    body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, next) {
          touch(chunk.length);
          next.enqueue(chunk);
        },
      }),
    );

  return {
    signal: controller.signal,
    ended: promise,
    over: () => told,
    async fetch(input, init) {
      const response = await fetch(input, { ...init, redirect: "manual" });
      const kind = response.headers.get("content-type") ?? "";
      if (response.ok && kind.includes("text/html"))
        throw new ModelTrouble(
          failed("malformed", `${at} answers with a web page, not as a model's server: baseUrl: in jarvis.yaml should end in what its API begins with, often /v1`),
        );
      return response.body === null ? response : new Response(watched(response.body), { status: response.status, statusText: response.statusText, headers: response.headers });
    },
    close() {
      stopIdle();
      stopTotal();
      signal?.removeEventListener("abort", cancelled);
      controller.abort();
    },
  };
};
