// A plugin's fetch and its streams: whole answers under a byte cap and a deadline, or piece by piece with a bounded number open.
import type { IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { Context, FetchAnswer, FetchInit, OpenedStream, StreamPiece } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { type Link, link } from "../lib/link.ts";
import { createExchange, reasonOf } from "./exchange.ts";
import type { Grant } from "./grant.ts";
import { planRequest } from "./route.ts";
import { timedOut, tooMuch, upstreamError } from "./upstream-error.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const LARGEST_MAX_BYTES = 64 * 1024 * 1024;
const MOST_STREAMS = 16;
const LEAST_WALL_MS = 1000;

type Reach = Pick<Context<unknown, unknown>, "fetch" | "open" | "next" | "cancel">;

export interface Fetching {
  /** The four methods, ending when `signal` aborts. */
  under(signal: () => AbortSignal): Reach;
  close(): void;
}

export const createFetching = (grant: Grant, clock: Clock): Fetching => {
  const exchange = createExchange();
  const streams = new Map<string, { answer: IncomingMessage; pieces: AsyncIterator<unknown>; where: string; signal: AbortSignal }>();
  let count = 0;
  let opening = 0;

  /** Aborts with upstream_timeout after so many ms of the clock; on a fast one a deadline still leaves some real time. */
  const limited = (signal: AbortSignal, where: string, timeoutMs: number): Link & { reached(): void } => {
    const linked = link(signal);
    const reached = clock.after(Math.max(timeoutMs, clock.rate > 1 ? LEAST_WALL_MS * clock.rate : 0), () => linked.abort(timedOut(where, timeoutMs, true)));
    return { ...linked, reached };
  };

  const fetch = async (url: string, init: FetchInit, signal: AbortSignal): Promise<FetchAnswer> => {
    const { timeoutMs, maxBytes } = bounded(init);
    const plan = await planRequest(grant, url, init);
    const limit = limited(signal, plan.where, timeoutMs);
    try {
      const answer = await exchange.head({ ...plan, headers: { ...plan.headers, "accept-encoding": "gzip" } }, limit.signal);
      const bytes = unpacked(await collected(answer, maxBytes, plan.where), answer.headers["content-encoding"], maxBytes, plan.where);
      const date = Date.parse(answer.headers.date ?? "");
      return { ...headOf(answer), body: new TextDecoder().decode(bytes), ...(Number.isNaN(date) ? {} : { serverTimeMs: date }) };
    } catch (thrown) {
      throw limit.signal.aborted ? reasonOf(limit.signal) : upstreamError(thrown, plan.where, true);
    } finally {
      limit.reached();
      limit.unlink();
    }
  };

  const open = async (url: string, init: FetchInit, signal: AbortSignal): Promise<OpenedStream> => {
    if (streams.size + opening >= MOST_STREAMS) throw new JarvisError("unavailable", { message: `This plugin has ${MOST_STREAMS} streams open already.` });
    opening += 1;
    try {
      const plan = await planRequest(grant, url, init);
      const limit = limited(signal, plan.where, bounded(init).timeoutMs);
      const answer = await exchange
        .head(plan, limit.signal, true)
        .finally(limit.reached)
        .catch((thrown: unknown) => {
          limit.unlink();
          throw thrown;
        });
      answer.once("close", limit.unlink);
      count += 1;
      const id = `stream-${count}`;
      limit.signal.addEventListener("abort", () => streams.delete(id), { once: true });
      streams.set(id, { answer, pieces: answer[Symbol.asyncIterator](), where: plan.where, signal: limit.signal });
      return { id, ...headOf(answer) };
    } finally {
      opening -= 1;
    }
  };

  /** The stream lives as long as the call that opened it; the call that only waits for a piece may end earlier. */
  const next = async (id: string, signal: AbortSignal): Promise<StreamPiece> => {
    const stream = streams.get(id);
    if (signal.aborted) throw reasonOf(signal);
    if (stream === undefined) throw new JarvisError("not_found", { message: "That stream is not open." });
    const cut = (): void => void stream.answer.destroy(reasonOf(signal));
    signal.addEventListener("abort", cut, { once: true });
    try {
      const piece = await stream.pieces.next();
      if (!piece.done && piece.value instanceof Uint8Array) return { done: false, bytes: new Uint8Array(piece.value) };
      streams.delete(id);
      return { done: true };
    } catch (thrown) {
      streams.delete(id);
      throw signal.aborted ? reasonOf(signal) : stream.signal.aborted ? reasonOf(stream.signal) : upstreamError(thrown, stream.where, true);
    } finally {
      signal.removeEventListener("abort", cut);
    }
  };

  const cancel = async (id: string): Promise<void> => {
    streams.get(id)?.answer.destroy();
    streams.delete(id);
  };

  const under = (signal: () => AbortSignal): Reach => ({
    fetch: (url, init = {}) => fetch(url, init, signal()),
    open: (url, init = {}) => open(url, init, signal()),
    next: (id) => next(id, signal()),
    cancel,
  });

  const close = (): void => {
    for (const id of [...streams.keys()]) void cancel(id);
    exchange.close();
  };

  return { under, close };
};

const bounded = ({ timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES }: FetchInit): { timeoutMs: number; maxBytes: number } => ({
  timeoutMs: Math.min(LONGEST_TIMEOUT_MS, Math.max(1, timeoutMs)),
  maxBytes: Math.min(LARGEST_MAX_BYTES, Math.max(0, maxBytes)),
});

const headOf = (answer: IncomingMessage): { status: number; statusText: string; headers: Record<string, string> } => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return { status: answer.statusCode ?? 0, statusText: answer.statusMessage ?? "", headers };
};

const collected = async (answer: IncomingMessage, maxBytes: number, where: string): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer) {
    if (!(piece instanceof Uint8Array)) continue;
    size += piece.length;
    if (size > maxBytes) {
      answer.destroy();
      throw tooMuch(where, maxBytes);
    }
    pieces.push(piece);
  }
  if (!answer.complete) throw Object.assign(new Error("the answer broke off"), { code: "ECONNRESET" });
  return Buffer.concat(pieces);
};

const UNPACK = new Map([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  ["deflate", inflateSync],
  ["br", brotliDecompressSync],
]);

const unpacked = (bytes: Buffer, encoding: string | undefined, maxBytes: number, where: string): Buffer => {
  const name = (encoding ?? "identity").toLowerCase();
  if (name === "identity" || bytes.length === 0) return bytes;
  const unpack = UNPACK.get(name);
  if (unpack === undefined) throw new JarvisError("upstream_garbage", { message: `${where} packed its answer as ${name.slice(0, 40)}, which was not asked for.` });
  try {
    return unpack(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_BUFFER_TOO_LARGE") throw tooMuch(where, maxBytes);
    throw new JarvisError("upstream_garbage", { message: `${where} sent a broken ${name} answer.`, cause: thrown });
  }
};
