// The live side for the command line: opens /api/v1/ws, says who it is, calls methods, hands on what the server sends unasked.
// Refuses to guess: a close ends with the server's own reason.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { CLOSE, PROTOCOL } from "../contract/wire.ts";
import { EXIT, exitOfType, unreachable } from "./exits.ts";
import { type Door, notOurs, tokenUnknown } from "./whom.ts";

const Frame = z.object({
  id: z.union([z.string(), z.number()]).optional().nullable(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.looseObject({ type: z.string() }).optional() }).optional(),
});

export interface Socket {
  call(method: string, params: unknown): Promise<unknown>;
  /** Rejects with the reason when the server closes; resolves after close(). */
  readonly ended: Promise<void>;
  close(): void;
}

const closedBy = (code: number, reason: string): JarvisError => {
  const allowed = code !== CLOSE.credential && code !== CLOSE.scope;
  const words = code === 1006 ? "the connection broke" : `the server closed the connection (${code}${reason ? `: ${reason}` : ""})`;
  return new JarvisError("upstream_refused", { message: words, data: { exit: allowed ? EXIT.unreachable : EXIT.notAllowed } });
};

/** Resolves once the server has accepted the credential. */
export const openSocket = async (door: Door, on: (method: string, params: unknown) => void): Promise<Socket> => {
  const web = new WebSocket(`${door.url.replace(/^http/, "ws")}/api/v1/ws`, door.token === undefined ? {} : { headers: { authorization: `Bearer ${door.token}` } });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const hello = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let next = 1;
  let greeted = false;
  let leaving = false;

  const settle = (frame: z.infer<typeof Frame>): void => {
    const call = waiting.get(Number(frame.id));
    waiting.delete(Number(frame.id));
    if (frame.error) call?.reject(new JarvisError("upstream", { message: frame.error.message, data: { exit: exitOfType(frame.error.data?.type ?? "bug"), wire: frame.error } }));
    else call?.resolve(frame.result);
  };
  web.onmessage = (message) => {
    const frame = Frame.parse(JSON.parse(String(message.data)));
    if (frame.method === undefined) return settle(frame);
    if (frame.method === "hello") {
      greeted = true;
      hello.resolve();
    }
    on(frame.method, frame.params);
  };
  web.onclose = (event) => {
    const why =
      event.code === CLOSE.credential
        ? door.folder === undefined
          ? tokenUnknown(door.url)
          : notOurs(door.url, door.folder)
        : greeted
          ? closedBy(event.code, event.reason)
          : unreachable(`no Jarvis answers at ${door.url}${event.reason ? ` (${event.reason})` : ""}. Start one with ./jarvis.`);
    hello.reject(why);
    for (const call of waiting.values()) call.reject(why);
    if (leaving) ended.resolve();
    else ended.reject(why);
  };
  ended.promise.catch(() => undefined);

  const call = (method: string, params: unknown): Promise<unknown> => {
    const id = next;
    next += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    web.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return answer.promise;
  };
  await hello.promise;
  await call("auth", { ...(door.token === undefined ? {} : { token: door.token }), protocol: PROTOCOL });
  return {
    call,
    ended: ended.promise,
    close: () => {
      leaving = true;
      web.close();
    },
  };
};
