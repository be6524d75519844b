// What a report is made of is read from the journal and the incidents as they are on disk: by when it ended, bounded, and nothing beside the span.
import { expect, test } from "bun:test";
import { JarvisError } from "../../../core/contract/error.ts";
import { gather, type Sources } from "../../../core/reports/gather.ts";
import { makeReport } from "../../../core/reports/make.ts";
import { type Calendar, spanOn } from "../../../core/reports/period.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { openJournal } from "../../../core/store/journal/open.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";
import { incident } from "./rows.ts";

const UTC: Calendar = { timeZone: "UTC", at: "00:00" };
const HOUR_MS = 3_600_000;

const house = () => {
  const clock = createManualClock(Date.parse("2026-11-22T00:00:00Z"));
  const journal = openJournal({ path: ":memory:", clock });
  const incidents = createIncidentStore(openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" }));
  let count = 0;
  const propose = (target: string) => {
    count += 1;
    return journal.propose({
      callId: `c${count}`,
      tool: "farm_guest_start",
      arguments: {},
      secret: false,
      caller: { kind: "remedy", id: "farm/start", scope: "operate", tainted: false },
      unasked: true,
      effect: "reversible",
      target,
      decision: "allow",
      rule: "allowed",
    });
  };
  const refuse = (target: string): void => {
    journal.move(propose(target), [{ to: "refused", patch: { rule: "protected", decision: "deny" } }], {
      report: () => ({ what: "", why: "", how: "", evidence: [], undo: null }),
    });
  };
  const begin = (target: string) => {
    const row = journal.move(propose(target), [{ to: "admitted" }]);
    return journal.move(journal.move(row, [{ to: "intent" }]), [{ to: "sending", patch: { sentMs: Math.round(clock.now()) } }]);
  };
  const end = (row: ReturnType<typeof begin>): void => {
    const accepted = journal.move(row, [{ to: "accepted" }]);
    journal.move(journal.move(accepted, [{ to: "verifying" }]), [{ to: "succeeded", patch: { text: "It runs." } }], {
      report: () => ({ what: "w", why: "because", how: "h", evidence: ["2026-11-22T23:59:58.000Z holds: it runs"], undo: "The opposite act undoes it." }),
    });
  };
  const sources: Sources = { clock, journal, incidents, unseen: () => [], nameOf: (id) => id, undoOf: () => undefined };
  const read = async (date: string, most?: number) => {
    const span = spanOn(UTC, "day", date);
    if (!span) throw new JarvisError("bug", { message: "no span" });
    return gather(sources, UTC, span, most);
  };
  return { clock, journal, incidents, refuse, begin, end, read };
};

test("an act over midnight belongs to the day it ended, and is under way on the day before", async () => {
  const { clock, begin, end, read } = house();
  clock.jump(24 * HOUR_MS - 5000);
  const row = begin("guest/1");
  expect((await read("2026-11-22")).calls.map(({ state }) => state)).toEqual(["sending"]);
  clock.jump(10_000);
  end(row);
  expect((await read("2026-11-22")).calls).toEqual([]);
  const day = await read("2026-11-23");
  expect(day.calls.map(({ state }) => state)).toEqual(["succeeded"]);
  expect(day.proofs.get("c1")).toEqual({ why: "because", looks: ["2026-11-22T23:59:58.000Z holds: it runs"], undo: "The opposite act undoes it." });
});

test("what has not ended is told on every day until it has, however long ago it was begun", async () => {
  const { clock, begin, read } = house();
  begin("guest/1");
  clock.jump(10 * 24 * HOUR_MS);
  expect((await read("2026-12-01")).calls.map(({ callId }) => callId)).toEqual(["c1"]);
  expect((await read("2026-11-21")).calls).toEqual([]);
});

test("a day of more calls than are counted is read in pages and cut with a word", async () => {
  const { clock, refuse, read } = house();
  clock.jump(HOUR_MS);
  for (let count = 0; count < 1200; count += 1) refuse(`guest/${count % 7}`);
  const reading = read("2026-11-22", 1000);
  for (let turn = 0; turn < 5; turn += 1) await clock.advance(10);
  const material = await reading;
  expect(material.isCut).toBe(true);
  expect(material.calls.length).toBe(1000);
  const report = makeReport(material);
  expect(report.sections.map(({ name }) => name)).toEqual(["unknown", "refused"]);
  expect(report.sections[1]?.lines).toHaveLength(7);
}, 30_000);

test("incidents: those opened, over or open within the day, without their scenes", async () => {
  const { incidents, clock, read } = house();
  clock.jump(72 * HOUR_MS);
  const save = (id: string, openedAt: string, resolvedAt?: string): void => {
    const { resolvedAt: _, ...open } = incident({ id, openedAt, status: resolvedAt ? "resolved" : "open" });
    incidents.save({ ...open, ...(resolvedAt ? { resolvedAt } : {}), timeline: [], scene: { log: "x".repeat(60_000) } });
  };
  save("over-before", "2026-11-20T10:00:00.000Z", "2026-11-20T11:00:00.000Z");
  save("over-within", "2026-11-20T10:00:00.000Z", "2026-11-22T11:00:00.000Z");
  save("within", "2026-11-22T10:00:00.000Z", "2026-11-22T10:01:00.000Z");
  save("over-later", "2026-11-22T10:00:00.000Z", "2026-11-24T10:01:00.000Z");
  save("still-open", "2026-11-20T10:00:00.000Z");
  save("opened-later", "2026-11-23T10:00:00.000Z");
  expect((await read("2026-11-22")).incidents.map(({ id }) => id)).toEqual(["over-within", "still-open", "over-later", "within"]);
  expect((await read("2026-11-22")).incidents[0]).not.toHaveProperty("scene");
  expect(incidents.between("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z", 3).more).toBe(1);
});

test("the feed of a day is what was said on it", async () => {
  const { incidents, clock, read } = house();
  clock.jump(72 * HOUR_MS);
  for (const day of ["21", "22", "23"]) incidents.addFeed({ id: day, at: `2026-11-${day}T10:00:00.000Z`, kind: "notice", words: day });
  expect((await read("2026-11-22")).feed.map(({ words }) => words)).toEqual(["22"]);
});
