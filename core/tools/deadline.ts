// Bounds something somebody else's code does: it is told to stop at its deadline, and nobody waits longer whether it listens or not.
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";

/** Rejects with upstream_timeout at the deadline, or with the outer signal's reason. A later settling is ignored. */
export const within = <T>(clock: Clock, ms: number, outer: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    if (outer.aborted) return reject(outer.reason);
    const inner = new AbortController();
    const end = (reason: unknown): void => {
      done();
      reject(reason);
      inner.abort(reason);
    };
    const cut = (): void => end(outer.reason);
    const cancel = clock.after(ms, () => end(new JarvisError("upstream_timeout", { message: `No answer within ${ms / 1000} s.` })));
    const done = (): void => {
      cancel();
      outer.removeEventListener("abort", cut);
    };
    outer.addEventListener("abort", cut, { once: true });
    Promise.resolve()
      .then(() => act(inner.signal))
      .then(resolve, reject)
      .finally(done);
  });
