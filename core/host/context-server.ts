// The host's end of a message-backed Context: answers what the plugin's side asks, with that call's own grant, deadline and incident. Refuses floods.
import { AsyncLocalStorage } from "node:async_hooks";
import type { MessagePort } from "node:worker_threads";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { BareContext, ContextSource, Purpose } from "./context.ts";
import { reasonOf } from "./exchange.ts";
import { HANDLERS } from "./handlers.ts";
import { errorOut, ToHost, type ToPlugin } from "./messages.ts";

const MOST_WAITING = 256;

export interface ContextServer {
  /** Opens call `call` until `until` settles. */
  during(call: number, about: Purpose, until: Promise<unknown>): void;
  close(): void;
}

interface Open {
  readonly context: BareContext;
  /** Runs something as part of that call. */
  readonly enter: <T>(act: () => T) => T;
}

export const serveContext = (port: MessagePort, source: ContextSource): ContextServer => {
  const calls = new Map<number, Open>([[0, { context: source.bare, enter: (act) => act() }]]);
  let waiting = 0;
  const send = (message: ToPlugin): void => port.postMessage(message);

  const answer = async ({ id, call, method, arguments: given }: Extract<ToHost, { kind: "ask" }>): Promise<void> => {
    const open = calls.get(call);
    waiting += 1;
    try {
      if (waiting > MOST_WAITING) throw new JarvisError("unavailable", { message: `More than ${MOST_WAITING} requests of this plugin are waiting.` });
      if (open === undefined) throw new JarvisError("unavailable", { message: "That call is over." });
      const handler = HANDLERS.get(method);
      if (handler === undefined) throw new JarvisError("bad_input", { message: `The Context has no ${method.slice(0, 60)}.` });
      send({ kind: "answer", id, value: await open.enter(() => handler(open.context, given)) });
    } catch (thrown) {
      send({ kind: "error", id, error: errorOut(thrown) });
    } finally {
      waiting -= 1;
    }
  };

  port.on("message", (raw: unknown) => {
    const message = ToHost.safeParse(raw);
    if (!message.success) return;
    if (message.data.kind === "log") source.bare.log(message.data.message, message.data.data);
    else void answer(message.data);
  });
  source.bare.signal.addEventListener("abort", () => send({ kind: "abort", call: 0, error: errorOut(reasonOf(source.bare.signal)) }), { once: true });

  const during: ContextServer["during"] = (call, purpose, until) => {
    const { signal } = purpose;
    const abort = (): void => send({ kind: "abort", call, error: errorOut(reasonOf(signal)) });
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const hold = async (context: Context<unknown, unknown>): Promise<void> => {
      calls.set(call, { context, enter: AsyncLocalStorage.snapshot() });
      await until.catch(() => undefined);
      calls.delete(call);
      signal.removeEventListener("abort", abort);
    };
    void source.within({ ...purpose, client: undefined }, hold);
  };

  return { during, close: () => port.close() };
};
