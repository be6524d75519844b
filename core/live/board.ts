// The declared channels and who reads each. Refuses names that are none, a second declaration, and publishing on what is not declared.
import { JarvisError } from "../contract/error.ts";
import { isChannelName, matches } from "../contract/pattern.ts";
import type { Clock } from "../lib/clock.ts";
import { type Channel, type ChannelInfo, createChannel } from "./channel.ts";
import type { Publication } from "./publication.ts";

export interface Reader {
  /** A channel's name or a pattern. */
  readonly name: string;
  readonly allowed: (channel: string) => boolean;
  readonly deliver: (publication: Publication) => void;
}

export interface Entry {
  readonly channel: Channel;
  readonly readers: Set<Reader>;
}

export const publishTo = (entry: Entry, made: Publication | undefined): void => {
  if (made === undefined) return;
  for (const reader of entry.readers) reader.deliver(made);
};

const wants = (reader: Reader, channel: string): boolean => matches(reader.name, channel) && reader.allowed(channel);

export const createBoard = ({ clock, epoch }: { clock: Clock; epoch: string }) => {
  const entries = new Map<string, Entry>();
  const readers = new Set<Reader>();
  /** Offsets of channels that went away: one of the same name goes on from there. As many as names were ever declared. */
  const retired = new Map<string, number>();
  const watchers = new Set<(channel: string, count: number) => void>();

  const told = (entry: Entry): void => {
    for (const listener of watchers) listener(entry.channel.name, entry.readers.size);
  };

  const retire = (name: string, entry: Entry): void => {
    if (entries.get(name) !== entry) return;
    entries.delete(name);
    retired.set(name, entry.channel.offset());
    if (entry.readers.size === 0) return;
    entry.readers.clear();
    told(entry);
  };

  /** Readers whose pattern fits begin with its snapshot: an event channel's at once, a state channel's with its first value. */
  const declare = (name: string, info: ChannelInfo): (() => void) => {
    if (!isChannelName(name)) throw new JarvisError("bug", { message: `${name} is no channel name.` });
    if (entries.has(name)) throw new JarvisError("bug", { message: `The channel ${name} is declared already.` });
    const channel = createChannel({ name, info, epoch, clock, start: retired.get(name) ?? 0 });
    const entry: Entry = { channel, readers: new Set([...readers].filter((reader) => wants(reader, name))) };
    entries.set(name, entry);
    if (entry.readers.size > 0) told(entry);
    publishTo(entry, channel.snapshot());
    return () => retire(name, entry);
  };

  const declared = (name: string, kind: ChannelInfo["kind"]): Entry => {
    const entry = entries.get(name);
    if (entry?.channel.info.kind !== kind) throw new JarvisError("bug", { message: `${name} is no declared ${kind} channel.` });
    return entry;
  };

  const join = (reader: Reader, joined: readonly Entry[]): void => {
    readers.add(reader);
    for (const entry of joined) {
      entry.readers.add(reader);
      told(entry);
    }
  };

  const leave = (reader: Reader): void => {
    readers.delete(reader);
    for (const entry of entries.values()) if (entry.readers.delete(reader)) told(entry);
  };

  return { entries, watchers, declare, declared, join, leave, matching: (reader: Reader): Entry[] => [...entries.values()].filter(({ channel }) => wants(reader, channel.name)) };
};

export type Board = ReturnType<typeof createBoard>;
