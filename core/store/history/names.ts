// The names of series as small numbers. Bounded: beyond so many a new name is not kept for long; one that had no value for as long as anything is kept is forgotten.
import { and, count, gte, inArray, lt, lte, max } from "drizzle-orm";
import { matches } from "../../contract/pattern.ts";
import type { OpenDatabase } from "../open.ts";
import { series } from "../schema.ts";
import { boundsOf } from "./samples.ts";

export const MOST_NAMES = 100_000;
const MOST_FORGOTTEN = 500;

export const createNames = ({ database }: OpenDatabase) => ({
  /** Numbers of the names, made where they are new and there is room. */
  idsOf(names: readonly string[], nowMs: number): Map<string, number> {
    const room = Math.max(0, MOST_NAMES - (database.select({ all: count() }).from(series).get()?.all ?? 0));
    const known = new Map(
      database
        .select({ id: series.id, name: series.name })
        .from(series)
        .where(inArray(series.name, [...names]))
        .all()
        .map(({ id, name }) => [name, id]),
    );
    const kept = [...names.filter((name) => known.has(name)), ...names.filter((name) => !known.has(name)).slice(0, room)];
    if (kept.length === 0) return known;
    const rows = database
      .insert(series)
      .values(kept.map((name) => ({ name, seenMs: nowMs })))
      .onConflictDoUpdate({ target: series.name, set: { seenMs: nowMs } })
      .returning({ id: series.id, name: series.name })
      .all();
    return new Map(rows.map(({ id, name }) => [name, id]));
  },

  matching(pattern: string, most: number): { id: number; name: string }[] {
    const { low, high } = boundsOf(pattern);
    const rows = database
      .select({ id: series.id, name: series.name })
      .from(series)
      .where(and(gte(series.name, low), lte(series.name, high)))
      .orderBy(series.name)
      .all();
    return rows.filter(({ name }) => matches(pattern, name)).slice(0, most);
  },

  highest: (): number =>
    database
      .select({ id: max(series.id) })
      .from(series)
      .get()?.id ?? 0,

  /** Answers whether there may be more of them. */
  forget(beforeMs: number): boolean {
    const old = database.select({ id: series.id }).from(series).where(lt(series.seenMs, beforeMs)).limit(MOST_FORGOTTEN).all();
    const ids = old.map(({ id }) => id);
    if (ids.length > 0) database.delete(series).where(inArray(series.id, ids)).run();
    return old.length === MOST_FORGOTTEN;
  },
});

export type Names = ReturnType<typeof createNames>;
