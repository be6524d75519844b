// One WebSocket after its handshake: pieces are pulled, messages are sent when there is room. Reads no further than what somebody takes; answers pings by itself.
import type { Socket } from "node:net";
import type { StreamPiece } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import { reasonOf } from "./exchange.ts";
import { createFrameReader, frame, OPCODE } from "./socket-frames.ts";
import { upstreamError } from "./upstream-error.ts";

const MOST_MESSAGE_BYTES = 64 * 1024;
/** Past it the sender is not read any more. */
const ENOUGH_BYTES = 64 * 1024;

export interface OpenSocket {
  /** Rejects with the signal's reason, or with what broke the connection. */
  next(signal: AbortSignal): Promise<StreamPiece>;
  send(bytes: Uint8Array): Promise<void>;
  close(why?: JarvisError): void;
}

/** Somebody waits for something to happen, whatever it is. */
const createBell = () => {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    ring: (): void => {
      waiting?.resolve();
      waiting = undefined;
    },
    wait: (): Promise<void> => {
      waiting ??= Promise.withResolvers<void>();
      return waiting.promise;
    },
  };
};

/** What has come and nobody took; the socket is paused while that is enough. */
const createIntake = (socket: Socket) => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return {
    put: (piece: Buffer): void => {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= ENOUGH_BYTES) socket.pause();
    },
    take: (): StreamPiece | undefined => {
      if (pieces.length === 0) return undefined;
      bytes = 0;
      const whole = new Uint8Array(Buffer.concat(pieces.splice(0)));
      if (!socket.destroyed) socket.resume();
      return { done: false, bytes: whole };
    },
  };
};

/** `first`: what came with the handshake. `gone`: told once. */
export const converse = (socket: Socket, where: string, first: Buffer, gone: () => void): OpenSocket => {
  const [read, intake, came, room] = [createFrameReader(), createIntake(socket), createBell(), createBell()];
  let over = false;
  let failed: unknown;

  const end = (thrown?: unknown): void => {
    if (over) return;
    over = true;
    failed = thrown;
    socket.destroy();
    gone();
    came.ring();
    room.ring();
  };
  const leave = (): void => {
    if (!over) socket.end(frame(OPCODE.close, Buffer.alloc(0)));
    end();
  };
  const take = (piece: Uint8Array): void => {
    try {
      for (const one of read(piece)) {
        if (one.kind === "close") leave();
        else if (one.kind === "ping") socket.write(frame(OPCODE.pong, one.bytes));
        else intake.put(one.bytes);
      }
    } catch (thrown) {
      end(new JarvisError("upstream_garbage", { message: `${where} broke the WebSocket: ${thrown instanceof Error ? thrown.message : "?"}.` }));
    }
    came.ring();
  };
  socket.on("data", take);
  socket.once("error", end);
  socket.once("close", () => end());
  socket.on("drain", room.ring);
  socket.resume();
  take(first);

  const next: OpenSocket["next"] = async (signal) => {
    signal.addEventListener("abort", came.ring, { once: true });
    try {
      for (;;) {
        if (signal.aborted) throw reasonOf(signal);
        const piece = intake.take();
        if (piece !== undefined) return piece;
        if (failed !== undefined) throw upstreamError(failed, where, true);
        if (over) return { done: true };
        await came.wait();
      }
    } finally {
      signal.removeEventListener("abort", came.ring);
    }
  };

  const send: OpenSocket["send"] = async (bytes) => {
    if (bytes.length > MOST_MESSAGE_BYTES) throw new JarvisError("too_large", { message: `A message may have ${MOST_MESSAGE_BYTES} bytes, not ${bytes.length}.` });
    if (over) throw new JarvisError("unavailable", { message: `${where} has closed the connection.` });
    if (!socket.write(frame(OPCODE.binary, bytes))) await room.wait();
  };

  return { next, send, close: (why) => (why === undefined ? leave() : end(why)) };
};
