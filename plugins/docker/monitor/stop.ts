// Reads out of inspect and events how a container came to stop. Pure; it names what Docker proves and says unknown for the rest.
import { z } from "jarvis";
import type { ContainerEvent } from "../engine/events.ts";
import type { Inspect } from "../engine/shapes.ts";

export const Stop = z.object({
  /** none: it runs. asked: somebody wanted it. oom, crash: it ended by itself. unknown: no proof either way. */
  kind: z.enum(["none", "asked", "oom", "crash", "unknown"]),
  at: z.string().optional(),
  asked: z.object({ at: z.string(), by: z.enum(["stop", "signal"]), signal: z.number().optional() }).nullable(),
  words: z.string(),
});
export type Stop = z.output<typeof Stop>;

const ENDING_SIGNALS = [2, 3, 9, 15];
/** The exit codes of an orderly end or of a signal from outside: no proof of a crash. */
const PLAIN_EXITS = [0, 137, 143];
const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, KILL: 9, USR1: 10, USR2: 12, TERM: 15, WINCH: 28, "RTMIN+3": 37 };
const KILLED = 137;
const DEFAULT_GRACE_S = 10;
const MARGIN_MS = 30_000;
const SAME_MS = 5_000;

/** STOPSIGNAL of the image (`SIGQUIT`, `15`) beside those that always end a process: a reload by SIGHUP is no stop. */
const endingSignals = (inspect: Inspect): readonly number[] => {
  const word = inspect.Config.StopSignal.toUpperCase().replace(/^SIG/, "");
  const own = /^\d+$/.test(word) ? Number(word) : SIGNALS[word];
  return own === undefined ? ENDING_SIGNALS : [...ENDING_SIGNALS, own];
};

const askedOf = (inspect: Inspect, events: readonly ContainerEvent[], endedMs: number): Stop["asked"] => {
  const graceMs = (inspect.Config.StopTimeout ?? DEFAULT_GRACE_S) * 1_000 + MARGIN_MS;
  const die = events.findLast((event) => event.action === "die" && Math.abs(Date.parse(event.at) - endedMs) <= SAME_MS);
  const [endMs, index] = die === undefined ? [endedMs, events.length] : [Date.parse(die.at), events.indexOf(die)];
  const lastStart = events.findLastIndex((event, at) => at < index && event.action === "start");
  const life = events.filter((event, at) => at > lastStart && Date.parse(event.at) <= endMs + SAME_MS);
  const stop = life.find((event) => event.action === "stop" && Math.abs(Date.parse(event.at) - endMs) <= SAME_MS);
  const ending = endingSignals(inspect);
  const signal = life.findLast((event) => event.action === "kill" && event.signal !== undefined && ending.includes(event.signal) && endMs - Date.parse(event.at) <= graceMs);
  if (signal !== undefined) return { at: signal.at, by: stop === undefined ? "signal" : "stop", ...(signal.signal === undefined ? {} : { signal: signal.signal }) };
  return stop === undefined ? null : { at: stop.at, by: "stop" };
};

export const stopOf = (inspect: Inspect, events: readonly ContainerEvent[], covered: boolean): Stop => {
  const { State: now } = inspect;
  if (now.Running && !now.Restarting) return { kind: "none", asked: null, words: "It runs." };
  const endedMs = Date.parse(now.FinishedAt);
  const at = now.FinishedAt;
  const asked = askedOf(inspect, events, endedMs);
  if (asked !== null)
    return {
      kind: "asked",
      at,
      asked,
      words: `Docker was told to ${asked.by === "stop" ? "stop" : "signal"} it at ${asked.at}${asked.signal === undefined ? "" : ` (signal ${asked.signal})`}.`,
    };
  if (now.OOMKilled) return { kind: "oom", at, asked, words: "The kernel killed it for memory (OOMKilled)." };
  if (now.Error !== "") return { kind: "crash", at, asked, words: `Docker could not start it: ${now.Error.slice(0, 300)}` };
  if (!PLAIN_EXITS.includes(now.ExitCode))
    return { kind: "crash", at, asked, words: `Its process ended by itself with exit code ${now.ExitCode}${covered ? ", and nothing asked it to" : ""}.` };
  if (covered && now.ExitCode === KILLED) return { kind: "crash", at, asked, words: `Its process was killed (exit code ${now.ExitCode}) and not through Docker.` };
  return {
    kind: "unknown",
    at,
    asked,
    words: `It ended with exit code ${now.ExitCode}${covered ? " by itself" : "; the events of that time are lost"}: no proof of a crash nor of a wish.`,
  };
};
