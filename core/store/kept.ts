// Small things the core keeps across runs, by key; each parsed by its schema when read. Not for what a person edits.
import { eq } from "drizzle-orm";
import type { z } from "zod";
import type { OpenDatabase } from "./open.ts";
import { settings } from "./schema.ts";

export const createKept = ({ database }: OpenDatabase) => ({
  /** The value, or undefined when absent or no longer fitting its schema. */
  get<S extends z.ZodType>(key: string, schema: S): z.output<S> | undefined {
    const row = database.select().from(settings).where(eq(settings.key, key)).get();
    const parsed = row && schema.safeParse(JSON.parse(row.value));
    return parsed?.success ? parsed.data : undefined;
  },
  set(key: string, value: unknown): void {
    const row = { key, value: JSON.stringify(value) };
    database.insert(settings).values(row).onConflictDoUpdate({ target: settings.key, set: row }).run();
  },
});

export type Kept = ReturnType<typeof createKept>;
