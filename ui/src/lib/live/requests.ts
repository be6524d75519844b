// Requests on their way: ids, deadlines, answers. Refuses to wait forever and to keep anything over a lost connection.
import type { Time } from "./time.ts";
import { WireError } from "./wire-error.ts";

interface Pending {
  resolve(result: unknown): void;
  reject(error: WireError): void;
  cancel(): void;
}

export interface Answer {
  id: number | string | null;
  result?: unknown;
  error?: { message: string; data?: { type?: string; [more: string]: unknown } };
}

export const createRequests = (time: Time) => {
  const pending = new Map<number, Pending>();
  let ids = 0;

  const take = (id: number): Pending | undefined => {
    const found = pending.get(id);
    found?.cancel();
    pending.delete(id);
    return found;
  };

  return {
    ask(send: (text: string) => void, method: string, params: unknown, deadlineMs: number): Promise<unknown> {
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        const cancel = time.after(deadlineMs, () => take(id)?.reject(new WireError("deadline", `No answer to ${method} within ${Math.round(deadlineMs / 1000)} s.`)));
        pending.set(id, { resolve, reject, cancel });
        send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
      });
    },
    settle({ id, result, error }: Answer): void {
      const waiting = typeof id === "number" ? take(id) : undefined;
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new WireError(error.data?.type ?? "bug", error.message, error.data));
    },
    /** The connection is gone: what was asked may or may not have happened. */
    abandon(words: string): void {
      for (const id of [...pending.keys()]) take(id)?.reject(new WireError("disconnected", words));
    },
    get waiting(): number {
      return pending.size;
    },
  };
};
