// Everything that exists, from all monitors: one list with freshness, and the time each status began. Invents nothing; derives each reading once.
import { byText } from "../contract/order.ts";
import type { LiveResource, Resource } from "../contract/resource.ts";
import type { Clock } from "../lib/clock.ts";
import type { BoundMonitor, Freshened } from "./bound.ts";
import { type Declared, link } from "./links.ts";
import type { StateStore } from "./store.ts";

interface Options {
  clock: Clock;
  store: StateStore;
  /** Ids the operator protects. */
  protect?: readonly string[];
  /** What the operator says needs what. */
  depends?: Declared;
  /** Ids of what Jarvis runs on. Call `remark` when it changes. */
  own?: () => readonly string[];
}

/** What one channel tells: its resources, and since when each has its status. */
interface Told {
  readonly resources: readonly Resource[];
  readonly began: ReadonlyMap<string, { status: string; since: string }>;
}

/** Two monitors may tell of one thing: the later registered adds what the earlier lacks. Who does not know how it is (`unknown`) only adds to who does, and who saw it last some time ago to who sees it now. */
const merge = (a: LiveResource, b: LiveResource): LiveResource => {
  if (b.status !== "unknown" && (a.status === "unknown" || (a.stale && !b.stale)))
    return { ...a, ...b, figures: { ...a.figures, ...b.figures }, labels: { ...a.labels, ...b.labels } };
  return { ...b, ...a, figures: { ...b.figures, ...a.figures }, labels: { ...b.labels, ...a.labels } };
};

export const createResources = ({ clock, store, protect = [], depends = {}, own = () => [] }: Options) => {
  const monitors = new Map<string, BoundMonitor>();
  const byChannel = new Map<string, Told>();
  const fresher = new Map<string, Freshened>();
  const listeners = new Set<() => void>();
  const tellerListeners = new Set<() => void>();
  /** Ids as they were sorted last: things come and go much less often than they are read. */
  let order: string[] = [];
  let made: { from: readonly unknown[]; list: LiveResource[]; byId: ReadonlyMap<string, LiveResource> } | undefined;

  const read = (channel: string): void => {
    const monitor = monitors.get(channel);
    const reading = store.get(channel);
    if (monitor?.figures && reading) {
      fresher.set(channel, reading.stale ? {} : monitor.figures(reading.value));
      made = undefined;
      for (const listener of listeners) listener();
    }
    if (!monitor?.resources || !reading) return;
    const before = byChannel.get(channel)?.began;
    const resources = monitor.resources(reading.value);
    const at = clock.iso();
    const beganOf = ({ id, status }: Resource): { status: string; since: string } => {
      const known = before?.get(id);
      return known?.status === status ? known : { status, since: at };
    };
    byChannel.set(channel, { resources, began: new Map(resources.map((resource) => [resource.id, beganOf(resource)])) });
    made = undefined;
    for (const listener of listeners) listener();
  };
  store.on(({ channel }) => read(channel));

  const ofChannel = (channel: string, { resources, began }: Told): LiveResource[] => {
    const reading = store.get(channel);
    const plugin = monitors.get(channel)?.plugin ?? "";
    const at = reading?.at ?? clock.iso();
    const mine = own();
    return resources.map(({ unseenSince, runsOn, servedBy, ...resource }) => ({
      ...resource,
      stale: unseenSince !== undefined || (reading?.stale ?? true),
      since: unseenSince ?? (reading?.stale ? (reading.since ?? at) : (began.get(resource.id)?.since ?? at)),
      at: unseenSince ?? at,
      plugin,
      ...(protect.includes(resource.id) ? { protected: true } : {}),
      ...(mine.includes(resource.id) ? { self: true } : {}),
    }));
  };

  /** Those known and up whose figures a channel has newer; with the names they have, and no other. */
  const freshenedBy = (channel: string, byId: ReadonlyMap<string, LiveResource>): [string, LiveResource][] =>
    Object.entries(fresher.get(channel) ?? {}).flatMap(([id, { atMs, figures }]) => {
      const live = byId.get(id);
      if (!live || live.stale || (live.status !== "up" && live.status !== "paused") || atMs <= Date.parse(live.at)) return [];
      const known = Object.entries(figures).filter(([name, value]) => live.figures?.[name] !== undefined && Number.isFinite(value));
      return known.length === 0 ? [] : [[id, { ...live, at: new Date(atMs).toISOString(), figures: { ...live.figures, ...Object.fromEntries(known) } }]];
    });

  /** Made anew only when a reading, even an equal one, has come since. */
  const all = () => {
    const from = [...byChannel.keys()].map((channel) => store.get(channel));
    if (made && made.from.length === from.length && made.from.every((reading, index) => reading === from[index])) return made;
    const byId = new Map<string, LiveResource>();
    for (const [channel, told] of byChannel)
      for (const live of ofChannel(channel, told)) {
        const other = byId.get(live.id);
        byId.set(live.id, other ? merge(other, live) : live);
      }
    for (const channel of fresher.keys()) for (const [id, live] of freshenedBy(channel, byId)) byId.set(id, live);
    const hints = [...byChannel.values()].flatMap((told) => told.resources.filter(({ runsOn, servedBy }) => runsOn !== undefined || servedBy !== undefined));
    link(byId, { hints, declared: depends, own: hints.length === 0 ? [] : own() });
    if (order.length !== byId.size || !order.every((id) => byId.has(id))) order = [...byId.keys()].sort(byText);
    made = { from, byId, list: order.flatMap((id) => byId.get(id) ?? []) };
    return made;
  };

  const tellersChanged = (monitor: BoundMonitor): void => {
    if (monitor.resources) for (const listener of tellerListeners) listener();
  };
  const subscribe = (set: Set<() => void>, listener: () => void): (() => void) => {
    set.add(listener);
    return () => set.delete(listener);
  };

  return {
    add(monitor: BoundMonitor): () => void {
      monitors.set(monitor.channel, monitor);
      read(monitor.channel);
      tellersChanged(monitor);
      return () => {
        monitors.delete(monitor.channel);
        byChannel.delete(monitor.channel);
        fresher.delete(monitor.channel);
        made = undefined;
        for (const listener of listeners) listener();
        tellersChanged(monitor);
      };
    },
    /** Sorted by id. Not to be changed by who gets it. */
    list: (): LiveResource[] => all().list,
    get: (id: string): LiveResource | undefined => all().byId.get(id),
    /** What one channel's last reading tells, derived already. */
    told: (channel: string): readonly Resource[] => byChannel.get(channel)?.resources ?? [],
    /** What is known of the things whose figures one channel makes newer. */
    freshened(channel: string): readonly LiveResource[] {
      const names = new Set(Object.keys(fresher.get(channel) ?? {}));
      return names.size === 0 ? [] : all().list.filter(({ id }) => names.has(id));
    },
    /** What `own` answers has changed. */
    remark(): void {
      made = undefined;
    },
    /** How many monitors tell of resources at all. */
    tellers: (): number => [...monitors.values()].filter((monitor) => monitor.resources).length,
    onTellers: (listener: () => void): (() => void) => subscribe(tellerListeners, listener),
    on: (listener: () => void): (() => void) => subscribe(listeners, listener),
  };
};

export type Resources = ReturnType<typeof createResources>;
