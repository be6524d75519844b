// Between a person and a shell: what was typed waits here in a bounded queue, what is shown goes no faster than the person's side says it took. Counts bytes; keeps none of them.
import type { ConsoleLine, ConsoleSize, FromPerson } from "../contract/console.ts";
import { JarvisError } from "../contract/error.ts";
import { CONSOLE_PIECE_BYTES, CONSOLE_WINDOW_BYTES } from "../contract/wire.ts";

/** Typed and not yet taken: a pasted file, while the shell does not read. */
const MOST_TYPED_BYTES = 1024 * 1024;

/** Somebody waits until something has changed. */
const createGate = (signal: AbortSignal) => {
  let waiting: PromiseWithResolvers<void> | undefined;
  const open = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };
  signal.addEventListener("abort", open, { once: true });
  return {
    open,
    /** Rejects once the console is closed. */
    wait: async (): Promise<void> => {
      signal.throwIfAborted();
      waiting ??= Promise.withResolvers<void>();
      await waiting.promise;
      signal.throwIfAborted();
    },
  };
};

interface Options {
  /** Ends the console. */
  readonly signal: AbortSignal;
  show(bytes: Uint8Array): void;
  opened(words: string): void;
}

export const createLine = ({ signal, show, opened }: Options) => {
  const [typed, room] = [createGate(signal), createGate(signal)];
  const queue: Uint8Array[] = [];
  let [waitingBytes, unseenBytes, typedBytes, shownBytes] = [0, 0, 0, 0];
  let size: ConsoleSize | undefined;
  let still = false;

  const taken = (): FromPerson | undefined => {
    if (size !== undefined) {
      const now = size;
      size = undefined;
      return { kind: "size", ...now };
    }
    const bytes = queue.shift();
    if (bytes !== undefined) {
      waitingBytes -= bytes.length;
      return { kind: "input", bytes };
    }
    if (!still) return undefined;
    still = false;
    return { kind: "still" };
  };

  const plugin: ConsoleLine = {
    opened,
    async put(bytes) {
      for (let at = 0; at < bytes.length; at += CONSOLE_PIECE_BYTES) {
        while (unseenBytes >= CONSOLE_WINDOW_BYTES) await room.wait();
        signal.throwIfAborted();
        const piece = bytes.subarray(at, at + CONSOLE_PIECE_BYTES);
        unseenBytes += piece.length;
        shownBytes += piece.length;
        show(piece);
      }
    },
    async take() {
      for (;;) {
        signal.throwIfAborted();
        const next = taken();
        if (next !== undefined) return next;
        await typed.wait();
      }
    },
  };

  return {
    plugin,
    /** Throws too_large when the shell has not taken what was typed before. */
    type(text: string): void {
      const bytes = new TextEncoder().encode(text);
      if (waitingBytes + bytes.length > MOST_TYPED_BYTES)
        throw new JarvisError("too_large", { message: `The shell does not read: ${MOST_TYPED_BYTES / 1024} KiB of what was typed wait for it already.` });
      for (let at = 0; at < bytes.length; at += CONSOLE_PIECE_BYTES) queue.push(bytes.subarray(at, at + CONSOLE_PIECE_BYTES));
      waitingBytes += bytes.length;
      typedBytes += bytes.length;
      typed.open();
    },
    resize(now: ConsoleSize): void {
      size = now;
      typed.open();
    },
    rest(): void {
      still = true;
      typed.open();
    },
    took(bytes: number): void {
      unseenBytes = Math.max(0, unseenBytes - bytes);
      room.open();
    },
    counts: () => ({ typedBytes, shownBytes }),
  };
};
