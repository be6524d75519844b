// When reports are written: at the end of each day and week, once; what fell into a time without Jarvis at the next start. Keeps in jarvis.db what is due next, so an ordinary start works out no calendar.
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Kept } from "../store/kept.ts";
import type { Calendar, Span } from "./period.ts";

const KEY = "reports.next";
const HOUR_MS = 3_600_000;
/** The first calendar of a run is worked out so long after the start: time zones cost megabytes. */
const FIRST_MS = 900_000;
/** A day is at most so long where clocks are changed: what is due later than that was planned by a clock that was wrong. */
const LONGEST_DAY_MS = 30 * HOUR_MS;
const MOST_REMEMBERED = 60;

/** `rule`: by which calendar. Up to `sinceMs` everything is told or was before this calendar; `nextMs`: when that day ends, once worked out. `begun`, `written`: names of reports. */
const Plan = z.object({ rule: z.string(), sinceMs: z.number(), nextMs: z.number().optional(), begun: z.array(z.string()), written: z.array(z.string()) });
type Plan = z.infer<typeof Plan>;

interface Options {
  clock: Clock;
  log: Log;
  kept: Kept;
  /** What the calendar is made from: another rule begins anew. */
  rule: string;
  calendar: () => Calendar;
  /** Makes one and writes it; answers where. `isAgain`: that was begun before, and not ended. */
  write: (span: Span, isAgain: boolean) => Promise<string>;
}

export const createSchedule = ({ clock, log, kept, rule, calendar, write }: Options) => {
  const life = new AbortController();
  let failing = false;
  let turn: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;

  /** What was planned under another rule, or by a clock that showed another time, is planned anew; what was written stays written. */
  const planned = (): Plan => {
    const plan = kept.get(KEY, Plan);
    const nowMs = clock.now();
    if (plan?.rule === rule && plan.sinceMs <= nowMs && (plan.nextMs ?? nowMs) - nowMs <= LONGEST_DAY_MS) return plan;
    const fresh: Plan = { rule, sinceMs: nowMs, begun: plan?.begun ?? [], written: plan?.written ?? [] };
    kept.set(KEY, fresh);
    return fresh;
  };

  const writeOne = async (span: Span, name: string): Promise<void> => {
    const before = planned();
    const key = `${name} ${rule}`;
    if (before.written.includes(key)) return;
    if (!before.begun.includes(key)) kept.set(KEY, { ...before, begun: [...before.begun, key].slice(-MOST_REMEMBERED) });
    const path = await write(span, before.begun.includes(key));
    const now = planned();
    kept.set(KEY, { ...now, begun: now.begun.filter((one) => one !== key), written: [...now.written, key].slice(-MOST_REMEMBERED) });
    log("info", `the report of ${name} is in ${path}`);
  };

  /** The last day that is over, and the last week if it ended since. */
  const writeDue = async ({ nextMs }: { nextMs: number }): Promise<void> => {
    const { lastOver, nameOf, spanAt } = await import("./period.ts");
    const nowMs = clock.now();
    const week = lastOver(calendar(), "week", nowMs);
    for (const span of [lastOver(calendar(), "day", nowMs), ...(week.toMs >= nextMs ? [week] : [])]) await writeOne(span, nameOf(span));
    kept.set(KEY, { ...planned(), sinceMs: nowMs, nextMs: spanAt(calendar(), "day", nowMs).toMs });
  };

  const look = async (): Promise<void> => {
    const plan = planned();
    if (plan.nextMs === undefined && clock.now() - plan.sinceMs < FIRST_MS) return;
    const { spanAt } = await import("./period.ts");
    const nextMs = plan.nextMs ?? spanAt(calendar(), "day", plan.sinceMs).toMs;
    if (plan.nextMs === undefined) kept.set(KEY, { ...plan, nextMs });
    if (nextMs <= clock.now()) await writeDue({ nextMs });
  };

  const round = async (): Promise<void> => {
    try {
      await look();
      failing = false;
    } catch (thrown) {
      if (!life.signal.aborted && !failing)
        log("error", `a report could not be written, I try again within the hour: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      failing = true;
    }
    plan();
  };
  const begin = (): void => {
    turn = round();
  };
  const plan = (): void => {
    if (life.signal.aborted) return;
    const { nextMs } = planned();
    const leftMs = nextMs === undefined ? FIRST_MS : nextMs - clock.now();
    cancel = clock.after(leftMs > 0 ? Math.min(HOUR_MS, leftMs) : HOUR_MS, begin, true);
  };

  return {
    start: begin,
    /** Resolves when nothing is read or written any more. */
    async stop(): Promise<void> {
      life.abort(new Error("stopping"));
      cancel();
      await turn;
    },
  };
};
