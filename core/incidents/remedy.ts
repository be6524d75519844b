// Decides which remedy fits a cause and when it may be tried next. Pure: no I/O, no clock.
import { type Call, wasSent } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { Alert } from "../contract/resource.ts";
import type { BoundRemedy } from "./bound.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const chooseRemedy = (alert: Alert, cause: Pick<Cause, "kind">, remedies: readonly BoundRemedy[]): BoundRemedy | undefined =>
  remedies.find((remedy) => remedy.on.includes(alert.key) && remedy.kinds.includes(cause.kind));

export type NextTry = { when: "now" } | { when: "later"; atMs: number; tried: number } | { when: "never"; tried: number };

/** `calls`: all calls of remedies on this target. Restart-proof since they come from the journal. */
export const nextTry = (calls: readonly Call[], tries: BoundRemedy["tries"], nowMs: number): NextTry => {
  const times = calls
    .filter((call) => call.caller.kind === "remedy" && wasSent(call.state))
    .map((call) => Date.parse(call.createdAt))
    .filter((at) => at > nowMs - HOUR_MS)
    .sort((a, b) => a - b);
  if (times.length >= tries.perHour) return { when: "never", tried: times.length };
  const last = times.at(-1);
  const gapMs = (tries.gapsMinutes[times.length] ?? tries.gapsMinutes.at(-1) ?? 0) * MINUTE_MS;
  if (last === undefined || nowMs >= last + gapMs) return { when: "now" };
  return { when: "later", atMs: last + gapMs, tried: times.length };
};

const DOUBT_MS = 30_000;

/** An act of this incident failed so lately that a missing alert may still be a reading from before its failure: three ticks. */
export const isDoubtful = (calls: readonly Call[], incident: string, nowMs: number): boolean =>
  calls.some(
    (call) => call.incident === incident && wasSent(call.state) && call.state !== "succeeded" && call.endedAt !== undefined && nowMs - Date.parse(call.endedAt) < DOUBT_MS,
  );

const FIRST_LOOK_MS = 30_000;
const LAST_LOOK_MS = 10 * MINUTE_MS;
/** What only a change lifts: changes are heard of, this is for those that are not. */
export const LAST_BARRED_MS = 4 * HOUR_MS;

/** When what was refused or left alone is looked at again: soon at first, seldom in the end, so that what will not change fills no journal and asks the other side little. `times`: looks in a row, this one included. */
export const lookAgainMs = (times: number, mostMs = LAST_LOOK_MS): number => Math.min(mostMs, FIRST_LOOK_MS * 2 ** Math.max(0, times - 1));

/** More than max(2, 40 %) of a kind failing at once is no fault of each: watch only. */
export const tooManyAtOnce = (failing: number, all: number): boolean => failing > Math.max(2, 0.4 * all);
