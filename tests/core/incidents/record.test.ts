// The record and the feed of what is asked again and again: one line, counted, and one word of it in the feed.
import { expect, test } from "bun:test";
import type { FeedEntry } from "../../../core/contract/incident.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const ASK = "I would start it, and ask first.";

const made = () => {
  const clock = createManualClock();
  const store = createIncidentStore(openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" }));
  const told: FeedEntry[] = [];
  const records = createRecords({ clock, store, changed: () => undefined });
  const id = "INC-0001";
  store.save({
    id,
    resource: "guest/1",
    name: "one",
    title: "one is gone.",
    severity: "critical",
    status: "open",
    cause: { kind: "oom", words: "Its host ran out of memory.", evidence: [], verdict: "fault" },
    openedAt: clock.iso(),
    callIds: [],
    alert: "a#gone#guest/1",
    timeline: [{ at: clock.iso(), step: "detected", words: "one is gone." }],
    scene: {},
  });
  const lines = (): string[] => (records.get(id)?.timeline ?? []).filter(({ step }) => step !== "detected" && step !== "diagnosed").map(({ words }) => words);
  return { clock, id, records, lines, told, feed: createFeed({ clock, store, publish: (entry) => void told.push(entry) }) };
};

test("an ask that expired and is asked anew is one line of the timeline, counted, with the newest call", async () => {
  const { clock, id, records, lines } = made();
  const first = clock.iso().slice(11, 16);
  for (let time = 1; time <= 30; time += 1) {
    records.note(id, "note", ASK, { words: ASK, callId: `call-${time}` });
    await clock.advance(600_000);
  }
  expect(lines()).toEqual([`${ASK} (30 times since ${first} UTC)`]);
  expect(records.get(id)).toMatchObject({ words: ASK, callIds: ["call-30"] });
  expect(records.get(id)?.timeline.at(-1)?.callId).toBe("call-30");
});

test("what is asked again after something was done is a line of its own, and the done call stays", () => {
  const { id, records, lines } = made();
  records.note(id, "note", ASK, { callId: "call-1" });
  records.note(id, "acted", "It failed.", { callId: "call-1" });
  records.note(id, "note", ASK, { callId: "call-2" });
  expect(lines()).toEqual([ASK, "It failed.", ASK]);
  expect(records.get(id)?.callIds).toEqual(["call-1", "call-2"]);
});

test("two notes that take turns are two lines, not ever more", () => {
  const { id, records, lines } = made();
  for (let time = 0; time < 5; time += 1) for (const words of [ASK, "Refused: it is locked."]) records.note(id, "note", words);
  expect(lines()).toHaveLength(2);
});

test("the feed says an ask once, also after a restart forgot that it was said, and again when something came of it", () => {
  const { feed, told } = made();
  const held = { kind: "held", resource: "guest/1", incident: "INC-0001", words: ASK } as const;
  for (let time = 0; time < 3; time += 1) feed.add({ ...held, callId: `call-${time}` });
  expect(told).toHaveLength(1);
  feed.add({ ...held, incident: "INC-0002" });
  feed.add({ kind: "failed", incident: "INC-0001", words: "It failed." });
  feed.add(held);
  expect(told.map(({ kind, incident }) => [kind, incident])).toEqual([
    ["held", "INC-0001"],
    ["held", "INC-0002"],
    ["failed", "INC-0001"],
    ["held", "INC-0001"],
  ]);
});
