// Why a container died or is unwell. A stop or kill told by the engine was meant; a bad exit code or the OOM killer is a fault; an end that proves nothing is left alone. Pure.
import type { Cause, Evidence } from "jarvis";
import type { ContainerProbe } from "../probe/container.ts";
import { cause, type Ours } from "./about.ts";

/** Exit codes of an orderly end or of a signal from outside. */
const PLAIN_EXITS = new Set([0, 137, 143]);
const KILLED = 137;
const OUR_STOPS = /_container_(?:stop|restart)$/;
/** A stop waits for the container's own grace; our call was this long before at most. */
const OUR_REACH_MS = 120_000;
const MAX_CHECKS = 3;
/** The engine tells a stop at most this long after the end it brought about. */
const STOP_AFTER_END_MS = 5_000;

/** What goes wrong beside it: unwell containers of the same project. */
export interface Neighbour {
  name: string;
  state: string;
}

const sourceOf = (probe: ContainerProbe): string => `docker ${probe.host} ${probe.name}`;

/** The events of the life whose end is to be explained: since the start before that end, and before the one after it. What an earlier life ended with explains nothing. */
const lifeOf = ({ running, startedAt, events }: ContainerProbe): ContainerProbe["events"] => {
  const startedMs = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
  const newest = events.findLastIndex(({ action }) => action === "start");
  if (!running) return events.slice(newest + 1).filter(({ at }) => !(Date.parse(at) < startedMs));
  // It runs again: the end lies before its newest start, heard or only told by the engine.
  const ended = newest < 0 ? events.filter(({ at }) => !(Date.parse(at) >= startedMs)) : events.slice(0, newest);
  return ended.slice(ended.findLastIndex(({ action }) => action === "start") + 1);
};

const eventsNear = (probe: ContainerProbe): Evidence[] =>
  lifeOf(probe)
    .filter((event) => ["die", "kill", "stop", "oom"].includes(event.action))
    .slice(-6)
    .map((event) => ({
      what: `event ${event.action}${event.signal === undefined ? "" : ` with signal ${event.signal}`}${event.exitCode === undefined ? "" : `, exit code ${event.exitCode}`}`,
      source: `docker events ${probe.host}`,
      at: event.at,
    }));

const stateOf = (probe: ContainerProbe): Evidence => ({
  what: `${probe.status}, exit code ${probe.exitCode}${probe.oomKilled ? ", OOMKilled" : ""}${probe.error === "" ? "" : `, error: ${probe.error}`}`,
  source: `${sourceOf(probe)} inspect`,
  at: probe.finishedAt,
});

const ourCall = (ours: readonly Ours[], atMs: number): Ours | undefined =>
  ours.find((call) => OUR_STOPS.test(call.tool) && Date.parse(call.at) <= atMs + 1000 && Date.parse(call.at) >= atMs - OUR_REACH_MS);

/** The engine's proof that somebody wanted it: before this end and after the start before it, or, where it runs again, in the stop before this start (a restart). */
const wishOf = (probe: ContainerProbe): { at: string; by: string } | undefined => {
  const { asked } = probe.stop;
  if (asked !== null) return !probe.running && Date.parse(asked.at) < Date.parse(probe.startedAt ?? "") ? undefined : asked;
  const stop = probe.running ? lifeOf(probe).findLast(({ action }) => action === "stop") : undefined;
  return stop && Date.parse(stop.at) >= Date.parse(probe.finishedAt) - STOP_AFTER_END_MS ? { at: stop.at, by: "stop" } : undefined;
};

const asked = (probe: ContainerProbe, ours: readonly Ours[]): Cause | undefined => {
  const asked = wishOf(probe);
  if (asked === undefined) return undefined;
  const evidence = [...eventsNear(probe), stateOf(probe)];
  const call = ourCall(ours, Date.parse(asked.at));
  if (call)
    return cause({
      kind: "jarvis",
      words: `I stopped ${probe.name} myself (${call.tool}).`,
      evidence: [{ what: `my own call of ${call.tool}`, source: "journal", at: call.at }, ...evidence],
      verdict: "meant",
    });
  return cause({
    kind: "user",
    words: `Docker was told to ${asked.by === "stop" ? "stop" : "kill"} ${probe.name}; it does not say by whom. That was meant, so I leave it alone.`,
    evidence,
    verdict: "meant",
  });
};

export const attributeDeath = (probe: ContainerProbe, ours: readonly Ours[]): Cause => {
  const evidence = [...eventsNear(probe), stateOf(probe)];
  const { name, exitCode } = probe;
  const meant = asked(probe, ours);
  if (meant) return meant;
  if (probe.running && probe.status !== "restarting") return cause({ kind: "unknown", words: `${name} is running again.`, evidence, verdict: "unclear" });
  if (probe.oomKilled)
    return cause({ kind: "oom", words: `${name} was killed because it used more memory than it may. If it happens again its limit is too small.`, evidence, verdict: "fault" });
  if (probe.error !== "") return cause({ kind: "crash", words: `Docker could not start ${name}: ${probe.error}`, evidence, verdict: "fault" });
  if (!PLAIN_EXITS.has(exitCode))
    return cause({ kind: "crash", words: `${name} ended by itself with exit code ${exitCode}; nobody told Docker to stop it.`, evidence, verdict: "fault" });
  if (probe.covered && exitCode === KILLED)
    return cause({ kind: "crash", words: `${name} was killed, and not through Docker (exit code ${exitCode}).`, evidence, verdict: "fault" });
  const why = probe.covered ? "by itself" : "while nobody listened to Docker's events";
  return cause({
    kind: "unknown",
    words: `${name} ended with exit code ${exitCode} ${why}. That proves neither a crash nor anybody's wish, so I leave it alone.`,
    evidence,
    verdict: "unclear",
  });
};

export const attributeUnhealthy = (probe: ContainerProbe, neighbours: readonly Neighbour[]): Cause => {
  const checks = (probe.health?.checks ?? []).filter((check) => check.exitCode !== 0).slice(-MAX_CHECKS);
  const evidence: Evidence[] = [
    { what: `health ${probe.health?.status ?? "unknown"}, ${probe.health?.failingStreak ?? 0} failed checks in a row`, source: `${sourceOf(probe)} inspect`, at: probe.readAt },
    ...checks.map((check) => ({ what: `health check exited ${check.exitCode}: ${check.output}`, source: `${sourceOf(probe)} health log`, at: check.at })),
  ];
  const unclear = (words: string): Cause => cause({ kind: "unknown", words, evidence, verdict: "unclear" });
  if (!probe.running) return unclear(`${probe.name} is not running, so its health says nothing.`);
  if (probe.health?.status === "starting") return unclear(`${probe.name} is still starting; I give it its time.`);
  if (probe.health?.status !== "unhealthy") return unclear(`${probe.name} is ${probe.health?.status ?? "without a health check"} by now.`);
  const [first] = neighbours;
  if (first) {
    const all = neighbours.map((neighbour) => `${neighbour.name} (${neighbour.state})`).join(", ");
    return cause({ kind: "dependency", words: `${probe.name} fails its check while ${all} of the same project is down: that comes first.`, evidence, verdict: "unclear" });
  }
  return cause({ kind: "unhealthy", words: `${probe.name} runs but fails its own health check ${probe.health.failingStreak} times in a row.`, evidence, verdict: "fault" });
};
