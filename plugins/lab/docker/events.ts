// The engine's event log: the last 256 events (as many as the real one keeps), told to whoever follows. It refuses nothing.
import { type Box, labelsOf } from "./box.ts";
import { unixNanos, unixSeconds } from "./time.ts";

const MAX_EVENTS = 256;

export interface EngineEvent {
  readonly atMs: number;
  readonly type: "container" | "network" | "image" | "volume";
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Events {
  add(box: Box, action: string, more?: Record<string, string>): void;
  /** On each of its networks, or the one that is meant. */
  network(box: Box, action: "connect" | "disconnect", only?: string): void;
  /** Of something else than a container. */
  other(type: "network" | "image" | "volume", action: string, id: string, attributes: Record<string, string>): void;
  past(): readonly EngineEvent[];
  follow(listener: (event: EngineEvent) => void): () => void;
}

export function createEvents(now: () => number): Events {
  const kept: EngineEvent[] = [];
  const listeners = new Set<(event: EngineEvent) => void>();
  const tell = (event: EngineEvent): void => {
    kept.push(event);
    if (kept.length > MAX_EVENTS) kept.shift();
    for (const listener of listeners) listener(event);
  };
  return {
    add: (box, action, more = {}) =>
      tell({ atMs: now(), type: "container", action, id: box.id, attributes: { ...labelsOf(box.made), ...more, image: box.made.image, name: box.made.name } }),
    network(box, action, only) {
      for (const { id, name } of box.networks)
        if (only === undefined || id === only)
          tell({ atMs: now(), type: "network", action, id, attributes: { container: box.id, name, type: name === "host" || name === "none" ? name : "bridge" } });
    },
    other: (type, action, id, attributes) => tell({ atMs: now(), type, action, id, attributes }),
    past: () => kept,
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One line of the stream; container events carry the old fields too. */
export function printEvent(event: EngineEvent): string {
  const old = event.type === "container" ? { status: event.action, id: event.id, from: event.attributes.image } : {};
  const body = JSON.stringify({
    ...old,
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes },
    scope: "local",
    time: unixSeconds(event.atMs),
  });
  return `${body.slice(0, -1)},"timeNano":${unixNanos(event.atMs)}}\n`;
}

const LOOSE = ["health_status", "exec_create", "exec_start"];

/** The filters of `/events`: type, event, container, image, label, scope; alternatives within one, all of them together. */
export function wants(filters: Readonly<Record<string, readonly string[]>>, event: EngineEvent): boolean {
  const any = (key: string, fits: (value: string) => boolean): boolean => filters[key] === undefined || filters[key].length === 0 || filters[key].some(fits);
  const loose = filters.event?.some((word) => LOOSE.includes(word)) ?? false;
  return (
    any("type", (word) => word === event.type) &&
    any("event", (word) => event.action === word || (loose && event.action.startsWith(word))) &&
    any("container", (word) => event.type === "container" && (event.attributes.name === word || event.id.startsWith(word))) &&
    any("image", (word) => event.attributes.image === word || event.attributes.image?.split(":")[0] === word) &&
    any("scope", (word) => word === "local") &&
    any("label", (word) => {
      const [key = "", value] = word.split("=", 2);
      return event.attributes[key] !== undefined && (value === undefined || event.attributes[key] === value);
    })
  );
}
