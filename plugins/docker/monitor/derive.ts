// What follows from the state: resources to draw and target, and what is wrong now with containers and their hosts. Pure; a stop's reason is for the diagnosis, not for these.
import type { Alert, Resource } from "jarvis";
import type { Container, State } from "./state.ts";

const HELD_UP = ["always", "unless-stopped"];
const ENDED = ["exited", "dead"];
const STREAK = 3;

const labelsOf = (container: Container): Record<string, string> => ({
  state: container.state,
  host: container.host,
  image: container.image,
  ...(container.health === undefined ? {} : { health: container.health }),
  ...(container.exitCode === undefined ? {} : { exitCode: String(container.exitCode) }),
  ...(container.project === undefined ? {} : { project: container.project }),
});

/** As it was seen last, from Docker's word. */
const lastStatus = ({ state }: Container): "up" | "down" | "paused" => (state === "running" ? "up" : state === "paused" ? "paused" : "down");

const ageOf = (container: Container, hosts: State["hosts"]): { unseenSince?: string } => {
  const { reachable = true, since } = hosts[container.host] ?? {};
  return reachable || since === undefined ? {} : { unseenSince: since };
};

const hostId = (name: string): string => `docker/${name}`;

/** The core finds what carries a host by `runsOn`. Whether it lives cannot be said of one that does not answer. */
const hostsOf = ({ hosts }: State): Resource[] =>
  Object.entries(hosts).map(([name, { reachable, runsOn }]) => ({
    id: hostId(name),
    kind: "service",
    name: `Docker host ${name}`,
    status: reachable ? "up" : "unknown",
    ...(runsOn === undefined ? {} : { runsOn }),
  }));

/** What cannot be looked at now is as it was, and says since when. */
const containersOf = (state: State): Resource[] =>
  Object.values(state.containers).map((container) => ({
    id: container.resource,
    kind: "container",
    name: container.name,
    parent: hostId(container.host),
    ...(container.needs === undefined ? {} : { needs: container.needs }),
    status: container.status === "unknown" ? lastStatus(container) : container.status,
    identity: `container:${container.id}`,
    ...ageOf(container, state.hosts),
    ...(container.status === "up" && container.startedAt !== undefined ? { startedAt: container.startedAt } : {}),
    figures: { restarts: container.restartCount },
    labels: labelsOf(container),
  }));

export const resourcesOf = (state: State): Resource[] => [...hostsOf(state), ...containersOf(state)];

/** It ended though it should run: badly, by somebody's order, or at all where its policy says always. A job that ended with 0 by itself is done, not dead. */
const hasDied = (container: Container): boolean =>
  ENDED.includes(container.state) &&
  (container.exitCode !== 0 ||
    container.oomKilled ||
    container.error !== undefined ||
    container.state === "dead" ||
    container.stopAsked ||
    HELD_UP.includes(container.restartPolicy));

const isUnhealthy = (container: Container): boolean => container.health === "unhealthy" && (container.unhealthyReadings >= 2 || (container.failingStreak ?? 0) >= STREAK);

const diedWords = (container: Container): string => {
  if (container.oomKilled) return `${container.name} was killed for memory`;
  return `${container.name} has stopped (exit code ${container.exitCode ?? "unknown"})`;
};

/** Whoever needs it is its victim; nothing lies inside a container. */
const ROOT = { explains: "below" } as const;

const alertOf = (container: Container, open: readonly Alert[]): Alert | undefined => {
  const { resource } = container;
  const isOpen = (key: string): boolean => open.some((alert) => alert.key === key && alert.resource === resource);
  if (hasDied(container)) return { key: "container-died", resource, severity: container.stopAsked ? "warning" : "critical", title: diedWords(container), suspect: true, ...ROOT };
  if (container.looping)
    return { key: "container-looping", resource, severity: "critical", title: `${container.name} keeps dying: Docker has restarted it ${container.restartCount} times`, ...ROOT };
  // Its own restart takes it through "restarting" and "starting": an open alert lasts until it runs and is well.
  if (isOpen("container-died") && (container.state === "restarting" || container.health === "starting"))
    return { key: "container-died", resource, severity: "critical", title: `${container.name} is coming back`, suspect: true, ...ROOT };
  if (isUnhealthy(container) || (isOpen("container-unhealthy") && (container.health === "starting" || container.health === "unhealthy")))
    return { key: "container-unhealthy", resource, severity: "warning", title: `${container.name} fails its health check`, suspect: true, ...ROOT };
  return undefined;
};

/** A daemon that is restarted by an update is away for less. */
const LOST_AFTER_S = 30;

/** Of several hosts one that does not answer; when none does there is no reading at all, and the core says so. */
const lostHosts = ({ hosts, containers }: State): Alert[] =>
  Object.entries(hosts).flatMap(([name, { words, since }]) => {
    if (words === undefined) return [];
    const count = Object.values(containers).filter(({ host }) => host === name).length;
    const shown = count === 0 ? "what runs there is not known" : count === 1 ? "its one container is shown as last seen" : `its ${count} containers are shown as last seen`;
    return [
      {
        key: "docker-host-lost",
        resource: hostId(name),
        severity: "warning",
        title: `The Docker host ${name} does not answer`,
        why: `${shown}, nothing is started or stopped there, and no fault there is found until it answers. See whether its machine and its Docker daemon run`,
        cause: "host-down",
        evidence: [{ what: words, source: `Docker API of ${name}`, ...(since === undefined ? {} : { at: since }) }],
        afterSeconds: LOST_AFTER_S,
        explains: "below",
      },
    ];
  });

/** At most one a container and one a host. An engine that cannot be read keeps the alerts of its containers that were open: unseen is not well. */
export const alertsOf = (state: State, past: { open: readonly Alert[] }): Alert[] => [
  ...lostHosts(state),
  ...Object.values(state.containers).flatMap((container) =>
    container.status === "unknown" ? past.open.filter((alert) => alert.resource === container.resource) : (alertOf(container, past.open) ?? []),
  ),
];
