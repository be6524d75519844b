// Last good readings and the last minutes of series, so that a restart knows what was and charts have no hole.
import { and, gte, like, lt } from "drizzle-orm";
import type { Series } from "../contract/context.ts";
import { matches } from "../contract/pattern.ts";
import type { Reading } from "../contract/reading.ts";
import type { OpenDatabase } from "./open.ts";
import { points, readings } from "./schema.ts";

export const HISTORY_MINUTES = 15;
const MOST_SERIES = 2000;

export const createReadings = ({ database }: OpenDatabase) => ({
  load(): Record<string, Reading> {
    const rows = database.select().from(readings).all();
    return Object.fromEntries(rows.map((row) => [row.channel, { value: JSON.parse(row.value) as unknown, revision: row.revision, at: row.at, stale: false }]));
  },

  keep(channel: string, reading: Reading): void {
    const row = { channel, value: JSON.stringify(reading.value), revision: reading.revision, at: reading.at };
    database.insert(readings).values(row).onConflictDoUpdate({ target: readings.channel, set: row }).run();
  },

  /** Adds one point a series and drops what is older than 15 minutes. */
  addPoints(atMs: number, values: Readonly<Record<string, number>>): void {
    const rows = Object.entries(values)
      .filter(([, value]) => Number.isFinite(value))
      .map(([series, value]) => ({ series, atMs: Math.round(atMs), value }));
    if (rows.length === 0) return;
    database.transaction((transaction) => {
      for (let from = 0; from < rows.length; from += 500)
        transaction
          .insert(points)
          .values(rows.slice(from, from + 500))
          .onConflictDoNothing()
          .run();
      transaction
        .delete(points)
        .where(lt(points.atMs, Math.round(atMs) - HISTORY_MINUTES * 60_000))
        .run();
    });
  },

  /** Series whose name matches a pattern (`guest/101/*`), oldest point first. */
  history(pattern: string, sinceMs: number): Record<string, Series> {
    const prefix = pattern.split("*")[0] ?? "";
    const rows = database
      .select()
      .from(points)
      .where(and(gte(points.atMs, Math.round(sinceMs)), like(points.series, `${prefix.replaceAll(/[%_]/g, "")}%`)))
      .orderBy(points.atMs)
      .all();
    const found: Record<string, Series> = {};
    for (const row of rows) {
      if (!matches(pattern, row.series)) continue;
      if (!(row.series in found) && Object.keys(found).length >= MOST_SERIES) continue;
      const series = found[row.series] ?? [];
      series.push([row.atMs, row.value]);
      found[row.series] = series;
    }
    return found;
  },
});

export type Readings = ReturnType<typeof createReadings>;
