// The slots of the small model: who asks while all are taken waits in line, and who hangs up leaves it. Each remembers its last prompt, so that its beginning need not be read again.
import { LOCAL_CONTEXT_TOKENS, SLOTS } from "../about.ts";
import { samePrefix } from "../tokens.ts";

const MOST_WAITING = 100;

interface Slot {
  id: number;
  /** What it holds: the last prompt and its answer. */
  held: readonly number[];
  task: number | undefined;
}

export interface Lease {
  slot: number;
  /** Tokens of the prompt that were held already. */
  cached: number;
  /** Gives the slot back with what it holds now. */
  release(answer: readonly number[]): void;
}

export function createSlots() {
  const slots: Slot[] = Array.from({ length: SLOTS }, (_, id) => ({ id, held: [], task: undefined }));
  const line: (() => void)[] = [];
  let tasks = 0;

  const free = (prompt: readonly number[]): Slot | undefined =>
    slots.filter(({ task }) => task === undefined).toSorted((a, b) => samePrefix(b.held, prompt) - samePrefix(a.held, prompt) || a.id - b.id)[0];

  return {
    /** Undefined when the caller left, or the line is full. */
    async take(prompt: readonly number[], gone: AbortSignal, useCache = true): Promise<Lease | undefined> {
      let slot = free(prompt);
      while (slot === undefined && !gone.aborted && line.length < MOST_WAITING) {
        const { promise, resolve } = Promise.withResolvers<void>();
        line.push(resolve);
        gone.addEventListener("abort", () => resolve(), { once: true });
        await promise;
        const at = line.indexOf(resolve);
        if (at >= 0) line.splice(at, 1);
        slot = free(prompt);
      }
      if (slot === undefined || gone.aborted) {
        line.shift()?.();
        return undefined;
      }
      const taken = slot;
      taken.task = tasks++;
      // The last token is always read, or there would be nothing to go on from.
      const cached = useCache ? Math.min(samePrefix(taken.held, prompt), Math.max(0, prompt.length - 1)) : 0;
      return {
        slot: taken.id,
        cached,
        release(answer) {
          taken.held = [...prompt, ...answer];
          taken.task = undefined;
          line.shift()?.();
        },
      };
    },
    list: () => slots.map(({ id, task }) => ({ id, id_task: task ?? -1, n_ctx: LOCAL_CONTEXT_TOKENS, speculative: false, is_processing: task !== undefined })),
  };
}
