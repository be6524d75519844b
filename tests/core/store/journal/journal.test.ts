// The journal keeps what it was told: append only, on the edges, chained, anchored, fenced.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CALL_STATES, type Call, EDGES } from "../../../../core/contract/call.ts";
import { canonical } from "../../../../core/store/journal/chain.ts";
import { faultOf } from "../../../../core/store/journal/fault.ts";
import { type Journal, openJournal } from "../../../../core/store/journal/open.ts";
import type { NewCall } from "../../../../core/store/journal/rows.ts";
import type { Row } from "../../../../core/store/journal/schema.ts";
import { createManualClock } from "../../../support/clock.ts";

const CALLER = { kind: "operator", id: "cli", scope: "admin", tainted: false } as const;
const LOOK: Call = {
  callId: "look",
  tool: "t",
  arguments: {},
  target: null,
  identity: null,
  effect: "read",
  caller: CALLER,
  decision: "allow",
  rule: "allowed",
  state: "succeeded",
  createdAt: "2026-01-01T00:00:00.000Z",
};
const report = () => ({ what: "w", why: "y", how: "h", evidence: [], undo: null });
let folder = "";
let journal: Journal;
let clock = createManualClock();
const path = () => join(folder, "journal.db");
const open = () => openJournal({ path: path(), anchorPath: join(folder, "anchor"), clock });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-journal-"));
  clock = createManualClock();
  journal = open();
});
afterEach(() => {
  try {
    journal.close();
  } catch {
    // Closed by the test.
  }
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
const propose = (more: Partial<NewCall> = {}): Row => {
  count += 1;
  return journal.propose({
    callId: `c${count}`,
    tool: "t",
    arguments: { a: 1 },
    secret: false,
    caller: CALLER,
    unasked: false,
    effect: "reversible",
    target: "guest/101",
    decision: "deny",
    rule: "allowed",
    ...more,
  });
};
const toIntent = (row: Row): Row => journal.move(row, [{ to: "admitted" }, { to: "intent" }]);
const finished = (): Row => journal.move(toIntent(propose()), [{ to: "aborted", patch: { text: "x" } }], { report });
/** As an attacker with the file: the guards are dropped first. */
const tamper = (sql: string): void => {
  journal.close();
  const raw = new Database(path());
  const triggers = raw.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all();
  const saved = raw.query<{ sql: string }, []>("SELECT sql FROM sqlite_master WHERE type = 'trigger'").all();
  for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`);
  raw.exec(sql);
  for (const one of saved) raw.exec(one.sql);
  raw.close();
  journal = open();
};
const raw = (sql: string): void => {
  const database = new Database(path());
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
};

describe("the guards of the database", () => {
  test("allow exactly the contract's edges", () => {
    const sql = readFileSync(join(import.meta.dir, "../../../../core/store/migrations/journal/0001_guards.sql"), "utf8");
    const inSql = [...sql.matchAll(/'([a-z_]+>[a-z_]+)'/g)].map(([, edge]) => edge).sort();
    expect(inSql).toEqual(CALL_STATES.flatMap((from) => EDGES[from].map((to) => `${from}>${to}`)).sort());
  });
  test("refuse a move that is no edge, from every state that can be reached", () => {
    const row = propose();
    for (const to of CALL_STATES.filter((state) => !EDGES.proposed.includes(state))) expect(() => journal.move(row, [{ to }], { report })).toThrow();
    const intent = toIntent(row);
    for (const to of CALL_STATES.filter((state) => !EDGES.intent.includes(state))) expect(() => journal.move(intent, [{ to }], { report })).toThrow();
    expect(journal.row(row.callId)?.state).toBe("intent");
    expect(journal.verifyChain().ok).toBe(true);
  });
  test("refuse to change what has ended, what was asked, and the target after intent", () => {
    const row = finished();
    expect(() => raw(`UPDATE calls SET text = 'y' WHERE call_id = '${row.callId}'`)).toThrow("has ended");
    const other = toIntent(propose());
    expect(() => raw(`UPDATE calls SET arguments = '{}' WHERE call_id = '${other.callId}'`)).toThrow("does not change");
    expect(() => raw(`UPDATE calls SET target = 'guest/102' WHERE call_id = '${other.callId}'`)).toThrow("bound");
  });
  test("refuse to delete anything, and to change records and reports", () => {
    finished();
    for (const table of ["calls", "records", "reports"]) expect(() => raw(`DELETE FROM ${table}`)).toThrow("nothing is deleted");
    expect(() => raw("UPDATE records SET data = '{}'")).toThrow("append only");
    expect(() => raw("UPDATE reports SET state = 'succeeded'")).toThrow("append only");
    expect(() => raw("UPDATE fence SET epoch = 0")).toThrow("only rises");
  });
  test("let one call at a time hold a target", () => {
    toIntent(propose());
    const second = propose();
    try {
      toIntent(second);
      expect.unreachable();
    } catch (thrown) {
      expect(faultOf(thrown)).toBe("unique");
    }
    expect(journal.row(second.callId)?.state).toBe("proposed");
    expect(toIntent(propose({ target: "guest/102" })).state).toBe("intent");
  });
});

describe("a call", () => {
  test("that ends has its report in the same transaction, and cannot end without one", () => {
    const row = toIntent(propose());
    expect(() => journal.move(row, [{ to: "aborted" }])).toThrow("without a report");
    expect(journal.row(row.callId)?.state).toBe("intent");
    journal.move(row, [{ to: "aborted" }], { report });
    expect(journal.report(row.callId)).toEqual(report());
  });
  test("is listed in append order, with looks among them only when asked", () => {
    const first = finished();
    journal.putRead(journal.number(), { ...LOOK, callId: "look", createdAt: clock.iso() });
    const last = finished();
    expect(journal.list().map(({ callId }) => callId)).toEqual([first.callId, last.callId]);
    expect(journal.list({ effects: "all" }).map(({ callId }) => callId)).toEqual([first.callId, "look", last.callId]);
    expect(journal.get("look")?.state).toBe("succeeded");
  });
  test("is listed from a time on, oldest first, as many as wanted", async () => {
    const first = finished();
    await clock.advance(5000);
    const since = clock.iso();
    const second = finished();
    const third = finished();
    expect(journal.list({ since }).map(({ callId }) => callId)).toEqual([second.callId, third.callId]);
    expect(journal.list({ since, limit: 1 }).map(({ callId }) => callId)).toEqual([second.callId]);
    expect(journal.list({ limit: 1 }).map(({ callId }) => callId)).toEqual([third.callId]);
    expect(journal.byTarget("guest/101").map(({ callId }) => callId)).toEqual([third.callId, second.callId, first.callId]);
  });
  test("that only looked is kept among the newest 5000", () => {
    for (let index = 0; index < 5100; index += 1) journal.putRead(journal.number(), { ...LOOK, callId: `r${index}` });
    journal.close();
    journal = open();
    expect(journal.get("r0")).toBeUndefined();
    expect(journal.get("r5099")).toBeDefined();
  });
});

describe("the chain", () => {
  test("holds after ordinary work and a restart", () => {
    finished();
    toIntent(propose());
    journal.close();
    journal = open();
    expect(journal.problems).toEqual([]);
    expect(journal.verifyChain()).toEqual({ ok: true, problems: [] });
  });

  const breaks: [string, string, RegExp][] = [
    ["an edited record", "UPDATE records SET data = replace(data, 'guest/101', 'guest/102') WHERE seq = 2", /record 2 was changed/],
    ["a record made senseless", "UPDATE records SET data = 'x' WHERE seq = 2", /record 2 was changed/],
    ["a call made senseless", "UPDATE calls SET arguments = 'x'", /cannot be read/],
    ["a record's time edited", "UPDATE records SET at = at + 1 WHERE seq = 3", /record 3 was changed/],
    ["a deleted record", "DELETE FROM records WHERE seq = 3", /record 3 is missing/],
    ["two records swapped", "UPDATE records SET seq = -1 WHERE seq = 2; UPDATE records SET seq = 2 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = -1", /record 2 /],
    ["a cut tail", "DELETE FROM records WHERE seq > 2", /tail was cut off|another record|not what its records say/],
    ["an edited call", "UPDATE calls SET state = 'succeeded'", /not what its records say/],
    ["a call's words edited", "UPDATE calls SET text = 'all is well'", /not what its records say/],
    ["a deleted call", "DELETE FROM calls", /calls were recorded/],
    ["a deleted report", "DELETE FROM reports", /report do not agree/],
    ["an edited report's state", "UPDATE reports SET state = 'succeeded'", /report do not agree/],
  ];
  for (const [name, sql, words] of breaks)
    test(`shows ${name}, and the kill switch is on record for it`, () => {
      finished();
      tamper(sql);
      expect(journal.problems.map((problem) => problem.words).join("; ")).toMatch(words);
      expect(journal.modes().killLevel).toBe("effects");
    });

  test("shows an older copy put back", () => {
    finished();
    journal.close();
    copyFileSync(path(), join(folder, "older"));
    journal = open();
    finished();
    journal.close();
    copyFileSync(join(folder, "older"), path());
    journal = open();
    expect(journal.problems.map(({ words }) => words).join()).toMatch(/restored|another record/);
  });
  test("shows a missing journal, a missing anchor and a senseless one", () => {
    finished();
    journal.close();
    rmSync(path());
    journal = open();
    expect(journal.problems).toHaveLength(1);
    journal.close();
    rmSync(join(folder, "anchor"));
    journal = open();
    expect(journal.problems[0]?.words).toContain("anchor file is gone");
    journal.close();
    writeFileSync(join(folder, "anchor"), "{");
    journal = open();
    expect(journal.problems[0]?.words).toContain("no sense");
  });
  test("is told once: what the operator accepted with the release engages no more", () => {
    finished();
    tamper("UPDATE records SET at = at + 1 WHERE seq = 3");
    const accepted = journal.verifyChain().problems.map(({ key }) => key);
    journal.switched({ act: "release", by: CALLER, accepted });
    journal.close();
    journal = open();
    expect(journal.problems).toEqual([]);
    expect(journal.modes().killLevel).toBeUndefined();
  });
});

describe("a damaged file", () => {
  for (const [name, damage] of [
    ["that is no database", () => writeFileSync(path(), "this is not a database at all, but it is long enough to be read as a header of one")],
    [
      "with a broken page",
      () => {
        const bytes = readFileSync(path());
        bytes.fill(0xff, 4096, Math.min(bytes.length, 40_960));
        writeFileSync(path(), bytes);
      },
    ],
  ] as const)
    test(`${name} is moved aside, told, and the kill switch is on record`, () => {
      finished();
      journal.close();
      damage();
      journal = open();
      expect(journal.problems.length).toBeGreaterThan(0);
      expect(journal.modes().killLevel).toBe("effects");
      expect(readdirSync(folder).some((file) => file.includes(".corrupt-"))).toBe(true);
    });
});

describe("the anchor and the fence", () => {
  test("the head is anchored every ten minutes and at close", async () => {
    finished();
    const anchored = () => JSON.parse(readFileSync(join(folder, "anchor"), "utf8"));
    expect(anchored().seq).toBe(1);
    await clock.advance(600_000);
    expect(anchored()).toMatchObject(journal.head());
    finished();
    journal.close();
    expect(anchored().seq).toBeGreaterThan(5);
    expect(existsSync(join(folder, "anchor.new"))).toBe(false);
  });
  test("an older core cannot append once a newer one has opened the journal", () => {
    const old = journal;
    const row = propose();
    journal = open();
    expect(journal.epoch).toBe(old.epoch + 1);
    for (const act of [() => old.note({}), () => old.move(row, [{ to: "admitted" }])])
      try {
        act();
        expect.unreachable();
      } catch (thrown) {
        expect(faultOf(thrown)).toBe("superseded");
      }
    old.close();
    expect(journal.verifyChain().problems.filter(({ key }) => !key.startsWith("anchor"))).toEqual([]);
  });
});

test("canonical JSON is the same whatever the order of keys", () => {
  expect(canonical({ b: [1, { d: undefined, c: null }], a: "ü" })).toBe('{"a":"ü","b":[1,{"c":null}]}');
  expect(canonical({ a: 1, b: 2 })).toBe(canonical({ b: 2, a: 1 }));
});
