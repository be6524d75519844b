// Token buckets by key: how often somebody may. Bounded in number; the longest idle key is forgotten first.
import type { Clock } from "../lib/clock.ts";

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

const MOST_KEYS = 10_000;

/** `take` answers 0 when it may, else the whole seconds until it may. */
export const createBuckets = ({ clock, rate }: { clock: Clock; rate: Rate }) => {
  const buckets = new Map<string, { left: number; atMs: number }>();

  const take = (key: string): number => {
    const nowMs = clock.now();
    const bucket = buckets.get(key) ?? { left: rate.burst, atMs: nowMs };
    const left = Math.min(rate.burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * rate.perSecond);
    buckets.delete(key);
    const may = left >= 1;
    buckets.set(key, { left: may ? left - 1 : left, atMs: nowMs });
    const [oldest] = buckets.size > MOST_KEYS ? buckets.keys() : [];
    if (oldest !== undefined) buckets.delete(oldest);
    return may ? 0 : Math.max(1, Math.ceil((1 - left) / rate.perSecond));
  };

  return { take };
};

export type Buckets = ReturnType<typeof createBuckets>;
