// How hard the API has it, by how long its cheap answers take and how many never come: calm, slow, worn. It counts what went out; who spends calls asks it.
const WINDOW_MS = 120_000;
const MOST_KEPT = 200;
/** Fewer calls than this say nothing. */
const FEW = 8;
/** A healthy node answers in tens of milliseconds. The slowest twentieth of the answers tells first, half of them that it is bad. */
const [SLOW_MS, WORN_MS] = [1500, 1200];
/** So many slow ones, or lost ones (on the way, or behind the asked node), are no accident; and this share of lost ones is bad. */
const [SOME, LOST_SHARE, LEAST_LOST] = [3, 0.3, 5];
/** It must have been better for so long before more is asked again, one step at a time. */
const HOLD_MS = 60_000;
/** Takes its time on the healthiest node: it lists a storage, asks a disk, a guest, a package list or a journal. */
const DEAR = /\/(?:content|disks|smart|apt|agent|journal|syslog|termproxy|vncproxy|storage)(?:\/|\?|$)/;
const BEHIND = new Set([595, 596, 597, 599]);

export const LEVELS = ["calm", "slow", "worn"] as const;
export type Level = (typeof LEVELS)[number];

interface Answered {
  readonly method: string;
  readonly path: string;
  /** A status; 0 when none came. */
  readonly answer: number;
  readonly at: number;
  readonly tookMs: number;
  /** None came in time. A connection that is refused at once is somebody who is gone, not somebody who is slow. */
  readonly late: boolean;
}

export interface View {
  readonly level: Level;
  /** Of the cheap answers of the last two minutes. */
  readonly p95Ms: number;
  readonly lost: number;
  /** How long it has not been calm. */
  readonly forMs: number;
}

export interface Strain {
  note(call: Answered): void;
  view(now: number): View;
}

const share = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

export const createStrain = (): Strain => {
  let calls: { at: number; tookMs: number; lost: boolean }[] = [];
  let level = 0;
  let betterSince: number | undefined;
  let strainedSince: number | undefined;

  const measured = (now: number): { found: number; p95Ms: number; lost: number } => {
    calls = calls.filter(({ at }) => at > now - WINDOW_MS && at <= now + WINDOW_MS);
    const times = calls.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    const [p95Ms, lost] = [share(times, 0.95), calls.filter((call) => call.lost).length];
    if (calls.length < FEW) return { found: 0, p95Ms, lost };
    const slow = times.filter((ms) => ms >= SLOW_MS).length;
    const worn = share(times, 0.5) >= WORN_MS || (lost >= LEAST_LOST && lost / calls.length >= LOST_SHARE);
    return { found: worn ? 2 : (p95Ms >= SLOW_MS && slow >= SOME) || lost >= SOME ? 1 : 0, p95Ms, lost };
  };

  const view: Strain["view"] = (now) => {
    const { found, p95Ms, lost } = measured(now);
    if (found >= level) {
      level = found;
      betterSince = undefined;
    } else if (betterSince === undefined) betterSince = now;
    else if (now - betterSince >= HOLD_MS) {
      level -= 1;
      betterSince = found < level ? now : undefined;
    }
    strainedSince = level === 0 ? undefined : (strainedSince ?? now);
    return { level: LEVELS[level] ?? "calm", p95Ms, lost, forMs: now - (strainedSince ?? now) };
  };

  return {
    note({ method, path, answer, at, tookMs, late }) {
      if (method !== "GET" || DEAR.test(path) || answer === 401 || (answer === 0 && !late)) return;
      calls = [...calls.slice(1 - MOST_KEPT), { at, tookMs, lost: late || BEHIND.has(answer) }];
      view(at);
    },
    view,
  };
};
