// Results of tools, shown a piece at a time: what is more is kept by a handle and asked for. Forgotten with the turn.
import type { Count } from "./counter.ts";
import { headWithin } from "./counter.ts";
import type { Reading } from "./reading.ts";

/** Reliability C40. */
const LONGEST_RESULT = 65_536;
const MOST_HANDLES = 24;

interface Kept {
  readonly rest: string;
  readonly of: Reading;
}

export const createShelf = (count: Count, mostTokens: number) => {
  const kept = new Map<string, Kept>();
  let made = 0;

  /** The first piece; its words end with the handle of the next, where there is one. */
  const show = async (reading: Reading): Promise<{ reading: Reading; more: string | undefined }> => {
    const whole = reading.text.length > LONGEST_RESULT ? `${reading.text.slice(0, LONGEST_RESULT)}…` : reading.text;
    const head = await headWithin(whole, mostTokens, count);
    if (head.length >= whole.length) return { reading: { ...reading, text: whole }, more: undefined };
    made += 1;
    const handle = `h${made}`;
    if (kept.size >= MOST_HANDLES) kept.delete(kept.keys().next().value ?? "");
    kept.set(handle, { rest: whole.slice(head.length).trimStart(), of: reading });
    return { reading: { ...reading, text: head }, more: handle };
  };

  return {
    show,
    /** Undefined: there is no such handle, or no longer. */
    more: async (handle: string): Promise<Awaited<ReturnType<typeof show>> | undefined> => {
      const found = kept.get(handle);
      kept.delete(handle);
      return found && show({ ...found.of, text: found.rest });
    },
    handles: (): string[] => [...kept.keys()],
  };
};

export type Shelf = ReturnType<typeof createShelf>;
