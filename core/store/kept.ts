// Small things the core keeps across runs, by key; each parsed by its schema when read. Not for what a person edits.
import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { OpenDatabase } from "./open.ts";
import { isOfTheDisk } from "./patient.ts";
import { settings } from "./schema.ts";

/** More than any one thing that is kept takes. */
const ROOM_CHARS = 256 * 1024;
const ROOM_KEY = "room";

export const createKept = ({ database, patient }: OpenDatabase) => {
  const kept = database
    .select()
    .from(settings)
    .where(eq(settings.key, sql.placeholder("key")))
    .prepare();
  const set = (key: string, value: unknown): void => {
    const row = { key, value: JSON.stringify(value) };
    database.insert(settings).values(row).onConflictDoUpdate({ target: settings.key, set: row }).run();
  };
  /** Whether the disk takes writes now: tried, since no system says so beforehand. */
  const hasRoom = (): boolean => {
    try {
      set(ROOM_KEY, "x".repeat(ROOM_CHARS));
      database.delete(settings).where(eq(settings.key, ROOM_KEY)).run();
      return true;
    } catch (thrown) {
      if (isOfTheDisk(thrown)) return false;
      throw thrown;
    }
  };
  return {
    hasRoom,
    /** The value, or undefined when absent or no longer fitting its schema. */
    get<S extends z.ZodType>(key: string, schema: S): z.output<S> | undefined {
      const row = kept.get({ key });
      const parsed = row && schema.safeParse(JSON.parse(row.value));
      return parsed?.success ? parsed.data : undefined;
    },
    /** On disk when it returns, or throws. */
    set,
    /** For what its owner has in memory anyway and reads at the next start only: waits for a disk that is full. */
    remember: (key: string, value: unknown): void => patient.write(`kept:${key}`, () => set(key, value)),
  };
};

export type Kept = ReturnType<typeof createKept>;
