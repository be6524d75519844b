// Opens a SQLite file the one way: WAL, foreign keys, busy timeout, migrations; refuses a file from a newer Jarvis.
import { Database } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { migrate } from "drizzle-orm/bun-sqlite/migrator";
import { createPatient } from "./patient.ts";

interface Options {
  path: string;
  migrationsFolder: string;
  /** FULL for the journal: an acknowledged append survives power loss. */
  synchronous: "FULL" | "NORMAL";
}

/** `:memory:` is allowed for tests. */
export const openDatabase = ({ path, migrationsFolder, synchronous }: Options) => {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const sqlite = new Database(path, { create: true, strict: true });
  sqlite.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2048;`);
  const database = drizzle(sqlite);
  migrate(database, { migrationsFolder });
  const patient = createPatient();
  const close = (): void => {
    patient.flush();
    sqlite.close();
  };
  return { sqlite, database, patient, close };
};

export type OpenDatabase = ReturnType<typeof openDatabase>;
