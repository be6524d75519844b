// The plugin's end of a message-backed Context: the same methods, each a message with an id. `joined` puts both ends together in one process.
import { AsyncLocalStorage } from "node:async_hooks";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { z } from "zod";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { KeptRecord } from "../contract/record.ts";
import type { BareContext, ContextSource } from "./context.ts";
import { serveContext } from "./context-server.ts";
import { errorIn, type ToHost, ToPlugin } from "./messages.ts";

interface PluginEnd {
  readonly bare: BareContext;
  within<T>(call: number, client: unknown, act: (context: Context<unknown, unknown>) => T | Promise<T>): Promise<T>;
  close(): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: JarvisError) => void;
}

/** `now`: the clock of the plugin's side. The configuration has been cloned on its way, as everything is. */
export const createMessageContext = (port: MessagePort, { config, now }: { config: unknown; now: () => number }): PluginEnd => {
  const waiting = new Map<number, Waiting>();
  const calls = new Map<number, AbortController>([[0, new AbortController()]]);
  const present = new AsyncLocalStorage<number>();
  let count = 0;
  let closed = false;

  // The answers' types are the Context's own: the other end is the host, whose closures answer them.
  const ask = <T>(method: string, ...given: unknown[]): Promise<T> => {
    const answer = Promise.withResolvers<T>();
    if (closed) {
      answer.reject(gone());
      return answer.promise;
    }
    count += 1;
    waiting.set(count, { resolve: (value) => answer.resolve(z.custom<T>().parse(value)), reject: answer.reject });
    try {
      port.postMessage({ kind: "ask", id: count, call: present.getStore() ?? 0, method, arguments: given } satisfies ToHost);
    } catch (thrown) {
      waiting.delete(count);
      answer.reject(new JarvisError("bad_input", { message: `${method}: an argument cannot be sent to the host.`, cause: thrown }));
    }
    return answer.promise;
  };

  const settle = (message: Exclude<ToPlugin, { kind: "abort" }>): void => {
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === "answer") waiter?.resolve(message.value);
    else waiter?.reject(errorIn(message.error));
  };
  port.on("message", (raw: unknown) => {
    const message = ToPlugin.parse(raw);
    if (message.kind === "abort") calls.get(message.call)?.abort(errorIn(message.error));
    else settle(message);
  });

  const life = calls.get(0)?.signal ?? AbortSignal.abort();
  const bare: BareContext = Object.freeze({ config: structuredClone(config), signal: life, now, ...methods(ask), log: (message, data) => logged(port, message, data) });

  const within: PluginEnd["within"] = async (call, client, act) => {
    const own = new AbortController();
    calls.set(call, own);
    try {
      return await present.run(call, () => act(Object.freeze({ ...bare, client, signal: own.signal })));
    } finally {
      calls.delete(call);
    }
  };

  const close = (): void => {
    closed = true;
    for (const { reject } of waiting.values()) reject(gone());
    for (const call of calls.values()) call.abort(gone());
    waiting.clear();
    port.close();
  };

  return { bare, within, close };
};

const gone = (): JarvisError => new JarvisError("unavailable", { message: "The host closed the connection." });

type Ask = <T>(method: string, ...given: unknown[]) => Promise<T>;

const methods = (ask: Ask): Omit<BareContext, "config" | "signal" | "now" | "log"> => ({
  fetch: (url, init) => ask("fetch", url, init),
  open: (url, init) => ask("open", url, init),
  socket: (url, init) => ask("socket", url, init),
  send: (id, bytes) => ask("send", id, bytes),
  next: (id) => ask("next", id),
  cancel: (id) => ask("cancel", id),
  pause: (ms) => ask("pause", ms),
  call: (tool, input, about) => ask("call", tool, input, about),
  state: (pattern) => ask("state", pattern),
  history: (pattern, minutes) => ask("history", pattern, minutes),
  publish: (topic, data) => ask("publish", topic, data),
  run: (command, options) => ask("run", command, options),
  read: (path) => ask("read", path),
  list: (path) => ask("list", path),
  write: (path, text) => ask("write", path, text),
  kept: () => ask("kept"),
  keep: (value) => ask("keep", value),
  records: Object.freeze({
    put: (draft: unknown) => ask<KeptRecord>("records.put", draft),
    get: (id: number) => ask<KeptRecord | undefined>("records.get", id),
    list: (query: unknown) => ask<{ records: KeptRecord[]; count: number }>("records.list", query),
    search: (query: unknown) => ask<KeptRecord[]>("records.search", query),
    remove: (id: number) => ask<boolean>("records.remove", id),
  }),
  incidents: (wanted) => ask("incidents", wanted),
  permissions: Object.freeze({ query: (wish: unknown) => ask<"granted">("query", wish), request: (wish: unknown) => ask<"granted">("request", wish) }),
});

const logged = (port: MessagePort, message: string, data: Record<string, unknown> | undefined): void => {
  try {
    port.postMessage({ kind: "log", message, ...(data === undefined ? {} : { data }) } satisfies ToHost);
  } catch {
    port.postMessage({ kind: "log", message } satisfies ToHost);
  }
};

/** A context source whose every use crosses a MessageChannel, as it will for a plugin in a process of its own. */
export const joined = (source: ContextSource): ContextSource => {
  const { port1, port2 } = new MessageChannel();
  const host = serveContext(port1, source);
  const plugin = createMessageContext(port2, { config: source.bare.config, now: source.bare.now });
  let count = 0;
  const within: ContextSource["within"] = async ({ client, ...purpose }, act) => {
    count += 1;
    const call = count;
    const over = Promise.withResolvers<void>();
    host.during(call, purpose, over.promise);
    try {
      return await plugin.within(call, client, act);
    } finally {
      over.resolve();
    }
  };
  const close = (reason: JarvisError): void => {
    source.close(reason);
    plugin.close();
    host.close();
  };
  return { bare: plugin.bare, within, close };
};
