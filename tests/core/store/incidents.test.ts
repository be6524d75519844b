// What is open is answered from memory, and says the same as the disk.
import { expect, test } from "bun:test";
import type { IncidentDetail } from "../../../core/contract/incident.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { openDatabase } from "../../../core/store/open.ts";

const open = () => openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });

const incident = (number: number): IncidentDetail => ({
  id: `INC-${String(number).padStart(4, "0")}`,
  resource: `guest/${number}`,
  name: "one",
  title: "one is gone",
  severity: "critical",
  status: "open",
  cause: { kind: "oom", words: "Its host ran out of memory.", evidence: [], verdict: "fault" },
  openedAt: new Date(1_790_000_000_000 + number * 1000).toISOString(),
  callIds: [],
  alert: `a#gone#guest/${number}`,
  timeline: [],
  scene: { log: "oom" },
});

test("those that are open are the newest first, however many, and the same after a start", () => {
  const db = open();
  const store = createIncidentStore(db);
  for (let number = 1; number <= 600; number += 1) store.save(incident(number));
  expect([store.open().length, store.open()[0]?.id, store.open().at(-1)?.id]).toEqual([600, "INC-0600", "INC-0001"]);

  store.save({ ...incident(600), status: "resolved", resolvedAt: incident(600).openedAt });
  store.save({ ...incident(1), status: "escalated" });
  expect([store.open().length, store.open()[0]?.id, store.get("INC-0001")?.status, store.get("INC-0600")?.status]).toEqual([599, "INC-0599", "escalated", "resolved"]);

  const again = createIncidentStore(db);
  expect(again.open()).toEqual([...store.open()]);
  db.close();
});

test("of old incidents the record stays and the scene goes", () => {
  const db = open();
  const store = createIncidentStore(db);
  for (let number = 1; number <= 2200; number += 1) {
    store.save(incident(number));
    if (number !== 2) store.save({ ...incident(number), status: "resolved" });
  }
  expect([store.get("INC-0001")?.scene, store.get("INC-0001")?.title]).toEqual([{}, "one is gone"]);
  // It is not over.
  expect(store.get("INC-0002")?.scene).toEqual({ log: "oom" });
  expect(store.get("INC-2200")?.scene).toEqual({ log: "oom" });
  db.close();
});

test("one record that fits no more, as another version wrote it, hides itself alone and keeps nothing from starting", () => {
  const db = open();
  const store = createIncidentStore(db);
  for (const number of [1, 2, 3]) store.save(incident(number));
  store.save({ ...incident(2), cause: { ...incident(2).cause, words: "x".repeat(1001) } });
  store.addFeed({ id: "a", at: "2026-11-23T10:00:00.000Z", kind: "notice", words: "one" });
  db.sqlite.exec("INSERT INTO feed (at, body) VALUES ('2026-11-23T10:00:01.000Z', '{\"kind\": \"shout\"}')");

  const again = createIncidentStore(db);
  expect(again.open().map(({ id }) => id)).toEqual(["INC-0003", "INC-0001"]);
  expect(again.list(undefined, 10).map(({ id }) => id)).toEqual(["INC-0003", "INC-0001"]);
  expect(again.get("INC-0002")).toBeUndefined();
  expect(again.between("2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z", 10).incidents.length).toBe(2);
  expect(again.feed(10).map(({ id }) => id)).toEqual(["a"]);
  expect(again.feedBetween("2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z", 10).length).toBe(1);
  expect(again.count()).toBe(3);
  db.close();
});
