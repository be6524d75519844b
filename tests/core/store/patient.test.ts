// A full disk holds up nobody who only looks: what is seen and told meanwhile waits for room, and is written then.
import { expect, test } from "bun:test";
import { z } from "zod";
import type { FeedEntry } from "../../../core/contract/incident.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { createKept } from "../../../core/store/kept.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createPatient } from "../../../core/store/patient.ts";
import { createReadings } from "../../../core/store/readings.ts";
import { fillDisk } from "../../support/full-disk.ts";

const made = () => openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
const LONG = "x".repeat(6000);
const line = (id: string): FeedEntry => ({ id, at: "2026-11-23T10:00:00.000Z", kind: "notice", words: `${id} ${LONG.slice(0, 900)}` });

test("readings, lines of the feed and what is remembered wait for room, and are all there when it has come", () => {
  const db = made();
  const told: (string | undefined)[] = [];
  db.patient.on((words) => told.push(words));
  const [readings, kept, incidents] = [createReadings(db), createKept(db), createIncidentStore(db)];
  const makeRoom = fillDisk(db);
  for (let round = 1; round <= 3; round += 1) {
    for (const channel of ["p/a", "p/b", "p/c"]) readings.keep(channel, { value: `${LONG}${round}`, revision: round, at: "2026-11-23T10:00:00.000Z", stale: false });
    kept.remember("alerts", [LONG, round]);
    for (const letter of ["a", "b", "c", "d"]) incidents.addFeed(line(`${letter}${round}`));
  }
  expect(told).toEqual(["database or disk is full"]);
  makeRoom();
  incidents.addFeed(line("last"));
  expect(told).toEqual(["database or disk is full", undefined]);
  const loaded = createReadings(db).load();
  expect(["p/a", "p/b", "p/c"].map((channel) => loaded[channel]?.revision)).toEqual([3, 3, 3]);
  expect(kept.get("alerts", z.array(z.unknown()))?.[1]).toBe(3);
  expect(incidents.feed(100).length).toBe(13);
  db.close();
});

test("what must be on disk before somebody acts throws on a full one", () => {
  const db = made();
  fillDisk(db);
  const kept = createKept(db);
  expect(() => {
    for (let key = 0; key < 10; key += 1) kept.set(`key ${key}`, LONG);
  }).toThrow("full");
  db.close();
});

test("a write that is wrong in itself is no matter of the disk, and is told to who made it", () => {
  const patient = createPatient();
  expect(() =>
    patient.write("a", () => {
      throw new TypeError("no such thing");
    }),
  ).toThrow("no such thing");
  let written = 0;
  patient.write("b", () => {
    written += 1;
  });
  expect(written).toBe(1);
});

test("what waited and turns out wrong in itself is not told to who comes later, and holds up nobody", () => {
  const patient = createPatient();
  let isFull = true;
  patient.write("a", () => {
    if (isFull) throw Object.assign(new Error("full"), { code: "SQLITE_FULL" });
    throw new TypeError("no such thing");
  });
  isFull = false;
  const written: string[] = [];
  patient.write("b", () => void written.push("b"));
  expect([written, patient.flush()]).toEqual([["b"], true]);
});

test("what waits is bounded: the oldest gives way", () => {
  const patient = createPatient();
  let isFull = true;
  const written: number[] = [];
  for (let each = 0; each < 6000; each += 1)
    patient.write(String(each), () => {
      if (isFull) throw Object.assign(new Error("full"), { code: "SQLITE_FULL" });
      written.push(each);
    });
  isFull = false;
  expect(patient.flush()).toBe(true);
  expect([written.length, written[0], written.at(-1)]).toEqual([5000, 1000, 5999]);
});
