// What passes between this terminal and one open console: typed text in order and in pieces, and word of how much was drawn. Keeps none of it; refuses to pile up more than its bound.
import type { ConsoleSize } from "../../contract/console.ts";
import { CONSOLE_PIECE_BYTES } from "../../contract/wire.ts";

/** Letters typed or pasted and not yet taken; more is dropped, as a terminal's own line does. */
const MOST_WAITING = 1024 * 1024;

type Write = (what: { text?: string; tookBytes?: number; size?: ConsoleSize }) => Promise<unknown>;

/** The end of a piece that parts no letter made of two halves. */
const cut = (text: string): number => {
  if (text.length <= CONSOLE_PIECE_BYTES) return text.length;
  const last = text.charCodeAt(CONSOLE_PIECE_BYTES - 1);
  return last >= 0xd800 && last <= 0xdbff ? CONSOLE_PIECE_BYTES - 1 : CONSOLE_PIECE_BYTES;
};

/** `failed`: something could not be sent; the line itself may go on. */
export const createLine = (write: Write, failed: (thrown: unknown) => void) => {
  let waiting = "";
  let drawn = 0;
  let size: ConsoleSize | undefined;
  const busy = { typing: false, telling: false };

  const pump = async (): Promise<void> => {
    if (busy.typing) return;
    busy.typing = true;
    while (waiting !== "") {
      const end = cut(waiting);
      const text = waiting.slice(0, end);
      waiting = waiting.slice(end);
      await write({ text }).catch(failed);
    }
    busy.typing = false;
  };
  const tell = async (): Promise<void> => {
    if (busy.telling) return;
    busy.telling = true;
    while (drawn > 0 || size !== undefined) {
      const what = { ...(drawn > 0 ? { tookBytes: drawn } : {}), ...(size === undefined ? {} : { size }) };
      drawn = 0;
      size = undefined;
      await write(what).catch(failed);
    }
    busy.telling = false;
  };

  return {
    type(text: string): void {
      waiting = (waiting + text).slice(0, MOST_WAITING);
      void pump();
    },
    drew(bytes: number): void {
      drawn += bytes;
      void tell();
    },
    resize(now: ConsoleSize): void {
      size = now;
      void tell();
    },
  };
};
