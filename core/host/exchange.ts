// One HTTP/1.1 exchange up to the head of its answer, over sockets that dial.ts checked. Follows no redirect: a new address is a new request, checked anew.
import { Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import type { Socket } from "node:net";
import { JarvisError } from "../contract/error.ts";
import { dial, type Route } from "./dial.ts";
import type { RequestHead } from "./route.ts";
import { upstreamError } from "./upstream-error.ts";

/** Servers such as pveproxy close an idle connection after 5 s; ours go first. */
const IDLE_SOCKET_MS = 4000;
const MOST_SOCKETS_PER_ROUTE = 8;
const MOST_ROUTES = 64;
/** Methods whose repetition changes nothing: they may use a kept connection and be sent again when it turns out closed. */
const REPEATABLE = new Set(["GET", "HEAD", "OPTIONS"]);

export interface Exchange {
  /**
   * Rejects with a JarvisError; `signal` ends the wait for the head and, after it, the answer's body.
   * `alone`: on a connection of its own, for answers that may never end and would block the kept ones.
   */
  head(plan: RequestHead, signal: AbortSignal, alone?: boolean): Promise<IncomingMessage>;
  close(): void;
}

export const createExchange = (): Exchange => {
  const agents = new Map<string, Agent>();

  const agentFor = (route: Route, where: string): Agent => {
    const key = JSON.stringify([route.unix, route.host, route.port, route.secure, route.tls]);
    const kept = agents.get(key);
    if (kept !== undefined) return kept;
    const oldest = agents.size >= MOST_ROUTES ? agents.entries().next().value : undefined;
    oldest?.[1].destroy();
    if (oldest !== undefined) agents.delete(oldest[0]);
    const agent = dialling(route, where, true);
    agents.set(key, agent);
    return agent;
  };

  const head = async (plan: RequestHead, signal: AbortSignal, alone = false): Promise<IncomingMessage> => {
    const repeatable = !alone && REPEATABLE.has(plan.method);
    const first = await once(plan, repeatable ? agentFor(plan.route, plan.where) : dialling(plan.route, plan.where, false), signal);
    if (first.answer !== undefined) return first.answer;
    if (!repeatable || !first.reused || signal.aborted) throw first.error;
    const second = await once(plan, dialling(plan.route, plan.where, false), signal);
    if (second.answer !== undefined) return second.answer;
    throw second.error;
  };

  const close = (): void => {
    for (const agent of agents.values()) agent.destroy();
    agents.clear();
  };

  return { head, close };
};

/** An agent whose every socket comes from dial(): a kept one was checked when it was made, with this very pin. */
const dialling = (route: Route, where: string, keepAlive: boolean): Agent => {
  const agent = new Agent({ keepAlive, maxSockets: MOST_SOCKETS_PER_ROUTE, maxFreeSockets: 2, timeout: IDLE_SOCKET_MS });
  const createConnection = (_options: unknown, done: (error: Error | null, socket?: Socket) => void): undefined => {
    dial(route).then(
      (socket) => done(null, socket),
      (thrown: unknown) => done(upstreamError(thrown, where, false)),
    );
  };
  return Object.assign(agent, { createConnection });
};

interface Outcome {
  readonly answer?: IncomingMessage;
  readonly error?: JarvisError;
  readonly reused: boolean;
}

const once = (plan: RequestHead, agent: Agent, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const { route, method, path, headers, body } = plan;
    if (signal.aborted) return resolve({ error: reasonOf(signal), reused: false });
    const sent: ClientRequest = requestHttp({ agent, host: route.host, port: route.port, method, path, headers, setDefaultHeaders: false });
    // A request still waiting for its socket says nothing when it is destroyed, so the answer is given here.
    const abandon = (): void => {
      sent.destroy();
      resolve({ error: reasonOf(signal), reused: sent.reusedSocket });
    };
    signal.addEventListener("abort", abandon, { once: true });
    sent.once("response", (answer) => {
      signal.removeEventListener("abort", abandon);
      const cut = (): void => void answer.destroy(reasonOf(signal));
      signal.addEventListener("abort", cut, { once: true });
      answer.once("close", () => signal.removeEventListener("abort", cut));
      resolve({ answer, reused: sent.reusedSocket });
    });
    sent.on("error", (thrown) => {
      signal.removeEventListener("abort", abandon);
      resolve({ error: upstreamError(thrown, plan.where, true), reused: sent.reusedSocket });
    });
    sent.end(body);
  });

/** Why a signal fired, as an error of ours. */
export const reasonOf = (signal: AbortSignal): JarvisError =>
  signal.reason instanceof JarvisError ? signal.reason : new JarvisError("unavailable", { message: "The call was cancelled.", cause: signal.reason });
