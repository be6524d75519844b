// The one clock: now, pause and timers, with a rate so that tests and the lab wait no real minutes. Nothing else may read the time.

export interface Clock {
  readonly rate: number;
  /** Epoch ms; runs `rate` times as fast as the wall from its anchor on. */
  now(): number;
  iso(): string;
  /** Resolves after `ms` of this clock; rejects with the signal's reason when it aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after `ms`; the answer cancels. Never keeps the process alive by itself when `quiet`. */
  after(ms: number, act: () => void, quiet?: boolean): () => void;
}

const LONGEST_MS = 2_147_483_647;

/** A pause made of a clock's own timers. */
export const pauseBy =
  (after: Clock["after"]): Clock["pause"] =>
  (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abandon = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = after(ms, () => {
        signal?.removeEventListener("abort", abandon);
        resolve();
      });
      signal?.addEventListener("abort", abandon, { once: true });
    });

/** `anchorMs`: the moment at which this clock and the wall agreed; the same rate and anchor show the same time in another process, or after a restart. */
export const createClock = (rate = 1, anchorMs: number = Date.now()): Clock => {
  const startedWall = Date.now();
  const startedSteady = performance.now();
  const now = (): number => anchorMs + (startedWall - anchorMs + performance.now() - startedSteady) * rate;

  const after = (ms: number, act: () => void, quiet = false): (() => void) => {
    const timer = setTimeout(act, Math.min(LONGEST_MS, Math.max(0, ms / rate)));
    if (quiet) timer.unref();
    return () => clearTimeout(timer);
  };

  return { rate, now, iso: () => new Date(now()).toISOString(), pause: pauseBy(after), after };
};
