// The lab's only clock: world time runs `rate` times as fast as real time from the moment it was made; timers are given in world milliseconds. It refuses a rate outside 0.1..1000.

const MIN_RATE = 0.1;
const MAX_RATE = 1_000;
const MAX_TIMER_MS = 2_000_000_000;

export interface Clock {
  readonly rate: number;
  /** The real moment (ms since 1970) at which world time and real time were equal: another clock of this rate and anchor shows the same time. */
  readonly anchorMs: number;
  /** World time in milliseconds since 1970. */
  now(): number;
  /** Runs `act` once after `ms` of world time; answers the way to cancel it. */
  after(ms: number, act: () => void): () => void;
  /** Runs `act` every `ms` of world time, first after `firstMs`. */
  every(ms: number, act: () => void, firstMs?: number): () => void;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends every timer for good. */
  stop(): void;
}

type Later = (ms: number, act: () => void) => () => void;

function withTimers({ rate, anchorMs }: Pick<Clock, "rate" | "anchorMs">, now: () => number, later: Later, stop: () => void): Clock {
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new Error("interrupted"));
      const onAbort = (): void => {
        cancel();
        reject(new Error("interrupted"));
      };
      const cancel = later(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  const every = (ms: number, act: () => void, firstMs = ms): (() => void) => {
    let due = now() + firstMs;
    let cancel = later(firstMs, tick);
    function tick(): void {
      due += ms;
      cancel = later(Math.max(0, due - now()), tick);
      act();
    }
    return () => cancel();
  };
  return { rate, anchorMs, now, after: later, every, sleep, stop };
}

export function realClock(rate = 1, startMs = Date.now()): Clock {
  if (!(rate >= MIN_RATE && rate <= MAX_RATE)) throw new RangeError(`the speed must be ${MIN_RATE} to ${MAX_RATE}, not ${rate}`);
  const origin = performance.now();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const now = (): number => startMs + (performance.now() - origin) * rate;
  const later: Later = (ms, act) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
      },
      Math.min(MAX_TIMER_MS, Math.max(0, ms / rate)),
    );
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  };
  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return withTimers({ rate, anchorMs: startMs }, now, later, stop);
}

interface Due {
  id: number;
  at: number;
  act(): void;
}

/** A clock that only moves when told: `advance(ms)` runs what falls due on the way, in order, and lets promises settle in between. */
export function handClock(startMs: number): Clock & { advance(ms: number): Promise<void> } {
  let time = startMs;
  let serial = 0;
  const due = new Map<number, Due>();
  const later: Later = (ms, act) => {
    const id = serial++;
    due.set(id, { id, at: time + Math.max(0, ms), act });
    return () => due.delete(id);
  };
  /** The map holds them in the order of their ids, so of two at one moment the elder comes first. */
  const firstDue = (): Due | undefined => {
    let first: Due | undefined;
    for (const one of due.values()) if (first === undefined || one.at < first.at) first = one;
    return first;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  const advance = async (ms: number): Promise<void> => {
    const end = time + ms;
    await settle();
    for (;;) {
      const next = firstDue();
      if (next === undefined || next.at > end) break;
      due.delete(next.id);
      time = Math.max(time, next.at);
      next.act();
      await settle();
    }
    time = end;
  };
  return {
    ...withTimers(
      { rate: 1, anchorMs: startMs },
      () => time,
      later,
      () => due.clear(),
    ),
    advance,
  };
}
