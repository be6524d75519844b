// What a source tells of the time before ours: laid under what we know, never over it, and never twice. Keeps which resources were asked about and how far.
import { inArray, isNull } from "drizzle-orm";
import type { OpenDatabase } from "../open.ts";
import { fills } from "../schema.ts";
import { type Chunks, tierAt } from "./chunks.ts";
import type { Names } from "./names.ts";
import { emptySlots, type Slots } from "./slots.ts";
import { floorTo, tierFor } from "./tiers.ts";

/** [epoch ms at which the stretch begins, its mean, its most where that is known]. */
type PastPoint = readonly [atMs: number, mean: number, most?: number | undefined];

interface Parts {
  db: OpenDatabase;
  names: Names;
  chunks: Chunks;
}

export interface FillState {
  /** From when on the source is asked. */
  readonly sinceMs: number;
  /** Where to go on; absent: from the beginning; null: all of it is here. */
  readonly next: string | null | undefined;
}

/** The points as whole chunks of the tier they fit into: a point covers all the slots that lie within its stretch and are over. */
const spread = (tier: number, points: readonly PastPoint[], stretchMs: number, nowMs: number): Slots[] => {
  const { stepMs, chunkMs, keepMs } = tierAt(tier);
  const made = new Map<number, Slots>();
  for (const [atMs, mean, most] of points) {
    if (!Number.isFinite(atMs) || !Number.isFinite(mean)) continue;
    for (let slot = floorTo(atMs + stepMs - 1, stepMs); slot + stepMs <= Math.min(atMs + stretchMs, nowMs); slot += stepMs) {
      if (slot < nowMs - keepMs) continue;
      const startMs = floorTo(slot, chunkMs);
      const slots = made.get(startMs) ?? emptySlots(startMs, stepMs, chunkMs / stepMs);
      made.set(startMs, slots);
      const index = (slot - startMs) / stepMs;
      slots.mean[index] = mean;
      slots.least[index] = mean;
      slots.most[index] = Math.max(mean, most ?? mean);
    }
  }
  return [...made.values()];
};

export const createFill = ({ db: { database }, names, chunks }: Parts) => ({
  /** `figures`: series name -> points, each standing for `stepSeconds`. What is finer than the finest tier is not taken. */
  lay(figures: Readonly<Record<string, readonly PastPoint[]>>, stepSeconds: number, nowMs: number): void {
    const tier = tierFor(stepSeconds * 1000);
    if (tier === undefined) return;
    const ids = names.idsOf(Object.keys(figures), nowMs);
    database.transaction(() => {
      for (const [name, points] of Object.entries(figures)) {
        const id = ids.get(name);
        if (id !== undefined) for (const slots of spread(tier, points, stepSeconds * 1000, nowMs)) chunks.put(tier, id, slots, false);
      }
    });
  },

  /** Of those resources that were ever asked about. */
  states(resources: readonly string[]): Map<string, FillState> {
    if (resources.length === 0) return new Map();
    const rows = database
      .select()
      .from(fills)
      .where(inArray(fills.resource, [...resources]))
      .all();
    return new Map(rows.map(({ resource, sinceMs, next }) => [resource, { sinceMs, next: next === "" ? undefined : next }]));
  },

  keep(resource: string, { sinceMs, next }: FillState): void {
    const row = { resource, sinceMs, next: next === undefined ? "" : next };
    database.insert(fills).values(row).onConflictDoUpdate({ target: fills.resource, set: row }).run();
  },

  /** Jarvis was off since then: who was asked about before is asked again from there on. */
  reopen(sinceMs: number): void {
    database.update(fills).set({ sinceMs, next: "" }).where(isNull(fills.next)).run();
  },
});
