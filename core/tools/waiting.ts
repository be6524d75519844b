// Who waits for which call, and the answer a caller gets for the row as it stands. Holds only waiters.
import { type CallAnswer, isTerminal, outside } from "../contract/call.ts";
import type { Clock } from "../lib/clock.ts";
import type { Row } from "../store/journal/schema.ts";
import { RULES } from "./rules.ts";

const MOST_WAIT_S = 300;
const DEFAULT_WAIT_S = 20;

/** Nothing moves on by itself any more. */
export const isSettled = (row: Pick<Row, "state">): boolean => isTerminal(row.state) || row.state === "held";
const isAdmitted = (row: Pick<Row, "state">): boolean => row.state !== "proposed" && row.state !== "admitted";

export const answerOf = (row: Row, ask: string | undefined): CallAnswer => ({
  callId: row.callId,
  state: outside(row.state),
  text: row.text ?? row.why ?? (isSettled(row) ? RULES.allowed : `${row.tool} is under way.`),
  rule: row.rule,
  ...(row.data === null ? {} : { data: row.data }),
  ...(row.upid === null ? {} : { upid: row.upid }),
  ...(row.warnings === null ? {} : { warnings: row.warnings }),
  ...(ask === undefined ? {} : { ask }),
});

export const createWaiting = (clock: Clock, find: (callId: string) => Row | undefined) => {
  const waiters = new Map<string, Set<(row: Row) => void>>();

  /** Resolves as soon as `enough` holds, now or after a later move. */
  const until = (callId: string, enough: (row: Row) => boolean, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const row = find(callId);
      if (!row || enough(row)) return resolve();
      if (signal?.aborted) return reject(signal.reason);
      const mine = waiters.get(callId) ?? new Set();
      waiters.set(callId, mine);
      const done = (): void => {
        mine.delete(look);
        if (mine.size === 0) waiters.delete(callId);
        signal?.removeEventListener("abort", abandon);
      };
      const look = (moved: Row): void => {
        if (!enough(moved)) return;
        done();
        resolve();
      };
      const abandon = (): void => {
        done();
        reject(signal?.reason);
      };
      mine.add(look);
      signal?.addEventListener("abort", abandon, { once: true });
    });

  /** Always waits for the decision; beyond it at most so many seconds. */
  const answerable = async (callId: string, seconds = DEFAULT_WAIT_S): Promise<void> => {
    const timeUp = new AbortController();
    const cancel = clock.after(Math.min(MOST_WAIT_S, Math.max(0, seconds)) * 1000, () => timeUp.abort("time is up"), true);
    try {
      await until(callId, isSettled, timeUp.signal);
    } catch {
      await until(callId, isAdmitted);
    } finally {
      cancel();
    }
  };

  const moved = (row: Row): void => {
    for (const look of [...(waiters.get(row.callId) ?? [])]) look(row);
  };

  return { until, answerable, moved };
};
