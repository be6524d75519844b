// The feed: one line each for what Jarvis found, did, failed at or left alone. Stored first, then told.
import type { FeedEntry } from "../contract/incident.ts";
import type { Clock } from "../lib/clock.ts";
import type { IncidentStore } from "../store/incidents.ts";

export type NewEntry = Omit<FeedEntry, "id" | "at">;

export const createFeed = ({ clock, store, publish }: { clock: Clock; store: IncidentStore; publish: (entry: FeedEntry) => void }) => ({
  add(entry: NewEntry): void {
    const full: FeedEntry = { id: crypto.randomUUID(), at: clock.iso(), ...entry };
    store.addFeed(full);
    publish(full);
  },
  /** Newest first. */
  list: (limit: number): FeedEntry[] => store.feed(limit),
});

export type Feed = ReturnType<typeof createFeed>;
