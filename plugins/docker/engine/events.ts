// What an engine tells as it happens: one line an event. Reads a line, remembers the last events of each container, and knows since when nothing can have been missed.
import { z } from "jarvis";
import { EngineEvent } from "./shapes.ts";

const MAX_PER_CONTAINER = 50;
const MAX_CONTAINERS = 500;

/** An event about a container, as it is kept, published and probed. `nano`: the engine's own time in nanoseconds, exact. */
export const ContainerEvent = z.object({
  host: z.string(),
  id: z.string(),
  name: z.string(),
  /** create, start, kill, die, oom, stop, restart, pause, unpause, destroy, rename, health_status: healthy ... */
  action: z.string().max(200),
  at: z.string(),
  nano: z.string(),
  exitCode: z.number().optional(),
  signal: z.number().optional(),
  image: z.string().optional(),
});
export type ContainerEvent = z.output<typeof ContainerEvent>;

/** Words of the filter; exec_* would be three events a health check. */
export const FOLLOWED = ["create", "start", "kill", "die", "oom", "stop", "restart", "pause", "unpause", "destroy", "rename", "update", "health_status"] as const;
export const isFollowed = (action: string): boolean => FOLLOWED.some((word) => action === word || action.startsWith(`${word}:`));

const NANOS_AFTER_SECONDS = 9;
const MILLIS_OF_NANOS = 13;
const MAX_ID = 128;

const numberOf = (text: string | undefined): number | undefined => (text === undefined || !/^\d{1,9}$/.test(text) ? undefined : Number(text));

/** Undefined for what is no event of a container. JavaScript's numbers cannot hold nanoseconds, so they are read from the text. */
export const readEvent = (line: string, host: string): ContainerEvent | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fits = EngineEvent.safeParse(value);
  if (!fits.success || fits.data.Type !== "container") return undefined;
  const { Action, Actor, time } = fits.data;
  const nano = /"timeNano":(\d{10,20})\}?/.exec(line)?.[1] ?? `${Math.floor(time)}${"0".repeat(NANOS_AFTER_SECONDS)}`;
  const attributes = Actor.Attributes ?? {};
  const exitCode = numberOf(attributes.exitCode);
  const signal = numberOf(attributes.signal);
  return {
    host,
    id: Actor.ID.slice(0, MAX_ID),
    name: (attributes.name ?? "").slice(0, 200),
    action: Action.slice(0, 200),
    at: new Date(Number(nano.slice(0, MILLIS_OF_NANOS))).toISOString(),
    nano,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...(attributes.image === undefined ? {} : { image: attributes.image.slice(0, 300) }),
  };
};

/** `seconds.nanoseconds`, as `since` takes it without losing any. */
export const sinceOf = (event: ContainerEvent): string => `${event.nano.slice(0, -NANOS_AFTER_SECONDS)}.${event.nano.slice(-NANOS_AFTER_SECONDS)}`;

const same = (a: ContainerEvent, b: ContainerEvent): boolean => a.nano === b.nano && a.id === b.id && a.action === b.action;

export interface EventBook {
  /** False when it was known already (a resumed stream tells its last events again). */
  note(event: ContainerEvent): boolean;
  of(id: string): readonly ContainerEvent[];
  last(): ContainerEvent | undefined;
  /** A stream begins at `atMs`; what lies before it stays covered only once the last known event comes again. */
  begins(atMs: number): void;
  ends(): void;
  /** Epoch ms since which no event can have been missed; undefined while no stream runs. */
  coveredSinceMs(): number | undefined;
}

export const createEventBook = (): EventBook => {
  const kept = new Map<string, ContainerEvent[]>();
  let newest: ContainerEvent | undefined;
  let covered: number | undefined;
  let before: number | undefined;
  let following = false;
  const note = (event: ContainerEvent): boolean => {
    const events = kept.get(event.id) ?? [];
    if (newest !== undefined && same(newest, event) && before !== undefined) {
      covered = before;
      before = undefined;
    }
    if (events.some((known) => same(known, event))) return false;
    kept.delete(event.id);
    kept.set(event.id, [...events, event].slice(-MAX_PER_CONTAINER));
    const oldest = kept.size > MAX_CONTAINERS ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    newest = event;
    return true;
  };
  return {
    note,
    of: (id) => kept.get(id) ?? [],
    last: () => newest,
    begins: (atMs) => {
      before = covered;
      covered = atMs;
      following = true;
    },
    ends: () => {
      following = false;
    },
    coveredSinceMs: () => (following ? covered : undefined),
  };
};
