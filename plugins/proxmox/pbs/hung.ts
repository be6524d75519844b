// Which running task of a backup server hangs: far longer at work than its like, while others could not get the datastore's lock. A long first synchronisation locks nobody out and is none. Pure.
import type { PbsTask } from "./shapes.ts";

const HOUR_S = 3600;
/** Times the median of its like; far more than that alone says enough only after a whole day. */
const [TIMES, FAR_TIMES, FEWEST] = [3, 10, 3];
const LOCKED_OUT = /unable to (?:lock|acquire|get)|another task|is locked|locked by|could not (?:lock|acquire)/i;

export interface Hung {
  readonly upid: string;
  readonly type: string;
  readonly startedAt: number;
  readonly hours: number;
  readonly medianHours: number | undefined;
  /** What a later task said that was locked out. */
  readonly lockedOut: string | undefined;
}

/** The datastore a task works on; undefined for one between servers. */
const storeOf = ({ worker_type, worker_id }: PbsTask): string | undefined => (worker_type.startsWith("sync") ? undefined : worker_id?.split(":")[0]);

const medianOf = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length < FEWEST ? undefined : sorted[Math.floor(sorted.length / 2)];
};

export const hungOn = (store: string, tasks: readonly PbsTask[], nowSeconds: number): Hung | undefined => {
  const mine = tasks.filter((task) => storeOf(task) === store);
  for (const task of mine) {
    const { starttime, worker_type } = task;
    if (task.status !== undefined || task.endtime !== undefined || starttime === undefined) continue;
    const before = mine.flatMap((one) =>
      one.worker_type === worker_type && one.status === "OK" && one.endtime !== undefined && one.starttime !== undefined ? [one.endtime - one.starttime] : [],
    );
    const [median, ran] = [medianOf(before), nowSeconds - starttime];
    if (ran < HOUR_S || (median !== undefined && ran < TIMES * median)) continue;
    const lockedOut = mine.find((one) => (one.starttime ?? 0) > starttime && LOCKED_OUT.test(one.status ?? ""))?.status;
    const endless = median !== undefined && ran > Math.max(FAR_TIMES * median, 24 * HOUR_S);
    if (lockedOut === undefined && !endless) continue;
    return { upid: task.upid, type: worker_type, startedAt: starttime, hours: ran / HOUR_S, medianHours: median === undefined ? undefined : median / HOUR_S, lockedOut };
  }
  return undefined;
};
