// Incidents with their timeline and scene, and the feed: what people read about what happened.

import { and, asc, count, desc, eq, gte, inArray, lt, lte, max, ne, or, sql } from "drizzle-orm";
import { z } from "zod";
import { FeedEntry, Incident, IncidentDetail, type IncidentStatus } from "../contract/incident.ts";
import { byText } from "../contract/order.ts";
import type { OpenDatabase } from "./open.ts";
import { feed, incidents } from "./schema.ts";

const FEED_ROWS = 5000;
/** Of so many of the newest incidents the scene is kept; what is older keeps its record and its timeline. */
const SCENES = 2000;
const EVERY = 100;
type Row = typeof incidents.$inferSelect;

/** Nothing for a record that fits no more: it hides itself alone, and its number stays taken. */
const read = <S extends z.ZodType>(shape: S, make: () => unknown): z.output<S>[] => {
  try {
    return [shape.parse(make())];
  } catch {
    return [];
  }
};

const fromRow = (row: Row): IncidentDetail[] =>
  read(IncidentDetail, () => ({ ...z.record(z.string(), z.unknown()).parse(JSON.parse(row.body)), timeline: JSON.parse(row.timeline), scene: JSON.parse(row.scene) }));
const fedFrom = ({ body }: { body: string }): FeedEntry[] => read(FeedEntry, () => JSON.parse(body));

const newestFirst = (a: IncidentDetail, b: IncidentDetail): number => byText(b.openedAt, a.openedAt) || byText(b.id, a.id);

/** Opened since (ISO time), of one resource where it is named, newest first. */
export const pastIncidents = ({ database }: Pick<OpenDatabase, "database">, { resource, since, limit }: { resource?: string; since: string; limit: number }): Incident[] => {
  const late = gte(incidents.openedAt, since);
  const wanted = resource === undefined ? late : and(late, eq(sql`json_extract(${incidents.body}, '$.resource')`, resource));
  const rows = database.select({ body: incidents.body }).from(incidents).where(wanted).orderBy(desc(incidents.openedAt), desc(incidents.id)).limit(limit).all();
  return rows.flatMap(({ body }) => read(Incident, () => JSON.parse(body)));
};

export const createIncidentStore = ({ database, patient }: OpenDatabase) => {
  /** Those that are not over, in memory: they are asked for with every alert, every act and every drawing. */
  const live = new Map(
    database
      .select()
      .from(incidents)
      .where(ne(incidents.status, "resolved"))
      .all()
      .flatMap((row) => fromRow(row).map((found): [string, IncidentDetail] => [row.id, found])),
  );
  let sorted: readonly IncidentDetail[] | undefined;

  const remember = (incident: IncidentDetail): void => {
    if (incident.status === "resolved") live.delete(incident.id);
    else live.set(incident.id, incident);
    sorted = undefined;
  };

  const many = (): number => database.select({ rows: count() }).from(incidents).get()?.rows ?? 0;

  const forgetScenes = (): void => {
    const oldest = database.select({ at: incidents.openedAt }).from(incidents).orderBy(desc(incidents.openedAt)).limit(1).offset(SCENES).get();
    const old = oldest && and(lte(incidents.openedAt, oldest.at), eq(incidents.status, "resolved"), ne(incidents.scene, "{}"));
    if (old) database.update(incidents).set({ scene: "{}" }).where(old).run();
  };

  let lines = 0;
  const forgetLines = (): void => {
    const newest =
      database
        .select({ seq: max(feed.seq) })
        .from(feed)
        .get()?.seq ?? 0;
    database
      .delete(feed)
      .where(lt(feed.seq, newest - FEED_ROWS))
      .run();
  };

  return {
    /** `incident` is kept as it is: not to be changed by who hands it over. */
    save(incident: IncidentDetail): void {
      const { timeline, scene, ...body } = incident;
      const row = {
        id: incident.id,
        alert: incident.alert,
        status: incident.status,
        openedAt: incident.openedAt,
        body: JSON.stringify(body),
        timeline: JSON.stringify(timeline),
        scene: JSON.stringify(scene),
      };
      database.insert(incidents).values(row).onConflictDoUpdate({ target: incidents.id, set: row }).run();
      remember(incident);
      if (incident.status === "resolved" && many() % EVERY === 0) forgetScenes();
    },
    /** Those that are not over, newest first. Not to be changed by who gets them. */
    open(): readonly IncidentDetail[] {
      sorted ??= [...live.values()].sort(newestFirst);
      return sorted;
    },
    get(id: string): IncidentDetail | undefined {
      const known = live.get(id);
      if (known) return known;
      const row = database.select().from(incidents).where(eq(incidents.id, id)).get();
      return row && fromRow(row)[0];
    },
    /** Newest first. */
    list(statuses: readonly IncidentStatus[] | undefined, limit: number): IncidentDetail[] {
      const query = database.select().from(incidents).$dynamic();
      const rows = (statuses ? query.where(inArray(incidents.status, [...statuses])) : query).orderBy(desc(incidents.openedAt), desc(incidents.id)).limit(limit).all();
      return rows.flatMap(fromRow);
    },
    /** Opened or over within the span (ISO times), or not over; oldest first, without timeline and scene. `more`: so many beyond the limit. */
    between(from: string, to: string, limit: number): { incidents: Incident[]; more: number } {
      const wanted = and(lt(incidents.openedAt, to), or(ne(incidents.status, "resolved"), gte(sql`json_extract(${incidents.body}, '$.resolvedAt')`, from)));
      const rows = database.select({ body: incidents.body }).from(incidents).where(wanted).orderBy(asc(incidents.openedAt), asc(incidents.id)).limit(limit).all();
      const all = rows.length < limit ? rows.length : (database.select({ rows: count() }).from(incidents).where(wanted).get()?.rows ?? 0);
      return { incidents: rows.flatMap(({ body }) => read(Incident, () => JSON.parse(body))), more: all - rows.length };
    },
    count: many,
    /** A line that a full disk takes no more is written when there is room. */
    addFeed(entry: FeedEntry): void {
      const row = { at: entry.at, body: JSON.stringify(entry) };
      patient.write(`feed:${entry.id}`, () => void database.insert(feed).values(row).run());
      if (lines % EVERY === 0) patient.write("feed", forgetLines);
      lines += 1;
    },
    /** Within the span (ISO times), oldest first: the newest of them when there are more. */
    feedBetween(from: string, to: string, limit: number): FeedEntry[] {
      return database
        .select()
        .from(feed)
        .where(and(gte(feed.at, from), lt(feed.at, to)))
        .orderBy(desc(feed.seq))
        .limit(limit)
        .all()
        .flatMap(fedFrom)
        .reverse();
    },
    /** Newest first. */
    feed(limit: number): FeedEntry[] {
      return database.select().from(feed).orderBy(desc(feed.seq)).limit(limit).all().flatMap(fedFrom);
    },
  };
};

export type IncidentStore = ReturnType<typeof createIncidentStore>;
