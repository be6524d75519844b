// A plugin's WebSockets, pulled by id as its streams are: what nobody takes is left with the sender. Bounded in number and in what waits; each ends with cancel, with the call that opened it, or with its other side.
import type { Socket } from "node:net";
import type { OpenedStream, SocketInit, StreamPiece } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import { dial } from "./dial.ts";
import { reasonOf } from "./exchange.ts";
import type { Grant } from "./grant.ts";
import { type Greeted, shakeHands } from "./handshake.ts";
import { bounded, limited } from "./limit.ts";
import { planRequest, type RequestHead } from "./route.ts";
import { converse, type OpenSocket } from "./socket.ts";
import { upstreamError } from "./upstream-error.ts";

const MOST_SOCKETS = 16;

interface Options {
  readonly grant: Grant;
  readonly clock: Clock;
  readonly refused?: (() => JarvisError | undefined) | undefined;
}

/** Ends a connection that comes too late for its caller. */
const dialled = async (plan: RequestHead, signal: AbortSignal): Promise<Socket> => {
  const waiting = dial(plan.route);
  const aborted = Promise.withResolvers<never>();
  const give = (): void => aborted.reject(reasonOf(signal));
  signal.addEventListener("abort", give, { once: true });
  if (signal.aborted) give();
  try {
    return await Promise.race([waiting, aborted.promise]);
  } catch (thrown) {
    waiting.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    throw thrown;
  } finally {
    signal.removeEventListener("abort", give);
    aborted.promise.catch(() => undefined);
  }
};

const greeted = async (socket: Socket, plan: RequestHead, protocol: string | undefined, signal: AbortSignal): Promise<Greeted> => {
  const cut = (): void => void socket.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    return await shakeHands(socket, plan, protocol);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", cut);
  }
};

export const createSockets = ({ grant, clock, refused }: Options) => {
  const open = new Map<string, OpenSocket>();
  let [count, opening] = [0, 0];
  const admit = (): void => {
    const no = refused?.();
    if (no) throw no;
    if (open.size + opening > MOST_SOCKETS) throw new JarvisError("unavailable", { message: `This plugin has ${MOST_SOCKETS} sockets open already.` });
  };

  /** `signal`: of the call it belongs to; it may be aborted long after this has answered. */
  const begin = async (plan: RequestHead, init: SocketInit, signal: AbortSignal): Promise<OpenedStream> => {
    const limit = limited(clock, signal, plan.where, bounded(init).timeoutMs);
    try {
      const socket = await dialled(plan, limit.signal);
      const { rest, ...head } = await greeted(socket, plan, init.protocol, limit.signal);
      admit();
      count += 1;
      const id = `socket-${count}`;
      if (head.status !== 101) {
        socket.destroy();
        return { id, ...head };
      }
      const cut = (): void => {
        open.get(id)?.close(reasonOf(signal));
        open.delete(id);
      };
      signal.addEventListener("abort", cut, { once: true });
      // After its other side's end it stays until somebody has taken what came.
      open.set(
        id,
        converse(socket, plan.where, rest, () => signal.removeEventListener("abort", cut)),
      );
      return { id, ...head };
    } catch (thrown) {
      throw limit.signal.aborted ? reasonOf(limit.signal) : upstreamError(thrown, plan.where, true);
    } finally {
      limit.reached();
      limit.unlink();
    }
  };

  return {
    async open(url: string, init: SocketInit, signal: AbortSignal): Promise<OpenedStream> {
      opening += 1;
      try {
        admit();
        return await begin(await planRequest(grant, url, { ...(init.headers ? { headers: init.headers } : {}), ...(init.tls ? { tls: init.tls } : {}) }), init, signal);
      } finally {
        opening -= 1;
      }
    },
    async next(id: string, signal: AbortSignal): Promise<StreamPiece> {
      const found = open.get(id);
      if (found === undefined) throw new JarvisError("not_found", { message: "That socket is not open." });
      try {
        const piece = await found.next(signal);
        if (piece.done) open.delete(id);
        return piece;
      } catch (thrown) {
        open.delete(id);
        found.close();
        throw thrown;
      }
    },
    async send(id: string, bytes: Uint8Array): Promise<void> {
      const found = open.get(id);
      if (found === undefined) throw new JarvisError("not_found", { message: "That socket is not open." });
      await found.send(bytes);
    },
    cancel(id: string): void {
      open.get(id)?.close();
      open.delete(id);
    },
    close(why?: JarvisError): void {
      for (const one of open.values()) one.close(why);
      open.clear();
    },
  };
};

export type Sockets = ReturnType<typeof createSockets>;
