// "Why did it stop?": the root before the victim, the open incident by its id, and old news never told for new.
import { expect, test } from "bun:test";
import type { View } from "../../../core/agent/reflex/answers.ts";
import { statusAndRoot, why } from "../../../core/agent/reflex/why.ts";
import type { FeedEntry, Incident } from "../../../core/contract/incident.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";

const at = "2026-11-22T21:50:00.000Z";
const thing = (id: string, name: string, kind: LiveResource["kind"], more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  name,
  kind,
  status: "down",
  stale: false,
  at,
  plugin: "farm",
  ...more,
});
const barn = thing("node/barn", "barn", "node", { since: at, labels: { state: "offline" } });
const orchid = thing("guest/101", "orchid", "guest", { parent: "node/barn", needs: ["storage/shed"], status: "unknown" });
const shed = thing("storage/shed", "shed", "storage", { status: "up" });
const incident = (more: Partial<Incident>): Incident => ({
  id: "INC-0012",
  resource: "node/barn",
  name: "barn",
  title: "barn is lost.",
  severity: "critical",
  status: "open",
  cause: { kind: "power", words: "It does not answer on any way.", evidence: [], verdict: "fault" },
  openedAt: at,
  callIds: [],
  alert: "x",
  ...more,
});
const old: FeedEntry = {
  id: "f",
  at: "2026-11-20T08:00:00.000Z",
  kind: "left-alone",
  resource: "guest/101",
  words: "left",
  cause: { kind: "user", words: "ana stopped it.", evidence: [{ what: "a stop by ana", source: "UPID:x" }] },
};
const seen = (of = orchid): View => ({
  nowMs: Date.parse("2026-11-22T21:54:00.000Z"),
  persona: Persona.parse({ name: "T" }),
  resources: [barn, shed, of],
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
});
const said = (more: Partial<View> = {}, of = orchid) => why({ ...seen(of), ...more }, of);

test("the lost node is named first, with its incident, and an old stop is not told for it", () => {
  for (const victims of [["guest/101"], []]) {
    const { text, evidence } = said({ incidents: [incident({ victims })], feed: [old] });
    expect(text).toBe("orchid went with barn (node/barn): barn is lost. It does not answer on any way (INC-0012, open).");
    expect(evidence[0]).toMatchObject({ source: "core/incidents INC-0012" });
  }
});

test("a lost node is named before there is an incident of it", () => {
  expect(said({ feed: [old] }).text).toBe("orchid went with barn (node/barn), which it cannot run without: that is offline since 21:50:00 UTC.");
});

test("a storage it needs counts as what carries it", () => {
  const resources = [{ ...barn, status: "up" as const }, { ...shed, status: "down" as const }, orchid];
  expect(said({ resources }).text).toStartWith("orchid went with shed (storage/shed)");
});

test("what stopped it after that is told behind it", () => {
  const { text } = said({ incidents: [incident({})], feed: [{ ...old, at: "2026-11-22T21:53:00.000Z" }] });
  expect(text).toStartWith("orchid went with barn (node/barn)");
  expect(text).toContain("Of orchid itself: ana stopped it.");
});

test("a stop that belongs to an open incident names it, and an older word does not stand in for it", () => {
  const own = incident({
    id: "INC-0007",
    resource: "guest/101",
    name: "orchid",
    title: "orchid stopped",
    status: "escalated",
    cause: { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" },
  });
  const resources = [{ ...barn, status: "up" as const }, shed, { ...orchid, status: "down" as const }];
  expect(said({ resources, incidents: [own], feed: [old] }).text).toBe("It crashed. It is INC-0007 (escalated, since 21:50:00 UTC).");
});

test("of what runs nothing beneath it is blamed", () => {
  const up = { ...orchid, status: "up" as const };
  expect(said({ incidents: [incident({})], feed: [old], resources: [barn, up] }, up).text).toStartWith("ana stopped it.");
});

test("its status begins with what it went with", () => {
  const view = { ...seen(), incidents: [incident({ victims: ["guest/101"] })] };
  const { text, evidence } = statusAndRoot(view, orchid);
  expect(text).toStartWith("orchid went with barn (node/barn): barn is lost. It does not answer on any way (INC-0012, open). orchid (guest/101 on barn): unknown");
  expect(evidence[0]).toMatchObject({ source: "core/incidents INC-0012" });
});
