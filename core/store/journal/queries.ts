// What is asked of the journal's rows. Reads only.
import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, like, or, sql } from "drizzle-orm";
import { z } from "zod";
import type { Call } from "../../contract/call.ts";
import type { OpenDatabase } from "../open.ts";
import { createLate } from "./late.ts";
import type { createReads, Start } from "./reads.ts";
import { toCall } from "./rows.ts";
import { RuleRecord } from "./rule-record.ts";
import { ACTIVE_STATES, asks, calls, type Report, type Row, records, reports } from "./schema.ts";
import { foldSwitches, SwitchRecord, type SwitchState } from "./switch-record.ts";

const UnhealthyNote = z.object({ unhealthy: z.array(z.string()) });
const MOST_LISTED = 1000;
const MOST_OF_A_TARGET = 200;
/** No call is sent so long after its making: questions expire long before. There is an index on the making, none on the sending. */
const SENT_WITHIN_MS = 7 * 86_400_000;
const OPEN_STATES = ["proposed", "held", "admitted", "rolling_back", ...ACTIVE_STATES] as const;

export interface ListQuery {
  /** ISO time: the oldest from there on; a callId: the oldest after it. Absent, or neither: the newest. */
  since?: string | undefined;
  limit?: number | undefined;
  /** changes (default): what would change something; all: also what only looked. */
  effects?: "changes" | "all" | undefined;
}

/** `atMs`: when it was first kept from it. */
export interface Watched {
  readonly incident: string;
  readonly by: string;
  readonly tool: string;
  readonly target: string;
  readonly name: string | null;
  readonly atMs: number;
}

export const createQueries = (database: OpenDatabase["database"], reads: ReturnType<typeof createReads>) => {
  const { late, told } = createLate(database);
  const row = (callId: string): Row | undefined => database.select().from(calls).where(eq(calls.callId, callId)).get();
  const get = (callId: string): Call | undefined => {
    const found = row(callId);
    return found ? told([toCall(found)])[0] : reads.get(callId)?.body;
  };

  const startOf = (since: string | undefined): Start | undefined => {
    if (since === undefined) return undefined;
    const ms = Date.parse(since);
    if (!Number.isNaN(ms)) return { fromMs: ms };
    const n = row(since)?.n ?? reads.get(since)?.n;
    return n === undefined ? undefined : { afterN: n };
  };

  const listChanges = (start: Start | undefined, limit: number): Row[] => {
    const order = start === undefined ? desc(calls.n) : asc(calls.n);
    const since = start === undefined ? undefined : "afterN" in start ? gt(calls.n, start.afterN) : gte(calls.createdMs, start.fromMs);
    const rows = database.select().from(calls).where(since).orderBy(order).limit(limit).all();
    return start === undefined ? rows.reverse() : rows;
  };

  /** In append order; to read on, hand over the last callId. */
  const list = ({ since, limit = 100, effects = "changes" }: ListQuery = {}): Call[] => {
    const most = Math.min(MOST_LISTED, Math.max(1, limit));
    const start = startOf(since);
    const rows = listChanges(start, most);
    const bodies = told(rows.map(toCall));
    if (effects === "changes") return bodies;
    const changes = bodies.flatMap((body, index) => (rows[index] === undefined ? [] : [{ n: rows[index].n, body }]));
    const looks = reads.list(start, most);
    const both = [...changes, ...looks].sort((a, b) => a.n - b.n);
    return (start === undefined ? both.slice(-most) : both.slice(0, most)).map(({ body }) => body);
  };

  /** Calls on one target, newest first, at most 200. */
  const byTarget = (target: string, sinceMs = 0): Call[] =>
    database
      .select()
      .from(calls)
      .where(and(eq(calls.target, target), gte(calls.createdMs, sinceMs)))
      .orderBy(desc(calls.n))
      .limit(MOST_OF_A_TARGET)
      .all()
      .map(toCall);

  /** Everything budgets count: what was sent since, and what is under way whatever its age. */
  const recent = (sinceMs: number): Row[] =>
    database
      .select()
      .from(calls)
      .where(or(and(gte(calls.createdMs, sinceMs - SENT_WITHIN_MS), isNotNull(calls.sentMs), gt(calls.sentMs, sinceMs)), inArray(calls.state, [...ACTIVE_STATES])))
      .orderBy(asc(calls.n))
      .all();

  const unfinished = (): Row[] =>
    database
      .select()
      .from(calls)
      .where(inArray(calls.state, [...OPEN_STATES]))
      .orderBy(asc(calls.n))
      .all();

  const byIdempotency = (key: string, sinceMs: number): Row | undefined =>
    database
      .select()
      .from(calls)
      .where(and(eq(calls.idempotency, key), gte(calls.createdMs, sinceMs)))
      .orderBy(asc(calls.n))
      .get();

  const report = (callId: string): Report | undefined => database.select().from(reports).where(eq(reports.callId, callId)).get()?.body;
  const ask = (id: string) => database.select().from(asks).where(eq(asks.id, id)).get();
  const askOfCall = (callId: string) => database.select().from(asks).where(eq(asks.callId, callId)).get();
  const openAsks = () => database.select().from(asks).where(eq(asks.state, "open")).orderBy(asc(asks.expiresMs)).all();
  const modes = (): SwitchState =>
    foldSwitches(
      database
        .select({ data: records.data })
        .from(records)
        .where(eq(records.kind, "switch"))
        .orderBy(asc(records.seq))
        .all()
        .map(({ data }) => SwitchRecord.parse(JSON.parse(data))),
    );

  /** The list as the last change left it. */
  const rules = (): RuleRecord | undefined => {
    const last = database.select({ data: records.data }).from(records).where(eq(records.kind, "rules")).orderBy(desc(records.seq)).limit(1).get();
    return last && RuleRecord.parse(JSON.parse(last.data));
  };

  /** What was not done only because Jarvis watches: of each incident and remedy the first such call, the newest first. With one min() SQLite takes the other columns of its row. */
  const watched = (sinceMs: number, limit: number): Watched[] =>
    database
      .select({ incident: calls.incident, by: calls.remedy, tool: calls.tool, target: calls.target, name: calls.name, atMs: sql<number>`min(${calls.createdMs})` })
      .from(calls)
      .where(and(gte(calls.createdMs, sinceMs), eq(calls.state, "refused"), sql`json_extract(${calls.data}, '$.would') = 'act'`))
      .groupBy(calls.incident, calls.remedy)
      .orderBy(desc(sql`min(${calls.createdMs})`))
      .limit(limit)
      .all()
      .flatMap(({ incident, by, target, ...rest }) => (incident === null || by === null || target === null ? [] : [{ ...rest, incident, by, target }]));

  /** Kinds of which too much was unhealthy, as last noted. */
  const unhealthyKinds = (): string[] => {
    const last = database
      .select({ data: records.data })
      .from(records)
      .where(and(eq(records.kind, "note"), isNull(records.callId), like(records.data, '{"unhealthy":%')))
      .orderBy(desc(records.seq))
      .limit(1)
      .get();
    return last === undefined ? [] : UnhealthyNote.parse(JSON.parse(last.data)).unhealthy;
  };

  return { row, get, list, byTarget, recent, unfinished, byIdempotency, report, ask, askOfCall, openAsks, modes, rules, watched, unhealthyKinds, late };
};
