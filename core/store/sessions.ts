// Dashboard sessions in jarvis.db: hashes of a cookie and of a key, both needed. Refuses an expired or half-known one; a disk that takes nothing changes no answer.
import { asc, eq, lt } from "drizzle-orm";
import type { Clock } from "../lib/clock.ts";
import type { OpenDatabase } from "./open.ts";
import { isOfTheDisk } from "./patient.ts";
import { sessions } from "./schema.ts";
import { hashOf, newSecret, sameHash } from "./secret.ts";

export const SESSION_DAYS = 30;
const SESSION_MS = SESSION_DAYS * 24 * 3_600_000;
/** The oldest go first. */
const MOST_SESSIONS = 200;
/** Begun while the disk took nothing. */
const MOST_AHEAD = 20;
const AGAIN_MS = 60_000;

interface SessionRow {
  /** Names the session; neither cookie nor key can be had from it. */
  readonly id: string;
  readonly authenticatedAt: string;
  readonly expiresAt: string;
}

/** `gone`: no such session, whatever the disk still says. */
type Ahead = typeof sessions.$inferSelect | "gone";

/** Sessions as they are, on disk as soon as it takes them: a full one keeps nobody out who comes to see why, nor in who left. */
const createRows = (database: OpenDatabase["database"], clock: Clock) => {
  const ahead = new Map<string, Ahead>();
  let nextMs = 0;

  const put = (id: string, now: Ahead): void => {
    if (now === "gone") database.delete(sessions).where(eq(sessions.cookieHash, id)).run();
    else database.insert(sessions).values(now).onConflictDoUpdate({ target: sessions.cookieHash, set: now }).run();
  };
  const onDisk = (id: string) => database.select().from(sessions).where(eq(sessions.cookieHash, id)).get();
  /** Whether the disk took it. */
  const taken = (act: () => void): boolean => {
    try {
      act();
      return true;
    } catch (thrown) {
      if (isOfTheDisk(thrown)) return false;
      throw thrown;
    }
  };
  const settle = (): void => {
    if (ahead.size === 0 || clock.now() < nextMs) return;
    nextMs = clock.now() + AGAIN_MS;
    for (const [id, now] of ahead) {
      if (!taken(() => put(id, now))) return;
      ahead.delete(id);
    }
  };

  return {
    taken,
    read: (id: string): Exclude<Ahead, "gone"> | undefined => {
      settle();
      const now = ahead.get(id);
      return now === "gone" ? undefined : (now ?? onDisk(id));
    },
    write: (id: string, now: Ahead): void => {
      ahead.delete(id);
      if ((now === "gone" && onDisk(id) === undefined) || taken(() => put(id, now))) return;
      ahead.set(id, now);
      const begun = [...ahead].filter(([, row]) => row !== "gone");
      for (const [oldest] of begun.slice(0, Math.max(0, begun.length - MOST_AHEAD))) ahead.delete(oldest);
    },
  };
};

export const createSessionStore = ({ database, clock }: { database: OpenDatabase["database"]; clock: Clock }) => {
  const listeners = new Set<(id: string) => void>();
  const rows = createRows(database, clock);

  const remove = (id: string): boolean => {
    const isThere = rows.read(id) !== undefined;
    if (isThere) rows.write(id, "gone");
    if (isThere) for (const listener of listeners) listener(id);
    return isThere;
  };

  const prune = (): void => {
    rows.taken(() => void database.delete(sessions).where(lt(sessions.expiresAt, clock.iso())).run());
    const all = database.select().from(sessions).orderBy(asc(sessions.authenticatedAt)).all();
    for (const row of all.slice(0, Math.max(0, all.length - MOST_SESSIONS + 1))) remove(row.cookieHash);
  };

  const get = (id: string): SessionRow | undefined => {
    const row = rows.read(id);
    if (row === undefined || Date.parse(row.expiresAt) <= clock.now()) return undefined;
    return { id, authenticatedAt: row.authenticatedAt, expiresAt: row.expiresAt };
  };
  const fresh = () => ({ authenticatedAt: clock.iso(), expiresAt: new Date(clock.now() + SESSION_MS).toISOString() });

  return {
    get,
    remove,
    /** The only moment cookie and key are seen. */
    create: (): SessionRow & { cookie: string; key: string } => {
      prune();
      const cookie = newSecret("");
      const key = newSecret("");
      const row = fresh();
      const id = hashOf(cookie);
      rows.write(id, { ...row, cookieHash: id, keyHash: hashOf(key), createdAt: row.authenticatedAt });
      return { ...row, id, cookie, key };
    },
    /** The session both secrets name together. */
    find: (cookie: string, key: string): SessionRow | undefined => {
      const id = hashOf(cookie);
      const row = rows.read(id);
      if (row === undefined || !sameHash(row.keyHash, hashOf(key))) return undefined;
      return get(id);
    },
    /** The operator proved themself again. */
    authenticated: (id: string): SessionRow | undefined => {
      const row = rows.read(id);
      if (row !== undefined) rows.write(id, { ...row, ...fresh() });
      return get(id);
    },
    onRemove: (listener: (id: string) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type SessionStore = ReturnType<typeof createSessionStore>;
