// The hub: publishes state and events to whoever subscribed, by name or pattern, resumable by epoch and offset. Refuses undeclared channels.
import type { Operation } from "../contract/patch.ts";
import type { Position } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { createBoard, publishTo } from "./board.ts";
import type { Publication } from "./publication.ts";
import { type Since, type Subscribed, subscribe } from "./subscribe.ts";

/** `epoch`: one per core run; offsets mean something within it only. */
export const createHub = ({ clock, epoch }: { clock: Clock; epoch: string }) => {
  const board = createBoard({ clock, epoch });
  return {
    epoch,
    /** The answer undeclares. */
    declare: board.declare,
    subscribe: (name: string, since: Since, send: (publication: Publication) => void, allowed: (channel: string) => boolean = () => true): Subscribed =>
      subscribe({ board, epoch, name, since, send, allowed }),
    /** Keeps `value` as the snapshot; publishes a patch, or nothing when it equals the last. `operations`: when the caller has them already. */
    state: (name: string, value: unknown, operations?: Operation[]): void => {
      const entry = board.declared(name, "state");
      publishTo(entry, entry.channel.state(value, operations));
    },
    event: (name: string, data: unknown): void => {
      const entry = board.declared(name, "event");
      publishTo(entry, entry.channel.event(data));
    },
    list: () => [...board.entries.values()].map(({ channel }) => ({ channel: channel.name, kind: channel.info.kind, title: channel.info.title })),
    /** The channel as it is now, for a reader that fell behind. */
    snapshot: (name: string): Publication | undefined => board.entries.get(name)?.channel.snapshot(),
    position: (name: string): Position | undefined => {
      const entry = board.entries.get(name);
      return entry === undefined ? undefined : { epoch, offset: entry.channel.offset() };
    },
    /** Hears how many read a channel whenever that changes. */
    onWatch: (listener: (channel: string, count: number) => void): (() => void) => {
      board.watchers.add(listener);
      return () => board.watchers.delete(listener);
    },
  };
};

export type Hub = ReturnType<typeof createHub>;
