// Everything that exists, from all monitors: one list with freshness, and the time each status began. Invents nothing.
import type { LiveResource, Resource } from "../contract/resource.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoundMonitor } from "./bound.ts";
import type { StateStore } from "./store.ts";

interface Options {
  clock: Clock;
  store: StateStore;
  /** Adds what the core knows beside the monitors: protected, self. */
  marks?: (id: string) => { protected?: boolean; self?: boolean };
}

export const createResources = ({ clock, store, marks = () => ({}) }: Options) => {
  const monitors = new Map<string, BoundMonitor>();
  const byChannel = new Map<string, readonly Resource[]>();
  const began = new Map<string, { status: string; since: string }>();
  const listeners = new Set<() => void>();

  const sinceOf = (resource: Resource): string => {
    const known = began.get(resource.id);
    if (known?.status === resource.status) return known.since;
    const since = clock.iso();
    began.set(resource.id, { status: resource.status, since });
    return since;
  };

  const read = (channel: string): void => {
    const monitor = monitors.get(channel);
    const reading = store.get(channel);
    if (!monitor?.resources || !reading) return;
    byChannel.set(channel, monitor.resources(reading.value));
    for (const listener of listeners) listener();
  };
  store.on(({ channel }) => read(channel));

  /** Two monitors may tell of one thing: the later registered adds what the earlier lacks. */
  const merge = (a: LiveResource, b: LiveResource): LiveResource => ({
    ...b,
    ...a,
    figures: { ...b.figures, ...a.figures },
    labels: { ...b.labels, ...a.labels },
  });

  return {
    add(monitor: BoundMonitor): () => void {
      monitors.set(monitor.channel, monitor);
      read(monitor.channel);
      return () => {
        monitors.delete(monitor.channel);
        byChannel.delete(monitor.channel);
        for (const listener of listeners) listener();
      };
    },
    /** Sorted by id. */
    list(): LiveResource[] {
      const all = new Map<string, LiveResource>();
      for (const [channel, resources] of byChannel) {
        const reading = store.get(channel);
        const plugin = monitors.get(channel)?.plugin ?? "";
        for (const resource of resources) {
          const live: LiveResource = {
            ...resource,
            stale: reading?.stale ?? true,
            since: reading?.stale ? (reading.since ?? reading.at) : sinceOf(resource),
            at: reading?.at ?? clock.iso(),
            plugin,
            ...marks(resource.id),
          };
          const other = all.get(resource.id);
          all.set(resource.id, other ? merge(other, live) : live);
        }
      }
      return [...all.values()].sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
    },
    get(id: string): LiveResource | undefined {
      return this.list().find((resource) => resource.id === id);
    },
    on(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type Resources = ReturnType<typeof createResources>;
