// The last good value of every state channel: revision, freshness, changes. Never a hole: a failed reading marks the last one stale.

import { diff, type Operation } from "../contract/patch.ts";
import { matches } from "../contract/pattern.ts";
import type { Reading } from "../contract/reading.ts";
import type { Clock } from "../lib/clock.ts";

/** `operations` absent: only freshness changed. */
export interface Change {
  channel: string;
  reading: Reading;
  before: Reading | undefined;
  operations: Operation[] | undefined;
}

interface Options {
  clock: Clock;
  /** Readings of the run before: values to compare with, stale until read anew. */
  saved?: Readonly<Record<string, Reading>>;
  keep?: (channel: string, reading: Reading) => void;
}

export const createStateStore = ({ clock, saved = {}, keep }: Options) => {
  const readings = new Map<string, Reading>(
    Object.entries(saved).map(([channel, reading]) => [channel, { ...reading, stale: true, since: reading.at, words: "not read since the last start" }]),
  );
  const listeners = new Set<(change: Change) => void>();
  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };

  return {
    /** Takes a new good value; silence when nothing changed. */
    accept(channel: string, value: unknown): void {
      const before = readings.get(channel);
      const operations = before ? diff(before.value, value) : undefined;
      const changed = !before || (operations?.length ?? 0) > 0;
      const reading: Reading = { value, revision: (before?.revision ?? 0) + (changed ? 1 : 0), at: clock.iso(), stale: false };
      readings.set(channel, reading);
      // Told first: what could not be kept would else be no change at the next reading, and nobody would hear of it.
      if (changed || before?.stale) tell({ channel, reading, before, operations: changed ? (operations ?? [{ op: "replace", path: "", value }]) : undefined });
      if (changed) keep?.(channel, reading);
    },

    /** A reading failed: the last good value stays, marked stale since now (or since it first failed). */
    fail(channel: string, words: string): void {
      const before = readings.get(channel);
      if (!before) return;
      const reading: Reading = { ...before, stale: true, since: before.stale && before.since ? before.since : clock.iso(), words };
      readings.set(channel, reading);
      if (!before.stale || before.words !== words) tell({ channel, reading, before, operations: undefined });
    },

    get: (channel: string): Reading | undefined => readings.get(channel),

    match: (pattern: string): Record<string, Reading> => Object.fromEntries([...readings].filter(([channel]) => matches(pattern, channel))),

    forget(channel: string): void {
      readings.delete(channel);
    },

    on(listener: (change: Change) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type StateStore = ReturnType<typeof createStateStore>;
