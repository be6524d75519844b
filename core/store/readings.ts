// Last good readings, so that a restart knows what was. What is large is written once a minute at most: else a house of thousands wears its disk out with what nobody may ever read.

import { sql } from "drizzle-orm";
import type { Reading } from "../contract/reading.ts";
import type { OpenDatabase } from "./open.ts";
import { readings } from "./schema.ts";

/** As JSON; a home's readings are below it. */
const LARGE_LENGTH = 64 * 1024;
/** By the times of the readings. */
const APART_MS = 60_000;

/** `waiting`: the newest that is not written yet. */
interface Written {
  readonly atMs: number;
  readonly isLarge: boolean;
  waiting?: Reading;
}

export const createReadings = ({ database, patient }: OpenDatabase) => {
  const written = new Map<string, Written>();
  /** Made once: it is run several times a tick. */
  const put = database
    .insert(readings)
    .values({ channel: sql.placeholder("channel"), value: sql.placeholder("value"), revision: sql.placeholder("revision"), at: sql.placeholder("at") })
    .onConflictDoUpdate({ target: readings.channel, set: { value: sql`excluded.value`, revision: sql`excluded.revision`, at: sql`excluded.at` } })
    .prepare();

  const write = (channel: string, reading: Reading): void => {
    const row = { channel, value: JSON.stringify(reading.value), revision: reading.revision, at: reading.at };
    patient.write(`reading:${channel}`, () => void put.run(row));
    written.set(channel, { atMs: Date.parse(reading.at), isLarge: row.value.length > LARGE_LENGTH });
  };

  return {
    load(): Record<string, Reading> {
      const rows = database.select().from(readings).all();
      return Object.fromEntries(rows.map((row) => [row.channel, { value: JSON.parse(row.value) as unknown, revision: row.revision, at: row.at, stale: false }]));
    },

    keep(channel: string, reading: Reading): void {
      const last = written.get(channel);
      const sinceMs = last === undefined ? APART_MS : Date.parse(reading.at) - last.atMs;
      // A clock that was set back waits for nothing.
      if (last?.isLarge && sinceMs >= 0 && sinceMs < APART_MS) last.waiting = reading;
      else write(channel, reading);
    },

    /** Writes what waits. A disk that takes it no more has it as it was before. */
    flush(): void {
      for (const [channel, { waiting }] of written) if (waiting !== undefined) write(channel, waiting);
    },
  };
};
