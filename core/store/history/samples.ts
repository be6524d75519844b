// The readings' figures as they came: one row a reading, kept until they are rolled up and at least for what a scene looks at. Refuses what is no finite number.
import { and, asc, eq, gt, gte, inArray, lt, lte, max, min, sql } from "drizzle-orm";
import { matches } from "../../contract/pattern.ts";
import type { OpenDatabase } from "../open.ts";
import { samples } from "../schema.ts";

/** So many figures in one row: who wants a few of ten thousand guests' then reads a few rows. */
const IN_A_ROW = 250;
const LAST_CHARACTER = "\uffff";

/** Rows read, and rows deleted, in one go. */
const [PAGE, MOST_FORGOTTEN] = [16, 500];

interface Sample {
  readonly atMs: number;
  readonly values: readonly (readonly [name: string, value: number])[];
}

/** Written by `add` below; read many times more often than anything else here, so it is looked at by hand. */
const valuesIn = (body: string): [string, number][] => {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== "object" || parsed === null) return [];
  return Object.entries(parsed).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : []));
};

/** Names that begin with `low` up to `high` may match. */
export const boundsOf = (pattern: string): { low: string; high: string } => {
  const low = pattern.split("*")[0] ?? "";
  return pattern.includes("*") ? { low, high: `${low}${LAST_CHARACTER}` } : { low, high: low };
};

export const createSamples = ({ database, patient }: OpenDatabase) => {
  const read = ({ atMs, body }: { atMs: number; body: string }): Sample => ({ atMs, values: valuesIn(body) });

  const insert = database
    .insert(samples)
    .values({ atMs: sql.placeholder("atMs"), low: sql.placeholder("low"), high: sql.placeholder("high"), body: sql.placeholder("body") })
    .prepare();

  return {
    add(atMs: number, values: Readonly<Record<string, number>>): void {
      const names = Object.keys(values).filter((name) => Number.isFinite(values[name]));
      for (let at = 0; at < names.length; at += IN_A_ROW) {
        const own = names.slice(at, at + IN_A_ROW);
        const sorted = own.toSorted();
        const row = { atMs: Math.round(atMs), low: sorted[0], high: sorted.at(-1), body: JSON.stringify(Object.fromEntries(own.map((name) => [name, values[name]]))) };
        patient.write(`sample:${row.atMs}:${row.low}`, () => void insert.run(row));
      }
    },

    /** Points of the series that match, oldest first; at most `most` series. */
    matching(pattern: string, fromMs: number, toMs: number, most: number): Map<string, [number, number][]> {
      const { low, high } = boundsOf(pattern);
      const rows = database
        .select({ atMs: samples.atMs, body: samples.body })
        .from(samples)
        .where(and(gte(samples.atMs, Math.round(fromMs)), lt(samples.atMs, Math.round(toMs)), lte(samples.low, high), gte(samples.high, low)))
        .orderBy(asc(samples.atMs), asc(samples.id))
        .all();
      const found = new Map<string, [number, number][]>();
      for (const { atMs, values } of rows.map(read))
        for (const [name, value] of values) {
          if (name < low || name > high || !matches(pattern, name)) continue;
          const points = found.get(name);
          if (points) points.push([atMs, value]);
          else if (found.size < most) found.set(name, [[atMs, value]]);
        }
      return found;
    },

    /** The groups of names that were told together within the stretch, each by its first name: a house of any size is worked through a group at a time. */
    groups: (fromMs: number, toMs: number): string[] =>
      database
        .selectDistinct({ low: samples.low })
        .from(samples)
        .where(and(gte(samples.atMs, fromMs), lt(samples.atMs, toMs)))
        .all()
        .map(({ low }) => low),

    /** The next few rows of a group after `afterId` that belong into the stretch, in the order they came. */
    page(group: string, afterId: number, fromMs: number, toMs: number): (Sample & { id: number })[] {
      const within = and(eq(samples.low, group), gt(samples.id, afterId), gte(samples.atMs, fromMs), lt(samples.atMs, toMs));
      const rows = database.select().from(samples).where(within).orderBy(asc(samples.id)).limit(PAGE).all();
      return rows.map((row) => ({ id: row.id, ...read(row) }));
    },

    oldest: (sinceMs: number): number | undefined =>
      database
        .select({ atMs: min(samples.atMs) })
        .from(samples)
        .where(gte(samples.atMs, sinceMs))
        .get()?.atMs ?? undefined,

    newest: (): number | undefined =>
      database
        .select({ atMs: max(samples.atMs) })
        .from(samples)
        .get()?.atMs ?? undefined,

    /** Answers whether there may be more of them. */
    forget(beforeMs: number): boolean {
      const old = database.select({ id: samples.id }).from(samples).where(lt(samples.atMs, beforeMs)).orderBy(asc(samples.atMs)).limit(MOST_FORGOTTEN).all();
      if (old.length > 0)
        database
          .delete(samples)
          .where(
            inArray(
              samples.id,
              old.map(({ id }) => id),
            ),
          )
          .run();
      return old.length === MOST_FORGOTTEN;
    },
  };
};

export type Samples = ReturnType<typeof createSamples>;
