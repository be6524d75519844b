// Time and timers as the live parts take them, so that tests can hold the clock. The browser's own behind it.

export interface Time {
  now(): number;
  /** Runs `act` once after so many ms; the answer cancels it. */
  after(ms: number, act: () => void): () => void;
  /** 0 to 1, for jitter. */
  random(): number;
}

export const browserTime: Time = {
  now: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
