// Stretches of series by tier and time. One that is there already is laid together with the new one, slot by slot. Refuses nothing; a body that cannot be read counts as none.
import { and, eq, gt, gte, lt, lte, min, sql } from "drizzle-orm";
import type { OpenDatabase } from "../open.ts";
import { chunks } from "../schema.ts";
import { packed, unpacked } from "./packing.ts";
import { lay, type Slots } from "./slots.ts";
import { TIERS, type Tier } from "./tiers.ts";

/** Rows deleted in one go. */
const MOST_FORGOTTEN = 2000;

export const tierAt = (tier: number): Tier => {
  const found = TIERS[tier];
  if (!found) throw new Error(`there is no tier ${tier} of history`);
  return found;
};

export const createChunks = ({ database }: OpenDatabase) => {
  const one = database
    .select({ body: chunks.body })
    .from(chunks)
    .where(and(eq(chunks.tier, sql.placeholder("tier")), eq(chunks.startS, sql.placeholder("startS")), eq(chunks.series, sql.placeholder("series"))))
    .prepare();

  const read = (tier: number, startMs: number, body: Uint8Array): Slots | undefined => {
    const { stepMs, chunkMs } = tierAt(tier);
    try {
      return unpacked(body, startMs, stepMs, chunkMs / stepMs);
    } catch {
      // A chunk that cannot be unpacked is a gap in the past; what is drawn beside it stays.
      return undefined;
    }
  };

  const get = (tier: number, startMs: number, series: number): Slots | undefined => {
    const row = one.get({ tier, startS: startMs / 1000, series });
    return row && read(tier, startMs, row.body);
  };

  return {
    get,

    /** `slots` is a whole chunk. `wins`: over what is there already. */
    put(tier: number, series: number, slots: Slots, wins: boolean): void {
      const known = get(tier, slots.fromMs, series);
      if (known) lay(slots, known, !wins);
      if (slots.mean.every((value) => Number.isNaN(value))) return;
      const row = { tier, startS: slots.fromMs / 1000, series, body: packed(slots) };
      database
        .insert(chunks)
        .values(row)
        .onConflictDoUpdate({ target: [chunks.tier, chunks.startS, chunks.series], set: { body: row.body } })
        .run();
    },

    /** Of the series after `after` up to `upTo`, those that have this chunk. */
    page(tier: number, startMs: number, after: number, upTo: number): { series: number; slots: Slots }[] {
      const rows = database
        .select({ series: chunks.series, body: chunks.body })
        .from(chunks)
        .where(and(eq(chunks.tier, tier), eq(chunks.startS, startMs / 1000), gt(chunks.series, after), lte(chunks.series, upTo)))
        .all();
      return rows.flatMap(({ series, body }) => {
        const slots = read(tier, startMs, body);
        return slots ? [{ series, slots }] : [];
      });
    },

    /** The first chunk of a tier that begins at `sinceMs` or later. */
    oldest(tier: number, sinceMs: number): number | undefined {
      const where = and(eq(chunks.tier, tier), gte(chunks.startS, sinceMs / 1000));
      const found = database
        .select({ startS: min(chunks.startS) })
        .from(chunks)
        .where(where)
        .get()?.startS;
      return found === null || found === undefined ? undefined : found * 1000;
    },

    /** Deletes a piece of what began before; answers whether there may be more. */
    forget(tier: number, beforeMs: number): boolean {
      const where = and(eq(chunks.tier, tier), lt(chunks.startS, beforeMs / 1000));
      const [first] = database.select({ startS: chunks.startS, series: chunks.series }).from(chunks).where(where).orderBy(chunks.startS, chunks.series).limit(1).all();
      if (!first) return false;
      const upTo = first.series + MOST_FORGOTTEN;
      database
        .delete(chunks)
        .where(and(eq(chunks.tier, tier), eq(chunks.startS, first.startS), lte(chunks.series, upTo)))
        .run();
      return true;
    },
  };
};

export type Chunks = ReturnType<typeof createChunks>;
