// What models took, by UTC day, route and model. Adds and reads; whether more may be taken is decided elsewhere.
import { eq, lt, sql } from "drizzle-orm";
import type { OpenDatabase } from "./open.ts";
import { spending } from "./schema.ts";

/** A year and a bit of days is kept. */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

export interface Spent {
  route: string;
  model: string;
  /** Tokens; `cached` is a part of `input`. */
  input: number;
  output: number;
  cached: number;
  costUsd: number;
}

export const createSpendingStore = ({ database }: OpenDatabase) => ({
  /** On disk when it returns, or throws. Figures may be negative: a correction. `day`: 2026-01-02. */
  add(day: string, spent: Spent): void {
    database
      .insert(spending)
      .values({ day, ...spent })
      .onConflictDoUpdate({
        target: [spending.day, spending.route, spending.model],
        set: {
          input: sql`${spending.input} + ${spent.input}`,
          output: sql`${spending.output} + ${spent.output}`,
          cached: sql`${spending.cached} + ${spent.cached}`,
          costUsd: sql`${spending.costUsd} + ${spent.costUsd}`,
        },
      })
      .run();
  },
  of(day: string): Spent[] {
    return database
      .select({ route: spending.route, model: spending.model, input: spending.input, output: spending.output, cached: spending.cached, costUsd: spending.costUsd })
      .from(spending)
      .where(eq(spending.day, day))
      .all();
  },
  forgetBefore(nowMs: number): void {
    const day = new Date(nowMs - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
    database.delete(spending).where(lt(spending.day, day)).run();
  },
});

export type SpendingStore = ReturnType<typeof createSpendingStore>;
