// A past in memory that is fed by hand: readings every ten seconds, the work done piece by piece.
import { join } from "node:path";
import { createHistory } from "../../../../core/store/history.ts";
import { createKept } from "../../../../core/store/kept.ts";
import { openDatabase } from "../../../../core/store/open.ts";

export const START = Date.UTC(2026, 0, 5);
export const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

export const pastHouse = (path = ":memory:") => {
  const db = openDatabase({ path, migrationsFolder: join(import.meta.dir, "../../../../core/store/migrations/jarvis"), synchronous: "NORMAL" });
  const failures: string[] = [];
  const make = () => createHistory({ db, kept: createKept(db), failed: (words) => failures.push(words) });
  const history = make();
  const work = (nowMs: number): number => [...history.work(nowMs)].length;
  /** Readings from `fromMs` to `toMs`; the work is done once in `everyMs`. */
  const run = (fromMs: number, toMs: number, values: (atMs: number) => Record<string, number>, stepMs = 10 * SECOND, everyMs = 30 * MINUTE): void => {
    for (let at = fromMs; at < toMs; at += stepMs) {
      history.add(at, values(at));
      if ((at - fromMs) % everyMs < stepMs) work(at);
    }
    work(toMs);
  };
  return { db, history, make, work, run, failures };
};
