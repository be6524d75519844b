// One WebSocket from hello to close. Refuses strangers, revoked credentials and slow readers with their close codes.
import { JarvisError } from "../contract/error.ts";
import { AuthParams, CLOSE, PROTOCOL, type RpcRequest } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import type { Hub } from "../live/hub.ts";
import { createOutbox } from "../live/outbox.ts";
import { authAgain, authFirst, TOO_LATE } from "./auth-words.ts";
import type { Buckets } from "./bucket.ts";
import { closeReason, slowReason } from "./close-reason.ts";
import type { Credential, Credentials } from "./credentials.ts";
import type { CoreFaces } from "./faces.ts";
import { errorFrame, isExpected, notificationFrame, resultFrame } from "./frames.ts";
import { createInbox } from "./inbox.ts";
import { checked } from "./methods.ts";
import type { Dispatcher } from "./rpc.ts";
import { judge, type Upgraded } from "./socket-auth.ts";
import { createSocketMethods } from "./socket-methods.ts";

const AUTH_MS = 5000;
/** A full socket that takes nothing for so long is given up. */
const LATE_MS = 60_000;
/** So long, on the wall, a closing socket may take to say goodbye. */
const GOODBYE_MS = 5000;

/** What a connection needs of the socket: Bun's own meanings. */
interface Wire {
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

/** Ends a socket once, with the right code, and looks after its one deadline. */
const createEnding = (wire: Wire, clock: Clock, ended: () => void) => {
  let open = true;
  let cancel = (): void => undefined;

  const end = (): void => {
    if (!open) return;
    open = false;
    cancel();
    ended();
  };
  const close = (code: number, reason: string): void => {
    if (!open) return;
    end();
    wire.close(code, closeReason(reason));
    clock.after(GOODBYE_MS * clock.rate, () => wire.terminate(), true);
  };
  /** `ms` of the clock, but at least a second of real time, however fast the clock runs. */
  const deadline = (ms: number, code: number, reason: string, first: () => void = () => undefined): void => {
    const over = (): void => {
      first();
      close(code, reason);
    };
    cancel();
    cancel = clock.after(Math.max(ms, 1000 * clock.rate), over, true);
  };
  return { end, close, deadline, undo: (): void => cancel(), isOpen: (): boolean => open };
};

export const createConnection = (wire: Wire, upgraded: Upgraded, deps: ConnectionDeps) => {
  const { clock, hub, credentials } = deps;
  let credential: Credential | undefined;
  const ending = createEnding(wire, clock, () => {
    methods.close();
    outbox.close();
  });
  const outbox = createOutbox({
    write: (frame) => wire.send(frame),
    snapshot: hub.snapshot,
    overflow: (last) => ending.close(CLOSE.slow, slowReason(last)),
    full: (yes) => {
      if (yes) ending.deadline(LATE_MS, CLOSE.slow, slowReason(undefined));
      else ending.undo();
    },
  });
  const reply = (request: RpcRequest, result: unknown): void => {
    if (request.id !== undefined) outbox.send(resultFrame(request.id, result));
  };
  const refuse = (request: RpcRequest, thrown: unknown): void => {
    if (!isExpected(thrown)) deps.log("a request failed inside", { method: request.method, error: String(thrown) });
    if (request.id !== undefined) outbox.send(errorFrame(request.id, thrown));
  };
  const methods = createSocketMethods({ ...deps, outbox, reply });

  const authenticate = async (request: RpcRequest): Promise<void> => {
    const judged = judge(checked(AuthParams, request.params), upgraded, credentials);
    if ("credential" in judged) {
      const { caller } = judged.who;
      const before = credential?.who()?.caller;
      if (credential === undefined) ending.undo();
      credential = judged.credential;
      return reply(request, { scope: caller.scope, caller, ...(before === undefined ? {} : { words: authAgain(before, caller) }) });
    }
    const tooMany = judged.code === CLOSE.credential && deps.wrong.take(upgraded.ip) > 0;
    refuse(request, new JarvisError(tooMany ? "rate" : "unauthorised", { message: judged.words }));
    ending.close(tooMany ? CLOSE.rate : judged.code, judged.words);
  };

  const handle = async (request: RpcRequest): Promise<void> => {
    if (request.method === "auth") return authenticate(request);
    if (credential === undefined) throw new JarvisError("unauthorised", { message: authFirst(request) });
    const who = credential.who();
    if (who === undefined) return ending.close(CLOSE.credential, "This credential is not valid any more.");
    return methods.serve(request, who);
  };

  const inbox = createInbox({
    clock,
    send: outbox.send,
    close: ending.close,
    handle: (request) => void handle(request).catch((thrown: unknown) => refuse(request, thrown)),
  });

  return {
    opened: (): void => {
      outbox.send(notificationFrame("hello", { protocol: PROTOCOL, version: deps.version, time: clock.iso() }));
      // In a message too: many a script shows no close frame.
      const tell = (): void => outbox.send(errorFrame(null, new JarvisError("unauthorised", { message: TOO_LATE })));
      ending.deadline(AUTH_MS, CLOSE.slow, TOO_LATE, tell);
    },
    message: (data: string | Uint8Array): void => {
      if (ending.isOpen()) inbox(data);
    },
    drained: outbox.drain,
    ended: ending.end,
    close: ending.close,
    /** Closes the socket when its credential is gone. */
    recheck: (): void => {
      if (credential !== undefined && credential.who() === undefined) ending.close(CLOSE.credential, "This credential was revoked.");
    },
  };
};

export type Connection = ReturnType<typeof createConnection>;
