// How long an alert has stood that somebody else is at work on, before anything is told of it: its cause says how long, and is judged again meanwhile. Forgotten by a restart, which begins the wait anew. Decides; acts on nothing.
import type { Cause } from "../contract/cause.ts";
import type { Clock } from "../lib/clock.ts";

/** What is at work may have ended in a fault. */
const LOOK_AGAIN_MS = 30_000;

export const createPatience = (clock: Clock) => {
  const waiting = new Map<string, { since: string; sinceMs: number; againMs: number }>();
  return {
    /** ISO time at which it was first looked at. */
    since: (id: string): string => waiting.get(id)?.since ?? clock.iso(),

    /** Whether it may be judged now. */
    isDue: (id: string): boolean => clock.now() >= (waiting.get(id)?.againMs ?? 0),

    /** Whether this cause asks to be waited for still. */
    waits(id: string, { waitSeconds = 0 }: Pick<Cause, "waitSeconds">): boolean {
      const nowMs = clock.now();
      const { since, sinceMs } = waiting.get(id) ?? { since: clock.iso(), sinceMs: nowMs };
      const leftMs = sinceMs + waitSeconds * 1000 - nowMs;
      if (leftMs <= 0) {
        waiting.delete(id);
        return false;
      }
      waiting.set(id, { since, sinceMs, againMs: nowMs + Math.min(leftMs, LOOK_AGAIN_MS) });
      return true;
    },

    forget: (id: string): void => void waiting.delete(id),
  };
};
