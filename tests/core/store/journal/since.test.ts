// A release proves what came since the last proof, in no time however old the journal is, and finds what was changed in it.
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, openJournal } from "../../../../core/store/journal/open.ts";
import { createManualClock } from "../../../support/clock.ts";

const CALLER = { kind: "operator", id: "cli", scope: "admin", tainted: false } as const;
const report = () => ({ what: "w", why: "y", how: "h", evidence: [], undo: null });
let folder = "";
let journal: Journal;
const path = () => join(folder, "journal.db");
const open = () => openJournal({ path: path(), anchorPath: join(folder, "anchor"), clock: createManualClock() });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-since-"));
  journal = open();
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const propose = (callId: string) =>
  journal.propose({ callId, tool: "t", arguments: {}, secret: false, caller: CALLER, unasked: false, effect: "reversible", target: callId, decision: "deny", rule: "allowed" });
const finish = (row: ReturnType<typeof propose>) => journal.move(row, [{ to: "admitted" }, { to: "intent" }, { to: "aborted", patch: { text: "x" } }], { report });
/** Behind Jarvis's back, while it runs. */
const change = (sql: string): void => {
  const raw = new Database(path());
  for (const { name } of raw.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) raw.exec(`DROP TRIGGER ${name}`);
  raw.exec(sql);
  raw.close();
};
const keys = () => journal.verifyNew().problems.map(({ key }) => key.split(":").slice(0, 2).join(":"));

test("what came since is proved call by call, also one that began before the last proof", () => {
  const early = propose("guest/1");
  expect(keys()).toEqual([]);
  finish(early);
  finish(propose("guest/2"));
  expect(keys()).toEqual([]);
  expect(journal.verifyChain().problems.filter(({ key }) => !key.startsWith("anchor"))).toEqual([]);
});

test("a record or a call that was changed since is found, and is found again until it is right", () => {
  finish(propose("guest/1"));
  change("UPDATE calls SET text = 'y' WHERE call_id = 'guest/1'");
  expect(keys()).toEqual(["call:guest/1"]);
  change("UPDATE calls SET text = 'x' WHERE call_id = 'guest/1'");
  expect(keys()).toEqual([]);
  finish(propose("guest/2"));
  change("UPDATE records SET at = at + 1 WHERE seq = (SELECT max(seq) FROM records) - 1");
  expect(keys()).toEqual([expect.stringMatching(/^record:/)]);
  expect(keys().length).toBe(1);
});

test("what was proved before is not read again: that is for the next start, and for who asks for all of it", () => {
  for (let each = 0; each < 5; each += 1) finish(propose(`old/${each}`));
  expect(keys()).toEqual([]);
  change("UPDATE records SET at = at + 1 WHERE seq = 3");
  finish(propose("guest/1"));
  expect(keys()).toEqual([]);
  expect(journal.verifyChain().problems.map(({ words }) => words)).toContain("record 3 was changed");
});
