// A plugin's fetch: whole answers under a byte cap and a deadline, over checked connections. Its streams are streams.ts.
import type { Context, FetchAnswer, FetchInit } from "../contract/context.ts";
import type { Clock } from "../lib/clock.ts";
import { collected, headOf, unpacked } from "./answer-body.ts";
import { createExchange, reasonOf } from "./exchange.ts";
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

export const createFetching = (grant: Grant, clock: Clock): Fetching => {
  const exchange = createExchange();
  const streams = createStreams({ grant, clock, exchange });

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

  const close = (): void => {
    streams.close();
    exchange.close();
  };

  return { under, close };
};
