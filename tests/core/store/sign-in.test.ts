// Signing in and out on a disk that takes nothing: whoever comes to see why gets in, who leaves is out, and with room again it is all on disk.
import { beforeEach, describe, expect, test } from "bun:test";
import { type OpenDatabase, openDatabase } from "../../../core/store/open.ts";
import { createSessionStore } from "../../../core/store/sessions.ts";
import { createTokenStore } from "../../../core/store/tokens.ts";
import { createManualClock, type ManualClock } from "../../support/clock.ts";
import { fillDisk } from "../../support/full-disk.ts";

let db: OpenDatabase;
let clock: ManualClock;
beforeEach(() => {
  clock = createManualClock();
  db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
});
/** As after a restart: what is on disk alone. */
const sessionsOf = () => createSessionStore({ database: db.database, clock });
const tokensOf = () => createTokenStore({ database: db.database, clock });

/** Until not even the smallest row fits, as on a disk that others fill. */
const fill = (): (() => void) => {
  const room = fillDisk(db);
  db.sqlite.exec("PRAGMA query_only = 1");
  return () => {
    db.sqlite.exec("PRAGMA query_only = 0");
    room();
  };
};

describe("a session", () => {
  test("begun on a full disk is one, and outlives a restart once there is room", async () => {
    const sessions = sessionsOf();
    const makeRoom = fill();
    const made = sessions.create();
    expect(sessions.find(made.cookie, made.key)).toEqual({ id: made.id, authenticatedAt: made.authenticatedAt, expiresAt: made.expiresAt });
    expect(sessions.find(made.cookie, "another key")).toBeUndefined();
    expect(sessions.get(made.id)?.id).toBe(made.id);
    await clock.advance(120_000);
    expect(sessions.find(made.cookie, made.key)?.id).toBe(made.id);
    makeRoom();
    await clock.advance(120_000);
    sessions.find(made.cookie, made.key);
    expect(sessionsOf().find(made.cookie, made.key)?.id).toBe(made.id);
  });

  test("proved anew on a full disk counts from now", async () => {
    const sessions = sessionsOf();
    const made = sessions.create();
    const makeRoom = fill();
    await clock.advance(86_400_000);
    expect(sessions.authenticated(made.id)?.authenticatedAt).toBe(clock.iso());
    expect(sessions.find(made.cookie, made.key)?.authenticatedAt).toBe(clock.iso());
    const proved = clock.iso();
    makeRoom();
    await clock.advance(120_000);
    sessions.get(made.id);
    expect(sessionsOf().get(made.id)?.authenticatedAt).toBe(proved);
  });

  test("left on a full disk is over at once and stays so", async () => {
    const sessions = sessionsOf();
    const [before, left] = [sessions.create(), [] as string[]];
    sessions.onRemove((id) => void left.push(id));
    const makeRoom = fill();
    const begun = sessions.create();
    expect([sessions.remove(before.id), sessions.remove(begun.id), sessions.remove(before.id)]).toEqual([true, true, false]);
    expect(left).toEqual([before.id, begun.id]);
    for (const { cookie, key } of [before, begun]) expect(sessions.find(cookie, key)).toBeUndefined();
    makeRoom();
    await clock.advance(120_000);
    expect(sessions.get(before.id)).toBeUndefined();
    for (const { id } of [before, begun]) expect(sessionsOf().get(id)).toBeUndefined();
  });

  test("ends in its time though it was never written", async () => {
    const sessions = sessionsOf();
    fill();
    const made = sessions.create();
    await clock.advance(31 * 86_400_000);
    expect(sessions.find(made.cookie, made.key)).toBeUndefined();
  });

  test("more than a few that no disk took: the oldest goes first", () => {
    const sessions = sessionsOf();
    fill();
    const made = Array.from({ length: 25 }, () => sessions.create());
    expect(made.filter(({ id }) => sessions.get(id) !== undefined).length).toBe(20);
    expect(sessions.get(made.at(-1)?.id ?? "")).toBeDefined();
  });
});

describe("a token", () => {
  test("cannot be made on a full disk, and it says why and what to do", () => {
    const tokens = tokensOf();
    fill();
    expect(() => tokens.create("script", "read")).toThrow(
      /^jarvis\.db takes nothing now \(.+\), so no token was made: make room on the disk with the data folder, then try again\.$/,
    );
  });

  test("revoked on a full disk opens nothing from then on, and who revoked it hears that it must be done again", () => {
    const tokens = tokensOf();
    const { token, id } = tokens.create("script", "read");
    const makeRoom = fill();
    const gone: string[] = [];
    tokens.onRevoke((one) => void gone.push(one));
    expect(() => tokens.revoke(id)).toThrow(
      /^jarvis\.db takes nothing now \(.+\): the token script opens nothing until Jarvis is restarted, and would again after that\. Make room .+, then revoke it once more\.$/,
    );
    expect([tokens.find(token), tokens.get(id), gone]).toEqual([undefined, undefined, [id]]);
    makeRoom();
    expect(tokens.revoke(id)).toBe(true);
    expect(tokensOf().find(token)).toBeUndefined();
  });
});
