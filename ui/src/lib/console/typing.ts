// What was typed, on its way: in order, one piece at a time, more at once the slower the line is. And how much was drawn, told in good time. Sends nothing by itself.

/** Letters in one message; the wire takes so many. */
const PIECE = 16_000;
/** So often is told how much was drawn: a flood must not become a flood of words about it. */
const TELL_MS = 40;

export interface Written {
  text?: string;
  tookBytes?: number;
  size?: { columns: number; rows: number };
}

interface Options {
  send: (what: Written) => Promise<unknown>;
  failed: (thrown: unknown) => void;
}

/** The end of a piece that parts no letter made of two halves. */
const cut = (text: string): number => {
  if (text.length <= PIECE) return text.length;
  const last = text.charCodeAt(PIECE - 1);
  return last >= 0xd800 && last <= 0xdbff ? PIECE - 1 : PIECE;
};

export const createTyping = ({ send, failed }: Options) => {
  let waiting = "";
  let sending = false;
  let over = false;
  let drawn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const fail = (thrown: unknown): void => {
    waiting = "";
    if (!over) failed(thrown);
  };
  const pump = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    while (waiting !== "" && !over) {
      const end = cut(waiting);
      const text = waiting.slice(0, end);
      waiting = waiting.slice(end);
      await send({ text }).catch(fail);
    }
    sending = false;
  };
  const tell = (): void => {
    timer = undefined;
    const tookBytes = drawn;
    drawn = 0;
    if (!over && tookBytes > 0) send({ tookBytes }).catch(fail);
  };

  return {
    type(text: string): void {
      waiting += text;
      void pump();
    },
    drew(bytes: number): void {
      drawn += bytes;
      timer ??= setTimeout(tell, TELL_MS);
    },
    resize(size: { columns: number; rows: number }): void {
      if (!over) send({ size }).catch(fail);
    },
    stop(): void {
      over = true;
      waiting = "";
      clearTimeout(timer);
    },
  };
};
