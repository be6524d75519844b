// A plugin's fetch: whole answers under a byte cap and a deadline, over checked connections. Its streams are streams.ts.
import type { Context, FetchAnswer, FetchInit } from "../contract/context.ts";
import type { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { collected, headOf, unpacked } from "./answer-body.ts";
import { createExchange, reasonOf } from "./exchange.ts";
import type { Sessions } from "./faces.ts";
import type { Grant } from "./grant.ts";
import { bounded, limited } from "./limit.ts";
import { planRequest } from "./route.ts";
import { createStreams } from "./streams.ts";
import { upstreamError } from "./upstream-error.ts";

type Reach = Pick<Context<unknown, unknown>, "fetch" | "open" | "next" | "cancel">;

export interface Fetching {
  /** The four methods, ending when `signal` aborts. */
  under(signal: () => AbortSignal): Reach;
  close(): void;
}

export const createFetching = (grant: Grant, clock: Clock, sessions?: Sessions): Fetching => {
  const exchange = createExchange();
  const streams = createStreams({ grant, clock, exchange, refused: sessions?.refused });

  const fetch = async (url: string, init: FetchInit, signal: AbortSignal): Promise<FetchAnswer> => {
    const { timeoutMs, maxBytes } = bounded(init);
    const plan = await planRequest(grant, url, init);
    const limit = limited(clock, signal, plan.where, timeoutMs);
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

  const under = (signal: () => AbortSignal): Reach => ({
    fetch: (url, init = {}) => fetch(url, init, signal()),
    open: (url, init = {}) => streams.open(url, init, signal()),
    next: (id) => streams.next(id, signal()),
    cancel: streams.cancel,
  });

  /** Streams and kept connections go; an act on its way has a connection of its own and is not cut half done. */
  const sever = (why?: JarvisError): void => {
    streams.close(why);
    exchange.close();
  };
  const forget = sessions?.on(sever);
  const close = (): void => {
    forget?.();
    sever();
  };

  return { under, close };
};
