// Counts the calls that really went out, by what was called and why, and knows how busy and how strained the API is. Tells, and limits only who asks it first.
import type { FetchAnswer } from "jarvis";
import { templateOf } from "./path.ts";
import { createStrain, type View } from "./strain.ts";

const MINUTE_MS = 60_000;
const MOST_ROWS = 500;
const REST = "(other)";
/** Calls a minute with nothing watched, no suspicion open and no task of ours running. */
const BUDGET = 30;
/** What an API that has it hard gets, of that. */
const BUDGETS: Readonly<Record<View["level"], number>> = { calm: BUDGET, slow: 22, worn: 14 };
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
  /** One call that went out. `answer`: 0 when none came; `late`: because it was waited for in vain. */
  note(call: { method: string; path: string; cause: string; answer: number; at: number; tookMs: number; late?: boolean }): void;
  rows(): readonly Row[];
  /** Calls in the last minute. */
  lately(now: number): number;
  /** Moving mean of how long answers take, ms; undefined before the first. */
  meanMs(): number | undefined;
  /** How the API has it, by its answers of the last two minutes. Here and below: at the last call when no time is given. */
  strain(now?: number): View;
  /** Calls a minute that are meant to be spent: fewer while the API has it hard. */
  budget(now?: number): number;
  /** How many calls that can wait are left of them in this minute. */
  spare(now?: number): number;
}

export const createLedger = (): Ledger => {
  const rows = new Map<string, Row>();
  let times: number[] = [];
  let mean: number | undefined;
  const strain = createStrain();
  let lastMs = 0;
  const budget = (now = lastMs): number => BUDGETS[strain.view(now).level];
  const lately = (now: number): number => {
    times = times.filter((at) => at > now - MINUTE_MS);
    return times.length;
  };
  return {
    note({ method, path, cause, answer, at, tookMs, late = false }) {
      const template = templateOf(path);
      const key = `${method} ${template} ${cause} ${answer}`;
      const row = rows.get(key) ?? (rows.size < MOST_ROWS ? undefined : rows.get(REST));
      if (row) row.count += 1;
      else if (rows.size < MOST_ROWS) rows.set(key, { method, path: template, cause, answer, count: 1 });
      else rows.set(REST, { method: REST, path: REST, cause: REST, answer: 0, count: 1 });
      strain.note({ method, path, answer, at, tookMs, late });
      lastMs = at;
      lately(at);
      times.push(at);
      mean = mean === undefined ? tookMs : mean + WEIGHT * (tookMs - mean);
    },
    rows: () => [...rows.values()],
    lately,
    meanMs: () => mean,
    strain: (now = lastMs) => strain.view(now),
    budget,
    spare: (now = lastMs) => Math.max(0, budget(now) - lately(now)),
  };
};
