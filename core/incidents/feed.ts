// The feed: one line each for what Jarvis found, did, failed at or left alone. Stored first, then told. What it says of an incident already, and nothing came of since, it does not say again.
import type { FeedEntry } from "../contract/incident.ts";
import type { Clock } from "../lib/clock.ts";
import type { IncidentStore } from "../store/incidents.ts";

/** Kinds of a line by which nothing was done. */
const IDLE: ReadonlySet<FeedEntry["kind"]> = new Set(["held", "notice", "left-alone"]);
const LOOKED_BACK = 200;

const isSaid = (entry: NewEntry, newest: readonly FeedEntry[]): boolean => {
  if (entry.incident === undefined || !IDLE.has(entry.kind)) return false;
  const own = newest.filter(({ incident }) => incident === entry.incident);
  const done = own.findIndex(({ kind }) => !IDLE.has(kind));
  return own.slice(0, done < 0 ? own.length : done).some(({ kind, words }) => kind === entry.kind && words === entry.words);
};

export type NewEntry = Omit<FeedEntry, "id" | "at">;

export const createFeed = ({ clock, store, publish }: { clock: Clock; store: IncidentStore; publish: (entry: FeedEntry) => void }) => ({
  add(entry: NewEntry): void {
    if (isSaid(entry, store.feed(LOOKED_BACK))) return;
    const full: FeedEntry = { id: crypto.randomUUID(), at: clock.iso(), ...entry };
    store.addFeed(full);
    publish(full);
  },
  /** Newest first. */
  list: (limit: number): FeedEntry[] => store.feed(limit),
});

export type Feed = ReturnType<typeof createFeed>;
