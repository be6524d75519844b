// One WebSocket from hello to close: frames in, JSON-RPC out. Refuses bad frames, strangers, floods and slow readers with their close codes.
import { JarvisError } from "../contract/error.ts";
import { AuthParams, CLOSE, METHODS, PROTOCOL, type RpcRequest } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Hub } from "../live/hub.ts";
import { createOutbox } from "../live/outbox.ts";
import { type Buckets, createBuckets } from "./bucket.ts";
import { closeReason, slowReason } from "./close-reason.ts";
import type { Credential, Credentials } from "./credentials.ts";
import type { CoreFaces, Who } from "./faces.ts";
import { errorFrame, idOf, isExpected, notificationFrame, resultFrame } from "./frames.ts";
import { parseJson } from "./json.ts";
import { checked } from "./methods.ts";
import { asRequest, type Dispatcher, methodNamed } from "./rpc.ts";
import { judge, type Upgraded } from "./socket-auth.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createTalks } from "./talks.ts";

export const FRAME_BYTES = 1024 * 1024;
const AUTH_MS = 5000;
/** A full socket that takes nothing for so long is given up. */
const LATE_MS = 60_000;
/** So long, on the wall, a closing socket may take to say goodbye. */
const GOODBYE_MS = 5000;
const MOST_RUNNING = 64;
const SOCKET_RATE = { perSecond: 200, burst: 1000 };
/** Refusals for rate before the socket is closed. */
const FLOOD = 200;

/** What a connection needs of the socket: Bun's own meanings. */
export interface Wire {
  send(text: string): number;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly hub: Hub;
  readonly core: CoreFaces;
  readonly dispatcher: Dispatcher;
  readonly credentials: Credentials;
  /** Wrong credentials by address. */
  readonly wrong: Buckets;
  readonly version: string;
  readonly log: (message: string, data?: Record<string, unknown>) => void;
}

/** Clock time that is at least `wallMs` of real time, however fast the clock runs. */
const atLeast = (clock: Clock, ms: number, wallMs: number): number => Math.max(ms, wallMs * clock.rate);

export const createConnection = (wire: Wire, upgraded: Upgraded, deps: ConnectionDeps) => {
  const { clock, hub, core, dispatcher, credentials } = deps;
  const rate = createBuckets({ clock, rate: SOCKET_RATE });
  let credential: Credential | undefined;
  let open = true;
  let running = 0;
  let flooded = 0;
  let cancelTimer = (): void => undefined;

  const close = (code: number, reason: string): void => {
    if (!open) return;
    ended();
    wire.close(code, closeReason(reason));
    clock.after(GOODBYE_MS * clock.rate, () => wire.terminate(), true);
  };

  const outbox = createOutbox({
    write: (frame) => wire.send(frame),
    snapshot: hub.snapshot,
    overflow: (last) => close(CLOSE.slow, slowReason(last)),
    full: (yes) => {
      cancelTimer();
      if (yes) cancelTimer = clock.after(atLeast(clock, LATE_MS, 5000), () => close(CLOSE.slow, slowReason(undefined)), true);
    },
  });
  const subscriptions = createSubscriptions({ hub, outbox });
  const talks = createTalks({ core, notify: (method, params) => outbox.send(notificationFrame(method, params)) });

  const ended = (): void => {
    open = false;
    cancelTimer();
    subscriptions.close();
    outbox.close();
  };

  const reply = (request: RpcRequest, result: unknown): void => {
    if (request.id !== undefined) outbox.send(resultFrame(request.id, result));
  };
  const refuse = (request: RpcRequest, thrown: unknown): void => {
    if (!isExpected(thrown)) deps.log("a request failed inside", { method: request.method, error: String(thrown) });
    if (request.id !== undefined) outbox.send(errorFrame(request.id, thrown));
  };

  const authenticate = (request: RpcRequest): void => {
    const params = checked(AuthParams, request.params);
    const judged = judge(params, upgraded, credentials);
    if ("credential" in judged) {
      credential = judged.credential;
      cancelTimer();
      return reply(request, { scope: judged.who.caller.scope, caller: judged.who.caller });
    }
    const seconds = judged.code === CLOSE.credential ? deps.wrong.take(upgraded.ip) : 0;
    refuse(request, new JarvisError(seconds > 0 ? "rate" : "unauthorised", { message: judged.words }));
    close(seconds > 0 ? CLOSE.rate : judged.code, judged.words);
  };

  const serve = async (request: RpcRequest, who: Who): Promise<void> => {
    const name = methodNamed(request.method);
    if (name === "channels.subscribe") {
      const params = checked(METHODS[name].params, request.params);
      await dispatcher.authorise(name, params, who);
      if (!open) return;
      const { answer, start } = subscriptions.subscribe(params);
      reply(request, answer);
      return start();
    }
    if (name === "channels.unsubscribe") return reply(request, subscriptions.unsubscribe(checked(METHODS[name].params, request.params).subscription));
    if (name === "chat.stop") return reply(request, talks.stop(checked(METHODS[name].params, request.params)));
    if (name !== "chat.send") return reply(request, await dispatcher.dispatch(name, request.params, who));
    const params = checked(METHODS[name].params, request.params);
    await dispatcher.authorise(name, params, who);
    reply(request, talks.send(params, who));
  };

  const handle = async (request: RpcRequest): Promise<void> => {
    if (request.method === "auth") return authenticate(request);
    if (credential === undefined) throw new JarvisError("unauthorised", { message: "Send auth first." });
    const who = credential.who();
    if (who === undefined) return close(CLOSE.credential, "This credential is not valid any more.");
    if (running >= MOST_RUNNING) throw new JarvisError("rate", { message: `${MOST_RUNNING} requests of this socket are running already.` });
    running += 1;
    await serve(request, who).finally(() => {
      running -= 1;
    });
  };

  /** Parses a frame's text; undefined when it was answered or closed already. */
  const read = (text: string): RpcRequest | undefined => {
    let value: unknown;
    try {
      value = parseJson(text);
      return asRequest(value);
    } catch (thrown) {
      if (thrown instanceof JarvisError && thrown.type === "parse") close(CLOSE.badFrame, "That frame is not JSON.");
      else outbox.send(errorFrame(idOf(value), thrown));
      return undefined;
    }
  };

  const overRate = (text: string): boolean => {
    const seconds = rate.take("");
    if (seconds === 0) return false;
    flooded += 1;
    if (flooded > FLOOD) close(CLOSE.rate, `More than ${SOCKET_RATE.perSecond} messages a second.`);
    else outbox.send(errorFrame(text.length < 4096 ? idOf(safely(text)) : null, new JarvisError("rate", { data: { retryAfterSeconds: seconds } })));
    return true;
  };

  const message = (data: string | Uint8Array): void => {
    if (!open) return;
    if (typeof data !== "string") return close(CLOSE.badFrame, "Binary frames are not taken.");
    if (data.length > FRAME_BYTES || Buffer.byteLength(data) > FRAME_BYTES) return close(CLOSE.badFrame, `A frame may have ${FRAME_BYTES} bytes.`);
    if (overRate(data)) return;
    const request = read(data);
    if (request !== undefined) handle(request).catch((thrown: unknown) => refuse(request, thrown));
  };

  const opened = (): void => {
    outbox.send(notificationFrame("hello", { protocol: PROTOCOL, version: deps.version, time: clock.iso() }));
    cancelTimer = clock.after(atLeast(clock, AUTH_MS, 1000), () => close(CLOSE.credential, "No auth within 5 seconds."), true);
  };

  /** Closes the socket when its credential is gone. */
  const recheck = (): void => {
    if (credential !== undefined && credential.who() === undefined) close(CLOSE.credential, "This credential was revoked.");
  };

  return { opened, message, drained: outbox.drain, ended, close, recheck };
};

export type Connection = ReturnType<typeof createConnection>;

const safely = (text: string): unknown => {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};
