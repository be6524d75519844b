// Last good readings, so that a restart knows what was.
import type { Reading } from "../contract/reading.ts";
import type { OpenDatabase } from "./open.ts";
import { readings } from "./schema.ts";

export const createReadings = ({ database }: OpenDatabase) => ({
  load(): Record<string, Reading> {
    const rows = database.select().from(readings).all();
    return Object.fromEntries(rows.map((row) => [row.channel, { value: JSON.parse(row.value) as unknown, revision: row.revision, at: row.at, stale: false }]));
  },

  keep(channel: string, reading: Reading): void {
    const row = { channel, value: JSON.stringify(reading.value), revision: reading.revision, at: reading.at };
    database.insert(readings).values(row).onConflictDoUpdate({ target: readings.channel, set: row }).run();
  },
});
