// A plugin's fetch: whole answers under a byte cap and a deadline, over checked connections. Its streams are streams.ts, its WebSockets sockets.ts.
import type { Context, FetchAnswer, FetchInit } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { collected, headOf, unpacked } from "./answer-body.ts";
import { createExchange, reasonOf } from "./exchange.ts";
import type { Sessions } from "./faces.ts";
import type { Grant } from "./grant.ts";
import { bounded, limited } from "./limit.ts";
import { planRequest } from "./route.ts";
import type { Sockets } from "./sockets.ts";
import { createStreams } from "./streams.ts";
import { upstreamError } from "./upstream-error.ts";

type Reach = Pick<Context<unknown, unknown>, "fetch" | "open" | "socket" | "send" | "next" | "cancel">;

export interface Fetching {
  /** The six methods, ending when `signal` aborts. */
  under(signal: () => AbortSignal): Reach;
  close(): void;
}

export const createFetching = (grant: Grant, clock: Clock, sessions?: Sessions): Fetching => {
  const exchange = createExchange();
  const streams = createStreams({ grant, clock, exchange, refused: sessions?.refused });
  /** Few plugins ever open one. */
  let sockets: Promise<Sockets> | undefined;
  const makeSockets = async (): Promise<Sockets> => {
    const { createSockets } = await import("./sockets.ts");
    return createSockets({ grant, clock, refused: sessions?.refused });
  };
  const socketsNow = (): Promise<Sockets> => {
    sockets ??= makeSockets();
    return sockets;
  };
  const isSocket = (id: string): boolean => id.startsWith("socket-");

  const fetch = async (url: string, init: FetchInit, signal: AbortSignal): Promise<FetchAnswer> => {
    const { timeoutMs, maxBytes } = bounded(init);
    const plan = await planRequest(grant, url, init);
    const limit = limited(clock, signal, plan.where, timeoutMs);
    const begunMs = clock.now();
    try {
      const answer = await exchange.head({ ...plan, headers: { ...plan.headers, "accept-encoding": "gzip" } }, limit.signal);
      const bytes = unpacked(await collected(answer, maxBytes, plan.where), answer.headers["content-encoding"], maxBytes, plan.where);
      const date = Date.parse(answer.headers.date ?? "");
      const tookMs = (clock.now() - begunMs) / clock.rate;
      return { ...headOf(answer), body: new TextDecoder().decode(bytes), tookMs, ...(Number.isNaN(date) ? {} : { serverTimeMs: date }) };
    } catch (thrown) {
      throw limit.signal.aborted ? reasonOf(limit.signal) : upstreamError(thrown, plan.where, true);
    } finally {
      limit.reached();
      limit.unlink();
    }
  };

  const under = (signal: () => AbortSignal): Reach => ({
    fetch: (url, init = {}) => fetch(url, init, signal()),
    open: (url, init = {}) => streams.open(url, init, signal()),
    socket: async (url, init = {}) => {
      const own = signal();
      return (await socketsNow()).open(url, init, own);
    },
    send: async (id, bytes) => {
      if (!isSocket(id)) throw new JarvisError("bad_input", { message: "Only what ctx.socket opened can be sent to." });
      await (await socketsNow()).send(id, bytes);
    },
    next: async (id) => {
      const own = signal();
      return isSocket(id) ? (await socketsNow()).next(id, own) : streams.next(id, own);
    },
    cancel: async (id) => (isSocket(id) ? (await socketsNow()).cancel(id) : streams.cancel(id)),
  });

  /** Streams and kept connections go; an act on its way has a connection of its own and is not cut half done. */
  const sever = (why?: JarvisError): void => {
    streams.close(why);
    exchange.close();
    void sockets?.then((made) => made.close(why));
  };
  const forget = sessions?.on(sever);
  const close = (): void => {
    forget?.();
    sever();
  };

  return { under, close };
};
