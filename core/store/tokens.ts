// Bearer tokens in jarvis.db: only their hashes. Refuses a second token of the same name.
import { asc, eq } from "drizzle-orm";
import { Scope } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { Clock } from "../lib/clock.ts";
import type { OpenDatabase } from "./open.ts";
import { isOfTheDisk } from "./patient.ts";
import { tokens } from "./schema.ts";
import { hashOf, newSecret, sameHash } from "./secret.ts";

/** How exactly `lastUsedAt` is kept. */
const USED_GRAIN_MS = 60_000;
const TOKEN_PREFIX = "jrv_";
const MOST_TOKENS = 1000;

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly createdAt: string;
  readonly lastUsedAt?: string;
}

type Stored = typeof tokens.$inferSelect;

const told = (row: Stored): TokenRow => ({
  id: row.id,
  name: row.name,
  scope: Scope.parse(row.scope),
  createdAt: row.createdAt,
  ...(row.lastUsedAt === null ? {} : { lastUsedAt: row.lastUsedAt }),
});

/** What the disk does not take is told as that, with what it means. */
const written = (act: () => void, meaning: (why: string) => string): void => {
  try {
    act();
  } catch (thrown) {
    if (isOfTheDisk(thrown)) throw new JarvisError("unavailable", { message: meaning(`jarvis.db takes nothing now (${thrown.message})`), cause: thrown });
    throw thrown;
  }
};

export const createTokenStore = ({ database, clock }: { database: OpenDatabase["database"]; clock: Clock }) => {
  const listeners = new Set<(id: string) => void>();
  const usedMs = new Map<string, number>();
  /** Of which the disk still has a row. */
  const revoked = new Set<string>();
  const rows = (): Stored[] => database.select().from(tokens).orderBy(asc(tokens.createdAt)).all();

  const used = (id: string): void => {
    const nowMs = clock.now();
    if (nowMs - (usedMs.get(id) ?? Number.NEGATIVE_INFINITY) < USED_GRAIN_MS) return;
    usedMs.set(id, nowMs);
    try {
      database.update(tokens).set({ lastUsedAt: clock.iso() }).where(eq(tokens.id, id)).run();
    } catch {
      // A disk that takes nothing keeps nobody out: whoever comes may want to see why, or to release the switch.
    }
  };

  const onDisk = (id: string): TokenRow | undefined => {
    const row = database.select().from(tokens).where(eq(tokens.id, id)).get();
    return row === undefined ? undefined : told(row);
  };
  const get = (id: string): TokenRow | undefined => (revoked.has(id) ? undefined : onDisk(id));

  const revoke = (id: string): boolean => {
    const row = onDisk(id);
    if (row === undefined) return false;
    revoked.add(id);
    usedMs.delete(id);
    for (const listener of listeners) listener(id);
    written(
      () => void database.delete(tokens).where(eq(tokens.id, id)).run(),
      (why) =>
        `${why}: the token ${row.name} opens nothing until Jarvis is restarted, and would again after that. Make room on the disk with the data folder, then revoke it once more.`,
    );
    revoked.delete(id);
    return true;
  };

  return {
    get,
    revoke,
    /** The only moment the token itself is seen. */
    create: (name: string, scope: Scope): TokenRow & { token: string } => {
      const have = rows();
      if (have.some((row) => row.name === name)) throw new JarvisError("bad_input", { message: `There is a token named ${name} already.`, path: "name" });
      if (have.length >= MOST_TOKENS) throw new JarvisError("too_large", { message: `There are ${MOST_TOKENS} tokens already; revoke some.` });
      const token = newSecret(TOKEN_PREFIX);
      const row = { id: Bun.randomUUIDv7(), name, scope, createdAt: clock.iso() };
      written(
        () =>
          void database
            .insert(tokens)
            .values({ ...row, hash: hashOf(token) })
            .run(),
        (why) => `${why}, so no token was made: make room on the disk with the data folder, then try again.`,
      );
      return { ...row, token };
    },
    /** The row of a presented token, noting its use. */
    find: (token: string): TokenRow | undefined => {
      const hash = hashOf(token);
      const row = database.select().from(tokens).where(eq(tokens.hash, hash)).get();
      if (row === undefined || revoked.has(row.id) || !sameHash(row.hash, hash)) return undefined;
      used(row.id);
      return told(row);
    },
    list: (): TokenRow[] => rows().map(told),
    named: (name: string): TokenRow | undefined => {
      const row = database.select().from(tokens).where(eq(tokens.name, name)).get();
      return row === undefined ? undefined : told(row);
    },
    onRevoke: (listener: (id: string) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

export type TokenStore = ReturnType<typeof createTokenStore>;
