// Calls that only looked: kept lightly, the newest 5000, written in batches. Losing the last few in a crash loses no act.
import { asc, desc, eq, gt, lte, sql } from "drizzle-orm";
import type { Call } from "../../contract/call.ts";
import type { OpenDatabase } from "../open.ts";
import { reads } from "./schema.ts";

const KEPT = 5000;
const BATCH = 64;
const MOST_PENDING = 1000;

/** Where a list begins: at a time, or after the n-th call. */
export type Start = { readonly fromMs: number } | { readonly afterN: number };

const sinceOf = (start: Start) => ("afterN" in start ? gt(reads.n, start.afterN) : sql`json_extract(${reads.body}, '$.createdAt') >= ${new Date(start.fromMs).toISOString()}`);
const isFrom = (start: Start, { n, body }: { n: number; body: Call }): boolean => ("afterN" in start ? n > start.afterN : Date.parse(body.createdAt) >= start.fromMs);

export const createReads = (database: OpenDatabase["database"]) => {
  const pending = new Map<string, { n: number; body: Call }>();

  const flush = (): void => {
    if (pending.size === 0) return;
    const rows = [...pending.values()].map(({ n, body }) => ({ n, callId: body.callId, body }));
    database.transaction((tx) => {
      tx.insert(reads)
        .values(rows)
        .onConflictDoUpdate({ target: reads.callId, set: { body: sql`excluded.body` } })
        .run();
      const newest = tx.select({ n: reads.n }).from(reads).orderBy(desc(reads.n)).limit(1).offset(KEPT).get();
      if (newest) tx.delete(reads).where(lte(reads.n, newest.n)).run();
    });
    pending.clear();
  };

  /** Remembers a call as it stands; writes later. A journal that cannot be written costs only this memory. */
  const put = (n: number, body: Call): void => {
    pending.set(body.callId, { n, body });
    if (pending.size < BATCH) return;
    try {
      flush();
    } catch {
      const oldest = pending.keys().next().value;
      if (pending.size > MOST_PENDING && oldest !== undefined) pending.delete(oldest);
    }
  };

  const get = (callId: string): { n: number; body: Call } | undefined => pending.get(callId) ?? database.select().from(reads).where(eq(reads.callId, callId)).get();

  /** With a start the oldest from there on, else the newest; in the order they are taken. */
  const list = (start: Start | undefined, limit: number): { n: number; body: Call }[] => {
    const since = start === undefined ? undefined : sinceOf(start);
    const order = start === undefined ? desc(reads.n) : asc(reads.n);
    const stored = database.select().from(reads).where(since).orderBy(order).limit(limit).all();
    const fresh = [...pending.values()].filter((one) => start === undefined || isFrom(start, one));
    const known = new Set(fresh.map(({ n }) => n));
    const all = [...fresh, ...stored.filter(({ n }) => !known.has(n))].sort((a, b) => a.n - b.n);
    return start === undefined ? all.slice(-limit) : all.slice(0, limit);
  };

  const last = (): number => database.select({ n: reads.n }).from(reads).orderBy(desc(reads.n)).limit(1).get()?.n ?? 0;

  return { put, get, list, last, flush };
};
