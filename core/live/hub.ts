// The hub: publishes state and events to whoever subscribed, by name or pattern. Refuses undeclared channels and unknown names.
import { JarvisError } from "../contract/error.ts";
import type { Operation } from "../contract/patch.ts";
import { isChannelName, isChannelOrPattern, isPattern, matches } from "../contract/pattern.ts";
import type { Position } from "../contract/wire.ts";
import { Position as PositionSchema } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { type Channel, type ChannelInfo, createChannel } from "./channel.ts";
import type { Publication } from "./publication.ts";
import { type Begun, begin } from "./resume.ts";

export type Since = undefined | Position | Record<string, Position>;
export type Answer = Begun | { channels: Record<string, Begun> };

export interface Subscribed {
  readonly answer: Answer;
  /** Sends what was missed, then everything live. Call it once the answer is on its way; until then publications wait. */
  start(): void;
  close(): void;
}

interface Reader {
  readonly name: string;
  readonly allowed: (channel: string) => boolean;
  readonly deliver: (publication: Publication) => void;
}

interface Entry {
  readonly channel: Channel;
  readonly readers: Set<Reader>;
}

const positionFor = (since: Since, channel: string, pattern: boolean): Position | undefined => {
  if (since === undefined) return undefined;
  const single = PositionSchema.safeParse(since);
  if (single.success) return pattern ? undefined : single.data;
  const named = PositionSchema.safeParse(Object.entries(since).find(([name]) => name === channel)?.[1]);
  return named.success ? named.data : undefined;
};

export const createHub = ({ clock, epoch }: { clock: Clock; epoch: string }) => {
  const entries = new Map<string, Entry>();
  const readers = new Set<Reader>();
  const retired = new Map<string, number>();
  const watchers = new Set<(channel: string, count: number) => void>();

  const told = (entry: Entry): void => {
    for (const listener of watchers) listener(entry.channel.name, entry.readers.size);
  };
  const publish = (entry: Entry, made: Publication | undefined): void => {
    if (made === undefined) return;
    for (const reader of entry.readers) reader.deliver(made);
  };
  const wants = (reader: Reader, channel: string): boolean => matches(reader.name, channel) && reader.allowed(channel);
  const declared = (name: string, kind: ChannelInfo["kind"]): Entry => {
    const entry = entries.get(name);
    if (entry?.channel.info.kind !== kind) throw new JarvisError("bug", { message: `${name} is no declared ${kind} channel.` });
    return entry;
  };

  const declare = (name: string, info: ChannelInfo): (() => void) => {
    if (!isChannelName(name)) throw new JarvisError("bug", { message: `${name} is no channel name.` });
    if (entries.has(name)) throw new JarvisError("bug", { message: `The channel ${name} is declared already.` });
    const channel = createChannel({ name, info, epoch, clock, start: retired.get(name) ?? 0 });
    const entry: Entry = { channel, readers: new Set([...readers].filter((reader) => wants(reader, name))) };
    entries.set(name, entry);
    if (entry.readers.size > 0) told(entry);
    publish(entry, channel.snapshot());
    return () => {
      if (entries.get(name) !== entry) return;
      entries.delete(name);
      retired.set(name, channel.offset());
      if (entry.readers.size === 0) return;
      entry.readers.clear();
      told(entry);
    };
  };

  const join = (reader: Reader, since: Since): { answer: Answer; backlog: Publication[] } => {
    const pattern = isPattern(reader.name);
    const matching = [...entries.values()].filter(({ channel }) => wants(reader, channel.name));
    const begun = matching.map((entry) => ({ entry, ...begin(entry.channel, epoch, positionFor(since, entry.channel.name, pattern)) }));
    const [first] = begun;
    if (!pattern && first === undefined) throw new JarvisError("not_found", { message: `There is no channel ${reader.name}.` });
    readers.add(reader);
    for (const { entry } of begun) {
      entry.readers.add(reader);
      told(entry);
    }
    const backlog = begun.flatMap((one) => one.backlog);
    if (!pattern && first !== undefined) return { answer: first.begun, backlog };
    return { answer: { channels: Object.fromEntries(begun.map((one) => [one.entry.channel.name, one.begun])) }, backlog };
  };

  /** Throws not_found for an unknown channel (a pattern may match nothing yet) and bad_input for what is no name. */
  const subscribe = (name: string, since: Since, send: (publication: Publication) => void, allowed: (channel: string) => boolean = () => true): Subscribed => {
    if (!isChannelOrPattern(name)) throw new JarvisError("bad_input", { message: `${name} is neither a channel nor a pattern.`, path: "channel" });
    let waiting: Publication[] | undefined = [];
    let open = true;
    const reader: Reader = {
      name,
      allowed,
      deliver: (made) => {
        if (waiting === undefined) send(made);
        else waiting.push(made);
      },
    };
    const { answer, backlog } = join(reader, since);
    return {
      answer,
      start: () => {
        if (waiting === undefined || !open) return;
        const late = [...backlog, ...waiting];
        waiting = undefined;
        for (const made of late) send(made);
      },
      close: () => {
        open = false;
        readers.delete(reader);
        for (const entry of entries.values()) if (entry.readers.delete(reader)) told(entry);
      },
    };
  };

  return {
    epoch,
    declare,
    subscribe,
    /** Keeps `value` as the snapshot; publishes a patch, or nothing when it equals the last. `operations`: when the caller has them already. */
    state: (name: string, value: unknown, operations?: Operation[]): void => {
      const entry = declared(name, "state");
      publish(entry, entry.channel.state(value, operations));
    },
    event: (name: string, data: unknown): void => {
      const entry = declared(name, "event");
      publish(entry, entry.channel.event(data));
    },
    list: () => [...entries.values()].map(({ channel }) => ({ channel: channel.name, ...channel.info })),
    /** The channel as it is now, for a reader that fell behind. */
    snapshot: (name: string): Publication | undefined => entries.get(name)?.channel.snapshot(),
    position: (name: string): Position | undefined => {
      const entry = entries.get(name);
      return entry === undefined ? undefined : { epoch, offset: entry.channel.offset() };
    },
    onWatch: (listener: (channel: string, count: number) => void): (() => void) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
};

export type Hub = ReturnType<typeof createHub>;
