// One core per data folder: an exclusive transaction on lease.db held for life, which the kernel frees at death. Refuses a second holder.
import { Database } from "bun:sqlite";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const RunFile = z.object({ pid: z.number().optional(), url: z.string().optional() });

export interface Lease {
  readonly epoch: number;
  release(): void;
}

export interface Taken {
  /** From run.json, since the lock keeps readers of lease.db out; empty when there is none. */
  readonly takenBy: { pid?: number; url?: string };
}

interface Options {
  /** Where the holder wrote run.json; default beside lease.db. */
  runFile?: string;
}

const holder = (path: string): Taken["takenBy"] => {
  try {
    const { pid, url } = RunFile.parse(JSON.parse(readFileSync(path, "utf8")));
    return { ...(pid === undefined ? {} : { pid }), ...(url === undefined ? {} : { url }) };
  } catch {
    return {};
  }
};

const isBusy = (thrown: unknown): boolean => thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("SQLITE_BUSY");

/** Raises the epoch durably, then holds the lock: with locking_mode EXCLUSIVE the commit between does not let go of it. */
const take = (lease: Database): number => {
  lease.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE");
  lease.exec("CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, pid INTEGER NOT NULL)");
  const epoch = (lease.query<{ epoch: number }, []>("SELECT epoch FROM lease").get()?.epoch ?? 0) + 1;
  lease.query("INSERT INTO lease (id, epoch, pid) VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET epoch = ?1, pid = ?2").run(epoch, process.pid);
  lease.exec("COMMIT; BEGIN EXCLUSIVE");
  return epoch;
};

/**
 * The lock is SQLite's own (fcntl): nothing else in this process may open and close lease.db, which would drop it.
 * Throws when the file cannot be made or is no database.
 */
export const acquireLease = (path: string, { runFile = join(dirname(path), "run.json") }: Options = {}): Lease | Taken => {
  mkdirSync(dirname(path), { recursive: true });
  const lease = new Database(path, { create: true, strict: true });
  try {
    const epoch = take(lease);
    return { epoch, release: () => lease.close() };
  } catch (thrown) {
    lease.close();
    if (isBusy(thrown)) return { takenBy: holder(runFile) };
    throw thrown;
  }
};
