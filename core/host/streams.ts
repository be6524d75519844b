// Answers taken piece by piece: a bounded number open, each on a connection of its own, ending with cancel or with the call that opened it.
import type { IncomingMessage } from "node:http";
import type { FetchInit, OpenedStream, StreamPiece } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { headOf } from "./answer-body.ts";
import { type Exchange, reasonOf } from "./exchange.ts";
import type { Grant } from "./grant.ts";
import { bounded, limited } from "./limit.ts";
import { planRequest } from "./route.ts";
import { upstreamError } from "./upstream-error.ts";

const MOST_STREAMS = 16;

interface Options {
  readonly grant: Grant;
  readonly clock: Clock;
  readonly exchange: Exchange;
  /** Why none may be open now. */
  readonly refused?: (() => JarvisError | undefined) | undefined;
}

const admit = (refused: Options["refused"]): void => {
  const no = refused?.();
  if (no) throw no;
};

interface Streams {
  open(url: string, init: FetchInit, signal: AbortSignal): Promise<OpenedStream>;
  next(id: string, signal: AbortSignal): Promise<StreamPiece>;
  cancel(id: string): Promise<void>;
  /** `why`: what those who wait for a piece are told. */
  close(why?: JarvisError): void;
}

export const createStreams = ({ grant, clock, exchange, refused }: Options): Streams => {
  const streams = new Map<string, { answer: IncomingMessage; pieces: AsyncIterator<unknown>; where: string; signal: AbortSignal }>();
  let count = 0;
  let opening = 0;

  const open = async (url: string, init: FetchInit, signal: AbortSignal): Promise<OpenedStream> => {
    admit(refused);
    if (streams.size + opening >= MOST_STREAMS) throw new JarvisError("unavailable", { message: `This plugin has ${MOST_STREAMS} streams open already.` });
    opening += 1;
    try {
      const plan = await planRequest(grant, url, init);
      const limit = limited(clock, signal, plan.where, bounded(init).timeoutMs);
      const answer = await exchange
        .head(plan, limit.signal, true)
        .finally(limit.reached)
        .catch((thrown: unknown) => {
          limit.unlink();
          throw thrown;
        });
      answer.once("close", limit.unlink);
      const late = refused?.();
      if (late) {
        answer.destroy();
        throw late;
      }
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

  const close = (why?: JarvisError): void => {
    for (const [id, { answer }] of [...streams]) {
      answer.destroy(why);
      streams.delete(id);
    }
  };

  return { open, next, cancel, close };
};
