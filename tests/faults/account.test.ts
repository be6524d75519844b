// The checker itself: it shares no code with the core, and each kind of wrong it is there for is found when it is put into the facts.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "../../core/lib/clock.ts";
import { openJournal } from "../../core/store/journal/open.ts";
import { account, CLEAN } from "./account.ts";
import { integrityOf, readJournal, type Written } from "./journal-file.ts";

test("imports nothing of core", () => {
  for (const name of ["account.ts", "journal-file.ts"]) expect(readFileSync(join(import.meta.dir, name), "utf8")).not.toMatch(/from "[^"]*core\//);
});

const AT_MS = Date.parse("2026-11-23T10:00:00Z");
const CALL: Written = {
  callId: "c1",
  tool: "proxmox_guest_start",
  effect: "reversible",
  target: "guest/101",
  state: "succeeded",
  rule: "allowed",
  text: "",
  upid: "UPID:1",
  sentMs: AT_MS,
  sendings: 1,
  ends: 1,
  reports: 1,
};
const EFFECT = { seq: 1, time: new Date(AT_MS + 500).toISOString(), user: "jarvis@pve!operate", method: "POST", path: "/start", target: "guest/101", upid: "UPID:1", exit: "OK" };
const of = (calls: Written[], effects: (typeof EFFECT)[], told: [string, string][] = []) => account({ calls, effects, told: new Map(told) });

describe("an account", () => {
  test("of one call and its effect is clean", () => expect(of([CALL], [EFFECT], [["c1", "succeeded"]])).toEqual(CLEAN));

  const wrongs: [keyof typeof CLEAN, string, Written[], (typeof EFFECT)[], [string, string][]][] = [
    ["lost", "an acknowledged call that is not in the journal", [CALL], [EFFECT], [["c2", "running"]]],
    ["lost", "a call that never ended", [{ ...CALL, state: "accepted", ends: 0, reports: 0 }], [EFFECT], []],
    ["lost", "a call that ended twice", [{ ...CALL, ends: 2 }], [EFFECT], []],
    ["lost", "a call without a report", [{ ...CALL, reports: 0 }], [EFFECT], []],
    ["lost", "an effect of a call told as never applied", [{ ...CALL, state: "failed", text: "It was never applied: ..." }], [EFFECT], []],
    ["lost", "an effect of an aborted call", [{ ...CALL, state: "aborted" }], [EFFECT], []],
    ["duplicates", "a second effect", [CALL], [EFFECT, { ...EFFECT, seq: 2 }], []],
    ["unjournaled", "an effect on what no call was about", [CALL], [EFFECT, { ...EFFECT, target: "guest/102" }], []],
    ["unjournaled", "an effect before its call was sent", [{ ...CALL, state: "failed", sentMs: AT_MS + 60_000 }], [EFFECT], []],
    ["unjournaled", "an effect of a call that never reached sending", [{ ...CALL, state: "failed", sentMs: null, sendings: 0 }], [EFFECT], []],
    ["falseSuccesses", "a success without an effect", [CALL], [], []],
    ["falseSuccesses", "a success by a task that failed", [CALL], [{ ...EFFECT, exit: "start failed" }], []],
    ["falseSuccesses", "a success by somebody else's task", [CALL], [{ ...EFFECT, upid: "UPID:2" }], []],
    ["falseSuccesses", "a success told and not written", [{ ...CALL, state: "failed" }], [EFFECT], [["c1", "succeeded"]]],
    ["unresolved", "what nobody could find out", [{ ...CALL, state: "unresolved" }], [EFFECT], []],
  ];
  test.each(wrongs)("tells as %s %s", (kind, _, calls, effects, told) => {
    const found = of(calls, effects, told);
    expect(found[kind]).not.toEqual([]);
    expect({ ...found, [kind]: [] }).toEqual(CLEAN);
  });
});

describe("the journal's file", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "jarvis-account-"));
    const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock: createClock() });
    for (let index = 0; index < 5; index += 1) journal.note({ index });
    journal.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const tamper = (sql: string): void => {
    const file = new Database(join(folder, "journal.db"));
    for (const { name } of file.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) file.run(`DROP TRIGGER ${name}`);
    file.run(sql);
    file.close();
  };

  test("of a core that closed it is whole", () => {
    expect(readJournal(folder)).toEqual({ breaks: [], calls: [] });
    expect(integrityOf(folder, "journal.db")).toBe("ok");
  });
  test.each([
    ["an edited record", "UPDATE records SET data = '{}' WHERE seq = 3"],
    ["a record taken out", "DELETE FROM records WHERE seq = 3"],
    ["a cut tail", "DELETE FROM records WHERE seq > 3"],
  ])("with %s is not", (_, sql) => {
    tamper(sql);
    expect(readJournal(folder).breaks).not.toEqual([]);
  });
  test("put back from an older copy is not", () => {
    copyFileSync(join(folder, "journal.db"), join(folder, "older"));
    const journal = openJournal({ path: join(folder, "journal.db"), anchorPath: join(folder, "anchor"), clock: createClock() });
    journal.close();
    copyFileSync(join(folder, "older"), join(folder, "journal.db"));
    expect(readJournal(folder).breaks).not.toEqual([]);
  });
});
