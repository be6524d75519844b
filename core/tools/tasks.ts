// The calls on their way, one task each: whatever breaks in one is logged and ends only it.
import type { Log } from "../lib/log.ts";

export const createTasks = (log: Log) => {
  const running = new Map<string, Promise<void>>();

  const quietly = (what: string, act: () => void): void => {
    try {
      act();
    } catch (thrown) {
      log("error", `${what} broke`, { error: String(thrown) });
    }
  };

  /** The answer settles with the task; nobody has to listen to it. */
  const run = (callId: string, act: () => Promise<void>): Promise<void> => {
    const task = act();
    const kept = task
      .catch((thrown: unknown) => log("error", "a call could not go on; it is taken up at the next start", { callId, error: String(thrown) }))
      .finally(() => void running.delete(callId));
    running.set(callId, kept);
    return task;
  };

  return {
    run,
    quietly,
    has: (callId: string): boolean => running.has(callId),
    all: async (): Promise<void> => {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
};
