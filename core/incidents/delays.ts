// When an incident is looked at next: soon at first, seldomer each time nothing comes of it; and what only a change can lift waits for that change, or for hours. A restart forgets it, the journal's gaps do not. Decides; acts on nothing.
import type { Clock } from "../lib/clock.ts";
import { LAST_BARRED_MS, lookAgainMs } from "./remedy.ts";

export const createDelays = (clock: Clock) => {
  /** Not before this time, by incident. */
  const notBefore = new Map<string, number>();
  /** Looks in a row that led to nothing, by incident. */
  const idle = new Map<string, number>();
  /** Those that wait for a change: how things were when it was refused. */
  const barred = new Map<string, { signs: string; untilMs: number }>();
  const times = (id: string): number => idle.get(id) ?? 0;

  const until = (id: string, atMs: number): void => void notBefore.set(id, atMs);
  /** Whatever it waited for. */
  const later = (id: string, ms: number): void => {
    barred.delete(id);
    until(id, clock.now() + ms);
  };

  return {
    until,
    later,
    times,
    seldomer(id: string): void {
      idle.set(id, times(id) + 1);
      later(id, lookAgainMs(times(id)));
    },
    /** `isLong`: the first time, too. */
    bar: (id: string, signs: string, isLong: boolean): void =>
      void barred.set(id, { signs, untilMs: clock.now() + (isLong ? LAST_BARRED_MS : lookAgainMs(times(id), LAST_BARRED_MS)) }),
    /** Something came of it. */
    acted(id: string): void {
      idle.delete(id);
      barred.delete(id);
    },
    due(id: string, signs: () => string): boolean {
      const now = clock.now();
      if (now < (notBefore.get(id) ?? 0)) return false;
      const bar = barred.get(id);
      return bar === undefined || now >= bar.untilMs || bar.signs !== signs();
    },
    forgetAll(): void {
      for (const kept of [notBefore, idle, barred]) kept.clear();
    },
    forget(id: string): void {
      for (const kept of [notBefore, idle, barred]) kept.delete(id);
    },
  };
};
