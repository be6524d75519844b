// What the chat is shown of the house: what is open is told, however long ago it began.
import { expect, test } from "bun:test";
import { createTalk } from "../../../core/app/talk.ts";
import type { IncidentDetail, IncidentStatus } from "../../../core/contract/incident.ts";
import { Persona } from "../../../core/contract/persona.ts";
import { createFeed } from "../../../core/incidents/feed.ts";
import { createRecords } from "../../../core/incidents/record.ts";
import { createResources } from "../../../core/state/resources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createIncidentStore } from "../../../core/store/incidents.ts";
import { openDatabase } from "../../../core/store/open.ts";
import { createManualClock } from "../../support/clock.ts";

const incident = (number: number, status: IncidentStatus): IncidentDetail => ({
  id: `INC-${String(number).padStart(4, "0")}`,
  resource: `guest/${number}`,
  name: `box-${number}`,
  title: `box-${number} is down`,
  severity: "critical",
  status,
  cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
  openedAt: new Date(1_790_000_000_000 + number * 60_000).toISOString(),
  callIds: [],
  alert: `a#gone#guest/${number}`,
  timeline: [],
  scene: {},
});

test("an incident that is open is told when hundreds have come and gone since", async () => {
  const clock = createManualClock();
  const db = openDatabase({ path: ":memory:", migrationsFolder: "core/store/migrations/jarvis", synchronous: "NORMAL" });
  const store = createIncidentStore(db);
  store.save(incident(1, "escalated"));
  for (let number = 2; number <= 200; number += 1) store.save(incident(number, "resolved"));
  const talk = createTalk({
    clock,
    db,
    registry: { list: () => [] },
    pipeline: { asks: () => [] },
    resources: createResources({ clock, store: createStateStore({ clock }) }),
    records: createRecords({ clock, store, changed: () => undefined }),
    feed: createFeed({ clock, store, publish: () => undefined }),
    journal: { list: () => [] },
    persona: () => Persona.parse({ name: "Jarvis" }),
    status: () => ({ mode: "act", killed: false, maintenance: false, sources: [], version: "1", self: { state: "outside", resources: [], words: "" }, brain: "rules" }),
    report: () => Promise.reject(new Error("none is asked for")),
  });
  const { text } = await talk.take({
    conversation: "c",
    by: "operator owner",
    message: "m",
    text: "what is wrong?",
    call: () => Promise.reject(new Error("none is made")),
    emit: () => undefined,
  });
  expect(text).toContain("box-1");
  expect(text).not.toContain("box-200");
  db.close();
});
