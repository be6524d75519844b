// The clock of the page's live parts, held in the hand: timers fire when the test says so.
import type { Time } from "../../ui/src/lib/live/time.ts";

export const createHandTime = (startMs = 1_000_000) => {
  let nowMs = startMs;
  const timers = new Set<{ at: number; act: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const time: Time = {
    now: () => nowMs,
    after: (ms, act) => {
      const timer = { at: nowMs + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    random: () => 1,
  };
  const advance = async (ms: number): Promise<void> => {
    const end = nowMs + ms;
    await settle();
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      timers.delete(next);
      nowMs = Math.max(nowMs, next.at);
      next.act();
      await settle();
    }
    nowMs = end;
  };
  return { time, advance, settle };
};
