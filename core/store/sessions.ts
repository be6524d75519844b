// Dashboard sessions in jarvis.db: hashes of a cookie and of a key, both needed. Refuses an expired or half-known one.
import { asc, eq, lt } from "drizzle-orm";
import type { Clock } from "../lib/clock.ts";
import type { OpenDatabase } from "./open.ts";
import { sessions } from "./schema.ts";
import { hashOf, newSecret, sameHash } from "./secret.ts";

export const SESSION_DAYS = 30;
const SESSION_MS = SESSION_DAYS * 24 * 3_600_000;
/** The oldest go first. */
const MOST_SESSIONS = 200;

interface SessionRow {
  /** Names the session; neither cookie nor key can be had from it. */
  readonly id: string;
  readonly authenticatedAt: string;
  readonly expiresAt: string;
}

export const createSessionStore = ({ database, clock }: { database: OpenDatabase["database"]; clock: Clock }) => {
  const listeners = new Set<(id: string) => void>();

  const remove = (id: string): boolean => {
    const gone = database.delete(sessions).where(eq(sessions.cookieHash, id)).returning().all().length > 0;
    if (gone) for (const listener of listeners) listener(id);
    return gone;
  };

  const prune = (): void => {
    database.delete(sessions).where(lt(sessions.expiresAt, clock.iso())).run();
    const all = database.select().from(sessions).orderBy(asc(sessions.authenticatedAt)).all();
    for (const row of all.slice(0, Math.max(0, all.length - MOST_SESSIONS + 1))) remove(row.cookieHash);
  };

  const get = (id: string): SessionRow | undefined => {
    const row = database.select().from(sessions).where(eq(sessions.cookieHash, id)).get();
    if (row === undefined || Date.parse(row.expiresAt) <= clock.now()) return undefined;
    return { id, authenticatedAt: row.authenticatedAt, expiresAt: row.expiresAt };
  };

  return {
    get,
    remove,
    /** The only moment cookie and key are seen. */
    create: (): SessionRow & { cookie: string; key: string } => {
      prune();
      const cookie = newSecret("");
      const key = newSecret("");
      const row = { authenticatedAt: clock.iso(), expiresAt: new Date(clock.now() + SESSION_MS).toISOString() };
      database
        .insert(sessions)
        .values({ ...row, cookieHash: hashOf(cookie), keyHash: hashOf(key), createdAt: row.authenticatedAt })
        .run();
      return { ...row, id: hashOf(cookie), cookie, key };
    },
    /** The session both secrets name together. */
    find: (cookie: string, key: string): SessionRow | undefined => {
      const id = hashOf(cookie);
      const row = database.select().from(sessions).where(eq(sessions.cookieHash, id)).get();
      if (row === undefined || !sameHash(row.keyHash, hashOf(key))) return undefined;
      return get(id);
    },
    /** The operator proved themself again. */
    authenticated: (id: string): SessionRow | undefined => {
      const row = { authenticatedAt: clock.iso(), expiresAt: new Date(clock.now() + SESSION_MS).toISOString() };
      database.update(sessions).set(row).where(eq(sessions.cookieHash, id)).run();
      return get(id);
    },
    onRemove: (listener: (id: string) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type SessionStore = ReturnType<typeof createSessionStore>;
