// Counts the calls that really went out, by what was called and why, and knows how busy and how slow the API is. Tells, and limits only who asks it first.
import type { FetchAnswer } from "jarvis";
import { templateOf } from "./path.ts";

const MINUTE_MS = 60_000;
const MOST_ROWS = 500;
const REST = "(other)";
/** Calls a minute with nothing watched, no suspicion open and no task of ours running. */
const BUDGET = 30;
/** From this mean on an answer counts as slow; a healthy node answers in tens of milliseconds. */
const SLOW_MS = 1500;
const WEIGHT = 0.2;

/** `answer`: a status; 0 when none came. */
export interface Row {
  readonly method: string;
  /** `/nodes/{node}/qemu/{vmid}/config` */
  readonly path: string;
  readonly cause: string;
  readonly answer: FetchAnswer["status"];
  count: number;
}

export interface Ledger {
  /** One call that went out. `tookMs` by the one clock. */
  note(call: { method: string; path: string; cause: string; answer: number; at: number; tookMs: number }): void;
  rows(): readonly Row[];
  /** Calls in the last minute. */
  lately(now: number): number;
  /** Moving mean of how long answers take, ms; undefined before the first. */
  meanMs(): number | undefined;
  /** How many calls that can wait are left in this minute: none when the API is slow. */
  spare(now: number): number;
}

export const createLedger = (): Ledger => {
  const rows = new Map<string, Row>();
  let times: number[] = [];
  let mean: number | undefined;
  const lately = (now: number): number => {
    times = times.filter((at) => at > now - MINUTE_MS);
    return times.length;
  };
  return {
    note({ method, path, cause, answer, at, tookMs }) {
      const template = templateOf(path);
      const key = `${method} ${template} ${cause} ${answer}`;
      const row = rows.get(key) ?? (rows.size < MOST_ROWS ? undefined : rows.get(REST));
      if (row) row.count += 1;
      else if (rows.size < MOST_ROWS) rows.set(key, { method, path: template, cause, answer, count: 1 });
      else rows.set(REST, { method: REST, path: REST, cause: REST, answer: 0, count: 1 });
      lately(at);
      times.push(at);
      mean = mean === undefined ? tookMs : mean + WEIGHT * (tookMs - mean);
    },
    rows: () => [...rows.values()],
    lately,
    meanMs: () => mean,
    spare: (now) => (mean !== undefined && mean > SLOW_MS ? 0 : Math.max(0, BUDGET - lately(now))),
  };
};
