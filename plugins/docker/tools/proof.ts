// Judges whether an act had its effect, from one look at the container and how it was before. Pure.
import { type Trace, type Verdict, z } from "jarvis";
import type { Inspect } from "../engine/shapes.ts";

export type Action = "start" | "stop" | "restart";

/** How it was before the first byte. */
export const Noted = z.object({ id: z.string(), startedAt: z.string(), finishedAt: z.string() });
export type Noted = z.output<typeof Noted>;

const NANOS_PER_S = 1_000_000_000;
const DEFAULT_INTERVAL_S = 30;
/** A first check later than this is not waited for. */
const LONGEST_FIRST_CHECK_S = 120;
const LATE_REPLY_S = 15;
const ENDED = ["exited", "dead"];

const firstCheckS = (seen: Inspect): number => ((seen.Config.Healthcheck?.Interval ?? 0) || DEFAULT_INTERVAL_S * NANOS_PER_S) / NANOS_PER_S;

/** Docker's instants carry nanoseconds, which nobody reads. */
const timeOf = (instant: string): string => `${instant.slice(11, 19)} UTC`;

const Seen = z.object({ startedAt: z.string() });

/** Docker leaves it down: by its policy, which for on-failure counts an end with 0 as done. Retries that ran out are left to the deadline. */
const staysDown = ({ HostConfig, State }: Inspect): boolean => {
  const policy = HostConfig.RestartPolicy?.Name || "no";
  return policy === "no" || (policy === "on-failure" && State.ExitCode === 0);
};

/** Running since after the act, not restarting, well where it can tell; `earlier` must have seen the same process. */
export const verdictOf = (action: Action, seen: Inspect, before: { startedAt: string | undefined; same: boolean }, earlier: Verdict | undefined): Verdict => {
  const { State: now } = seen;
  const mine = { startedAt: now.StartedAt };
  if (action === "stop") return { ok: !now.Running, words: now.Running ? "It still runs." : `It is ${now.Status}, exit code ${now.ExitCode}.`, seen: mine };
  const hasEndedAgain = ENDED.includes(now.Status) && !now.Restarting && before.startedAt !== undefined && before.startedAt !== now.StartedAt;
  if (hasEndedAgain && staysDown(seen))
    return { ok: false, final: true, words: `It started and is ${now.Status} again (exit code ${now.ExitCode}); its restart policy does not bring it back.`, seen: mine };
  if (!now.Running || now.Restarting) return { ok: false, words: `It is ${now.Status} (exit code ${now.ExitCode}).`, seen: mine };
  if (!before.same && before.startedAt === now.StartedAt) return { ok: false, words: `It still is the process started at ${timeOf(now.StartedAt)}.`, seen: mine };
  const last = Seen.safeParse(earlier?.seen).data;
  if (last !== undefined && last.startedAt !== now.StartedAt) return { ok: false, words: `It was started again at ${timeOf(now.StartedAt)}: it does not stay up.`, seen: mine };
  if (now.Health?.Status === "unhealthy") return { ok: false, words: "It runs, but fails its health check.", seen: mine };
  if (now.Health?.Status === "starting" && firstCheckS(seen) <= LONGEST_FIRST_CHECK_S) return { ok: false, words: "It runs; its first health check is still to come.", seen: mine };
  return { ok: true, words: `It runs since ${timeOf(now.StartedAt)}${now.Health?.Status === "healthy" ? " and is healthy" : ""}.`, seen: mine };
};

export const isDone = (trace: Trace): trace is Extract<Trace, { found: "effect" }> => trace.found === "effect";

/**
 * Evidence for a lost reply: StartedAt and FinishedAt against those noted before the first byte.
 * `sinceMs`: time on the engine's clock since then; unchanged facts prove absence only after the grace and a late reply's time.
 */
export const traceOf = (action: Action, seen: Inspect, noted: Noted, sinceMs: number | undefined, graceSeconds: number): Trace => {
  const { State: now } = seen;
  const started = now.StartedAt !== noted.startedAt;
  const finished = now.FinishedAt !== noted.finishedAt;
  if (action === "stop" && finished && !now.Running) return { found: "effect", words: `It stopped at ${now.FinishedAt}, after the request was noted.` };
  if (action !== "stop" && started) return { found: "effect", words: `It was started at ${timeOf(now.StartedAt)}, after the request was noted.` };
  if (action !== "stop" && !now.Running && now.Error !== "") return { found: "absence", words: `Docker could not start it: ${now.Error.slice(0, 300)}` };
  const waitedOut = sinceMs !== undefined && sinceMs >= (graceSeconds + LATE_REPLY_S) * 1_000;
  if (!started && !finished) {
    if (waitedOut) return { found: "absence", words: `Neither start (${now.StartedAt}) nor end (${now.FinishedAt}) moved within the time the engine is given.` };
    return { found: "unclear", words: "Nothing has moved yet, but the engine may still be at it." };
  }
  return { found: "unclear", words: `It moved (started ${now.StartedAt}, ended ${now.FinishedAt}), but not as a ${action} leaves it.` };
};
