// Records of plugins: kept, found by words whatever stands in them, newer and surer first, each plugin its own, bounded, and what came from outside apart.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../../core/store/open.ts";
import { createRecordStore, MOST_UNTRUSTED, matchOf, type RecordWords } from "../../../core/store/records.ts";

const migrationsFolder = join(import.meta.dir, "../../../core/store/migrations/jarvis");
const NOW_MS = Date.parse("2026-11-23T12:00:00Z");
const DAY_MS = 86_400_000;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanups.splice(0).reverse()) act();
});

const made = (path = ":memory:") => {
  const opened = openDatabase({ path, migrationsFolder, synchronous: "NORMAL" });
  return { store: createRecordStore(opened), opened };
};
const fact = (text: string, more: Partial<RecordWords> = {}): RecordWords => ({
  shelf: "fact",
  text,
  about: "",
  source: "person",
  by: "operator",
  confidence: 1,
  trusted: true,
  tags: [],
  atMs: NOW_MS,
  ...more,
});
const textsOf = (found: readonly { text: string }[]): string[] => found.map(({ text }) => text);

test("what was kept is found by its words after the file was closed and opened again", () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-records-"));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const first = made(join(folder, "jarvis.db"));
  const kept = first.store.put("notes", fact("Grafana shows the solar panels", { about: "container/mgmt/grafana", tags: ["solar"] }));
  first.opened.close();
  const second = made(join(folder, "jarvis.db"));
  expect(second.store.search("notes", { shelf: "fact", words: "what about the panel?" }, NOW_MS)).toEqual(kept === undefined ? [] : [kept]);
  expect(kept).toMatchObject({ id: 1, about: "container/mgmt/grafana", source: "person", at: "2026-11-23T12:00:00.000Z", trusted: true, tags: ["solar"] });
  second.opened.close();
});

test("letters that FTS5 would read as syntax are words and nothing else", () => {
  const { store } = made();
  store.put("notes", fact('The NAS says "AND NOT" on (port) 8080: a*b -c ^d {e} ü'));
  for (const words of ['"', "'", "AND", "NOT", "NEAR(", "a* OR", "(", ")", "-", ":", "text:nas", "col : x", "^nas", '"nas', "nas\0", "{", "über", "'; DROP TABLE records; --"])
    expect(() => store.search("notes", { shelf: "fact", words }, NOW_MS)).not.toThrow();
  expect(matchOf(' "*() -')).toBe("");
  expect(store.search("notes", { shelf: "fact", words: ' "*() -' }, NOW_MS)).toEqual([]);
  expect(textsOf(store.search("notes", { shelf: "fact", words: "u PORT" }, NOW_MS))).toHaveLength(1);
  expect(store.list("notes", { shelf: "fact" }).count).toBe(1);
});

test("of two that fit alike the newer comes first, and the surer before the less sure", () => {
  const { store } = made();
  store.put("notes", fact("the router is upstairs", { atMs: NOW_MS - DAY_MS }));
  store.put("notes", fact("the router is downstairs", { atMs: NOW_MS - 400 * DAY_MS }));
  store.put("notes", fact("the router is outside", { atMs: NOW_MS - DAY_MS, confidence: 0.2 }));
  expect(textsOf(store.search("notes", { shelf: "fact", words: "where is the router" }, NOW_MS))).toEqual([
    "the router is upstairs",
    "the router is outside",
    "the router is downstairs",
  ]);
});

test("a plugin finds, reads and removes its own records only", () => {
  const { store } = made();
  const kept = store.put("notes", fact("the key is under the mat"));
  expect(store.search("other", { shelf: "fact", words: "key" }, NOW_MS)).toEqual([]);
  expect(store.get("other", kept?.id ?? 0)).toBeUndefined();
  expect(store.remove("other", kept?.id ?? 0)).toBe(false);
  expect(store.put("other", fact("mine now"), kept?.id)).toBeUndefined();
  expect(store.remove("notes", kept?.id ?? 0)).toBe(true);
  expect(store.search("notes", { shelf: "fact", words: "key mat" }, NOW_MS)).toEqual([]);
});

test("words that were changed are found by the new ones, and no longer by the old", () => {
  const { store } = made();
  const kept = store.put("notes", fact("apples"));
  store.put("notes", fact("pears"), kept?.id);
  expect(store.search("notes", { shelf: "fact", words: "apples" }, NOW_MS)).toEqual([]);
  expect(textsOf(store.search("notes", { shelf: "fact", words: "pears" }, NOW_MS))).toEqual(["pears"]);
});

test("what came from outside is found apart alone, and of too many the oldest goes", () => {
  const { store, opened } = made();
  store.put("notes", fact("the owner's own word"));
  opened.database.transaction(() => {
    for (let index = 0; index < MOST_UNTRUSTED + 3; index += 1) store.put("notes", fact(`word ${index} of a stranger`, { source: "outside", trusted: false }));
  });
  expect(textsOf(store.search("notes", { shelf: "fact", words: "word" }, NOW_MS))).toEqual(["the owner's own word"]);
  expect(store.list("notes", { shelf: "fact" }).count).toBe(1);
  const apart = store.list("notes", { shelf: "fact", trusted: false, limit: 500 });
  expect([apart.count, apart.records.at(-1)?.text]).toEqual([MOST_UNTRUSTED, "word 3 of a stranger"]);
});

test("ten thousand records are searched in a moment, and pages of them are bounded", () => {
  const { store, opened } = made();
  opened.sqlite.exec(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
     INSERT INTO records (plugin, shelf, text, about, tags, source, by, at_ms, confidence, trusted)
     SELECT 'notes', 'fact', 'the thing number ' || i || ' stands in room ' || (i % 7), '', '', 'person', 'operator', ${NOW_MS} - i * 60000, 1, 1 FROM n`,
  );
  const begun = performance.now();
  expect(store.search("notes", { shelf: "fact", words: "thing room 3", limit: 20 }, NOW_MS)).toHaveLength(20);
  expect(textsOf(store.search("notes", { shelf: "fact", words: "4711" }, NOW_MS))).toEqual(["the thing number 4711 stands in room 0"]);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(store.list("notes", { shelf: "fact" })).toMatchObject({ count: 10_000 });
  expect(store.list("notes", { shelf: "fact" }).records).toHaveLength(50);
  expect(store.list("notes", { shelf: "fact", before: 3, limit: 500 }).records.map(({ id }) => id)).toEqual([2, 1]);
});
