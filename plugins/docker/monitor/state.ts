// The state channel docker/containers: every engine and every container on it, without anything that moves by itself (spans of time, figures). Pure.
import { type Status, z } from "jarvis";
import type { ContainerEvent } from "../engine/events.ts";
import { runsOnOf } from "../engine/runs-on.ts";
import type { Inspect } from "../engine/shapes.ts";
import type { Engine } from "../engine/survey.ts";
import { needsOf } from "./needs.ts";
import { stopOf } from "./stop.ts";

export const Container = z.object({
  /** `container/HOST/NAME`, lower case. */
  resource: z.string(),
  id: z.string(),
  name: z.string(),
  host: z.string(),
  image: z.string(),
  /** Docker's word: running, exited, restarting, paused, created, dead ... */
  state: z.string(),
  status: z.enum(["up", "down", "paused", "unknown"]),
  /** Docker's word: starting, healthy, unhealthy; absent without a check or while it does not run. */
  health: z.string().optional(),
  failingStreak: z.number().optional(),
  /** How many readings in a row found it unhealthy: 0, 1, or 2 for more. */
  unhealthyReadings: z.number(),
  exitCode: z.number().optional(),
  oomKilled: z.boolean(),
  error: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  restartCount: z.number(),
  restartPolicy: z.string(),
  /** Its last stop was asked for, as far as the events remembered since Jarvis began tell. */
  stopAsked: z.boolean(),
  /** It keeps dying and Docker keeps bringing it back. */
  looping: z.boolean(),
  project: z.string().optional(),
  /** Resources of the containers it cannot run without, as compose or its network says. */
  needs: z.array(z.string()).optional(),
});
export type Container = z.output<typeof Container>;

export const State = z.object({
  hosts: z.record(
    z.string(),
    z.object({
      reachable: z.boolean(),
      engine: z.string().optional(),
      api: z.string().optional(),
      /** What carries it, as far as the way to it tells: see the core's word for it in Resource. */
      runsOn: z.string().optional(),
      /** Why it cannot be read; absent while it was not tried yet. */
      words: z.string().optional(),
      /** While it is not reachable: when it was read last, which is when its containers were so. */
      since: z.string().optional(),
    }),
  ),
  /** By `HOST/NAME`. */
  containers: z.record(z.string(), Container),
});
export type State = z.output<typeof State>;

const NEVER = "0001-01-01T00:00:00Z";
const LOOP_WINDOW_MS = 600_000;
const LOOP_DEATHS = 4;
const LOOP_RESTARTS = 3;

const timeOf = (text: string): string | undefined => (text === "" || text === NEVER || Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString());

const statusOf = ({ State: now }: Inspect): Status => {
  if (now.Paused) return "paused";
  if (now.Restarting) return "down";
  return now.Running ? "up" : "down";
};

/** More than three deaths in ten minutes with Docker's own restarts between them. */
const isLooping = (inspect: Inspect, events: readonly ContainerEvent[], nowMs: number): boolean => {
  if (!inspect.State.Running && !inspect.State.Restarting) return false;
  const deaths = events.filter((event) => event.action === "die" && Date.parse(event.at) > nowMs - LOOP_WINDOW_MS);
  return inspect.RestartCount >= LOOP_RESTARTS && deaths.length >= LOOP_DEATHS;
};

const containerOf = (engine: Engine, known: ReturnType<Engine["containers"]>[number], slug: string, nowMs: number): Container => {
  const { inspect, summary } = known;
  const { State: now } = inspect;
  const [startedAt, finishedAt] = [timeOf(now.StartedAt), timeOf(now.FinishedAt)];
  const health = now.Running && now.Health?.Status !== "none" ? now.Health : undefined;
  const project = summary.Labels?.["com.docker.compose.project"];
  return {
    resource: `container/${engine.where.name}/${slug}`,
    id: inspect.Id,
    name: inspect.Name.replace(/^\//, "").slice(0, 200),
    host: engine.where.name,
    image: (inspect.Config.Image || summary.Image).slice(0, 300),
    state: now.Status,
    status: engine.trouble() === undefined ? statusOf(inspect) : "unknown",
    ...(health ? { health: health.Status, failingStreak: health.FailingStreak } : {}),
    unhealthyReadings: known.unhealthyReadings,
    ...(now.Running ? {} : { exitCode: now.ExitCode }),
    oomKilled: now.OOMKilled,
    ...(now.Error === "" ? {} : { error: now.Error.slice(0, 500) }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    restartCount: inspect.RestartCount,
    restartPolicy: inspect.HostConfig.RestartPolicy?.Name || "no",
    stopAsked: stopOf(inspect, engine.events.of(inspect.Id), false).asked !== null,
    looping: isLooping(inspect, engine.events.of(inspect.Id), nowMs),
    ...(project === undefined ? {} : { project: project.slice(0, 100) }),
  };
};

const slugOf = (engine: Engine, id: string): string => engine.slugOf(id) ?? id.slice(0, 12);

/** By container: resources of those it needs. */
const linksOf = (engine: Engine): Map<string, string[]> => {
  const all = engine.containers().map(({ summary }) => summary);
  return new Map(all.map((one) => [one.Id, needsOf(one, all).map((id) => `container/${engine.where.name}/${slugOf(engine, id)}`)]));
};

const iso = (ms: number): string => new Date(ms).toISOString();

const hostOf = (engine: Engine, former: Shown | undefined): State["hosts"][string] => {
  const [version, trouble] = [engine.version(), engine.trouble()];
  if (trouble === undefined && engine.seen()) return { reachable: true, ...(version === undefined ? {} : { engine: version.engine, api: version.api }) };
  // Not read since Jarvis began: what is shown of it is as old as what was shown before.
  const earlier = engine.seen() ? undefined : (former?.state.hosts[engine.where.name]?.since ?? former?.at);
  const since = earlier ?? (trouble === undefined ? undefined : iso(trouble.sinceMs));
  return { reachable: false, ...(trouble === undefined ? {} : { words: trouble.words.slice(0, 500) }), ...(since === undefined ? {} : { since }) };
};

interface Shown {
  readonly state: State;
  readonly at: string;
}

/** Containers of an engine that cannot be read keep their last facts and have the status unknown: unseen is neither stopped nor gone. `former`: of those never read since Jarvis began. */
export const stateOf = (engines: readonly Engine[], nowMs: number, former?: Shown): State => {
  const state: State = { hosts: {}, containers: {} };
  for (const engine of engines) {
    const runsOn = runsOnOf(engine.where.host);
    state.hosts[engine.where.name] = { ...hostOf(engine, former), ...(runsOn === undefined ? {} : { runsOn }) };
    const links = linksOf(engine);
    for (const known of engine.containers()) {
      const slug = slugOf(engine, known.inspect.Id);
      const needs = links.get(known.summary.Id) ?? [];
      state.containers[`${engine.where.name}/${slug}`] = { ...containerOf(engine, known, slug, nowMs), ...(needs.length === 0 ? {} : { needs }) };
    }
    if (engine.seen()) continue;
    for (const [key, container] of Object.entries(former?.state.containers ?? {}))
      if (container.host === engine.where.name) state.containers[key] = { ...container, status: "unknown" };
  }
  return state;
};
