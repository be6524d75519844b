// State to the hub: each channel's changes, the derived channels of the core (only while somebody reads them), and the series. One way.
import type { Call } from "../contract/call.ts";
import { isTerminal } from "../contract/call.ts";
import type { Drawn } from "../contract/drawn.ts";
import type { Incident } from "../contract/incident.ts";
import { matches } from "../contract/pattern.ts";
import type { LiveResource } from "../contract/resource.ts";
import type { Records } from "../incidents/record.ts";
import type { Clock } from "../lib/clock.ts";
import type { Hub } from "../live/hub.ts";
import type { BoundMonitor } from "../state/bound.ts";
import { draw } from "../state/drawn.ts";
import type { Resources } from "../state/resources.ts";
import type { StateStore } from "../state/store.ts";
import type { History } from "../store/history.ts";

const SETTLE_MS = 40;
const RECENT_INCIDENTS = 20;
/** The newest of those that are open: a frame holds no more. */
const MOST_SHOWN = 500;
/** A stream may tell more often than anybody can draw. */
const LEAST_APART_MS = 1000;

interface Parts {
  clock: Clock;
  hub: Hub;
  store: StateStore;
  resources: Pick<Resources, "list" | "on" | "told" | "freshened">;
  history: Pick<History, "add">;
  records: Pick<Records, "openOnes" | "list">;
  /** Calls that are on their way. */
  active: () => readonly Call[];
  isWatched: (channel: string) => boolean;
}

/** What is drawn shows incidents and calls too. */
const OF_RESOURCES = ["core/resources", "core/drawn"] as const;

const CORE_CHANNELS: readonly [string, "state" | "event", string][] = [
  ["core/resources", "state", "Everything that exists, with its freshness"],
  ["core/drawn", "state", "What the screen draws"],
  ["core/incidents", "state", "Open incidents and the last ones"],
  ["core/asks", "state", "What waits for a person's word"],
  ["core/status", "state", "Mode, kill switch, sources"],
  ["core/feed", "event", "What happened, a line each"],
  ["core/calls", "event", "Every call as it moves"],
];

export const createPublisher = ({ clock, hub, store, resources, history, records, active, isWatched }: Parts) => {
  const monitors = new Map<string, BoundMonitor>();
  const sampledAt = new Map<string, number>();
  for (const [channel, kind, title] of CORE_CHANNELS) hub.declare(channel, { kind, title, refresh: () => refresh(channel) });

  store.on(({ channel, reading, operations }) => {
    if (operations !== undefined) hub.state(channel, reading.value, operations);
  });

  const marks = (): Map<string, "incident" | "acting"> => {
    const found = new Map<string, "incident" | "acting">(records.openOnes().map((incident) => [incident.resource, "incident"]));
    for (const call of active()) if (call.target && call.effect !== "read" && !isTerminal(call.state) && call.state !== "held") found.set(call.target, "acting");
    return found;
  };

  let drawn: Drawn | undefined;
  const incidentsNow = (): Record<string, Incident> => {
    const shown = [...records.openOnes().slice(0, MOST_SHOWN), ...records.list("resolved", RECENT_INCIDENTS)];
    return Object.fromEntries(shown.map(({ timeline: _, scene: __, ...incident }): [string, Incident] => [incident.id, incident]));
  };

  /** Each costs a walk through all there is and a comparison with the last. */
  const derived: Readonly<Record<string, () => unknown>> = {
    "core/resources": () => ({ resources: Object.fromEntries(resources.list().map((resource): [string, LiveResource] => [resource.id, resource])) }),
    "core/drawn": () => {
      drawn = draw(resources.list(), marks(), drawn);
      return drawn;
    },
    "core/incidents": () => ({ incidents: incidentsNow() }),
  };
  /** Behind what is known, because nobody reads them. */
  const due = new Set<string>();
  let planned = false;
  let stopped = false;
  const refresh = (channel: string): void => {
    if (stopped || !due.delete(channel)) return;
    const make = derived[channel];
    if (make) store.accept(channel, make());
  };
  const derive = (): void => {
    planned = false;
    for (const channel of [...due]) if (isWatched(channel)) refresh(channel);
  };
  /** Derives once for a burst of changes: of resources, calls or incidents. */
  const plan = (): void => {
    for (const channel of OF_RESOURCES) due.add(channel);
    if (planned) return;
    planned = true;
    clock.after(SETTLE_MS * clock.rate, derive, true);
  };
  resources.on(plan);

  return {
    addMonitor(monitor: BoundMonitor): () => void {
      monitors.set(monitor.channel, monitor);
      const undeclare = hub.declare(monitor.channel, { kind: "state", title: monitor.title });
      const known = store.get(monitor.channel);
      if (known) hub.state(monitor.channel, known.value);
      return () => {
        monitors.delete(monitor.channel);
        sampledAt.delete(monitor.channel);
        undeclare();
      };
    },
    /** A channel was read well, whether anything changed or not: its figures are kept. */
    sampled(channel: string): void {
      const monitor = monitors.get(channel);
      const reading = store.get(channel);
      const now = clock.now();
      if (!monitor || !reading || reading.stale || now - (sampledAt.get(channel) ?? 0) < LEAST_APART_MS) return;
      sampledAt.set(channel, now);
      history.add(now, monitor.series?.(reading.value) ?? seriesOf(monitor.figures ? resources.freshened(channel) : resources.told(channel)));
    },
    incidents(): void {
      due.add("core/incidents");
      plan();
    },
    plan,
    /** Brings the derived channels that match up to date, for who reads them without subscribing. */
    refresh(pattern: string): void {
      for (const channel of [...due]) if (matches(pattern, channel)) refresh(channel);
    },
    /** What is planned is not derived any more: the databases are about to close. */
    stop(): void {
      stopped = true;
    },
  };
};

const seriesOf = (resources: readonly { id: string; status: string; figures?: Record<string, number> | undefined }[]): Record<string, number> =>
  Object.fromEntries(
    resources
      .filter((resource) => resource.status === "up" || resource.status === "paused")
      .flatMap((resource) =>
        Object.entries(resource.figures ?? {})
          .filter(([name]) => !name.endsWith("TotalBytes") && name !== "cpus" && name !== "uptimeSeconds")
          .map(([name, value]) => [`${resource.id}/${name}`, value] as const),
      ),
  );
