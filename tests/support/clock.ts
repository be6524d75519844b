// A clock that moves only when told: timers fire in order, and between two of them every promise that can settle does.
import { type Clock, pauseBy } from "../../core/lib/clock.ts";

interface Timer {
  at: number;
  order: number;
  act: () => void;
}

export interface ManualClock extends Clock {
  /** Moves on by so many ms, firing what falls due. */
  advance(ms: number): Promise<void>;
  /** Lets settled promises run without moving. */
  settle(): Promise<void>;
  /** The wall jumps: `now` changes, timers keep their distance. */
  jump(ms: number): void;
  /** Runs on whatever the wall shows. */
  steady(): number;
  readonly waiting: number;
}

/** Macro turns given to promises between two timers; each drains all microtasks. */
const TURNS = 2;

export const createManualClock = (startMs = Date.UTC(2026, 0, 1)): ManualClock => {
  let nowMs = startMs;
  let order = 0;
  let jumpedMs = 0;
  const timers = new Set<Timer>();

  const after: Clock["after"] = (ms, act) => {
    order += 1;
    const timer = { at: nowMs + Math.max(0, ms), order, act };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const advance = async (ms: number): Promise<void> => {
    const end = nowMs + ms;
    await settle();
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.at);
      next.act();
      await settle();
    }
    nowMs = Math.max(nowMs, end);
  };
  const jump = (ms: number): void => {
    nowMs += ms;
    jumpedMs += ms;
    for (const timer of timers) timer.at += ms;
  };

  return {
    rate: 1,
    now: () => nowMs,
    iso: () => new Date(nowMs).toISOString(),
    pause: pauseBy(after),
    after,
    advance,
    settle,
    jump,
    steady: () => nowMs - jumpedMs,
    get waiting() {
      return timers.size;
    },
  };
};
