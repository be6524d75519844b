// Red means that a person is needed; a repair keeps its own colour; a victim is no fault of its own.
import { expect, test } from "bun:test";
import type { Incident } from "../../core/contract/incident.ts";
import { storySteps } from "../../ui/src/lib/incident/story.ts";
import { accessibleName, conditionOf } from "../../ui/src/lib/resource/condition.ts";
import { marked } from "../../ui/src/lib/resource/mark.ts";
import { isTold, turnOf } from "../../ui/src/lib/resource/turn.ts";
import { attentionOf, verdictOf } from "../../ui/src/lib/resource/verdict.ts";
import { workOf } from "../../ui/src/lib/resource/work.ts";
import { quietHouse } from "../support/ui-house.ts";
import { busyHouse } from "../support/ui-story.ts";

const NOW = Date.UTC(2026, 10, 20, 20, 0);

/** The quiet house with one critical incident. */
const houseWith = (change: Partial<Incident>, more: Partial<ReturnType<typeof quietHouse>> = {}) => {
  const house = { ...quietHouse(NOW), ...more };
  const [example] = busyHouse(NOW).incidents;
  if (!example) throw new Error("the made-up house has no incident");
  const incident = { ...example, severity: "critical" as const, ...change };
  const found = house.drawn.resources[incident.resource];
  if (found) house.drawn.resources[incident.resource] = { ...found, mark: "incident" };
  const incidents = [incident];
  return { ...house, incident, incidents, drawn: marked(house.drawn, incidents, house) };
};
const ask = { ...busyHouse(NOW).asks[0], incident: "inc-0142" } as ReturnType<typeof busyHouse>["asks"][number];
const seen = (house: ReturnType<typeof houseWith>) => ({
  red: verdictOf(house, "live").tone === "critical",
  lines: verdictOf(house, "live").lines,
  cell: conditionOf(house.drawn?.resources[house.incident.resource] ?? { kind: "guest", name: "none", status: "up" }),
});

test.each(["acting", "verifying"] as const)("while Jarvis is %s on a critical incident nothing is red and nothing needs a person", (status) => {
  expect(seen(houseWith({ status }))).toEqual({ red: false, lines: ["Repairing nextcloud.", "Nothing needs you."], cell: "act" });
});

test("one that was just found is looked at, not red", () => {
  const [example] = busyHouse(NOW).incidents;
  expect(seen(houseWith({ status: "open", words: example?.cause.words ?? "" }))).toEqual({ red: false, lines: ["Looking at nextcloud.", "Nothing needs you."], cell: "act" });
});

test("a critical one that is escalated, or waits for a word, is red, and the verdict says so", () => {
  const red = { red: true, lines: ["Not well.", "One thing needs you."] as const, cell: "crit" as const };
  expect(seen(houseWith({ status: "escalated" }))).toEqual({ ...red, lines: [...red.lines] });
  expect(seen(houseWith({ status: "acting" }, { asks: [ask] }))).toEqual({ ...red, lines: [...red.lines] });
});

test("where Jarvis may not act by itself, or only watches for want of proof, an open one is a person's", () => {
  const { status } = quietHouse(NOW);
  const { incident } = houseWith({ status: "open" });
  const hands = { status, asks: [] };
  expect(turnOf(incident, { ...hands, status: { ...status, mode: "observe" } })).toBe("person");
  expect(turnOf(incident, { ...hands, status: { ...status, killed: true } })).toBe("person");
  const unclear = { ...incident, cause: { ...incident.cause, verdict: "unclear" as const } };
  expect(turnOf(unclear, hands)).toBe("person");
  expect(turnOf({ ...unclear, cause: { ...unclear.cause, graceSeconds: 60 } }, hands)).toBe("jarvis");
  expect(turnOf({ ...incident, status: "resolved" }, hands)).toBe("over");
});

test("a warning that needs a person is amber, never red", () => {
  expect(seen(houseWith({ status: "escalated", severity: "warning" }))).toEqual({ red: false, lines: ["Stable.", "One thing needs you."], cell: "warn" });
});

test("one that was told without an act reads as told, not as failed", () => {
  const house = houseWith({ status: "escalated", callIds: [], victims: [] });
  expect(isTold(house.incident)).toBe(true);
  const { callIds: _, ...failed } = house.incident;
  expect(isTold({ ...failed, callIds: ["call-1"] })).toBe(false);
  expect(attentionOf(house)[0]).toMatchObject({ words: `Told, needs you. ${house.incident.cause.words}`, verb: { label: "Open" } });
  const timeline = house.incident.timeline.filter(({ step }) => step === "detected" || step === "diagnosed");
  const report = { at: new Date(NOW).toISOString(), step: "report" as const, words: "It needs a person." };
  const steps = storySteps({ ...house.incident, timeline: [...timeline, report] });
  expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual(["Detected done", "Diagnosed done", "Acted skipped", "Verifying skipped", "Report done"]);
  expect(steps[2]?.words).toBe("Nothing I have mends this, so I told you.");
  const work = workOf({ live: true, status: house.status, thinking: false, blind: false, incidents: house.incidents, calls: [], drawn: house.drawn, asks: [] });
  expect(work).toMatchObject({ word: "Told, needs you", mood: "alarm", done: 2, now: 4 });
});

test("a step's time is that of the words it shows", () => {
  const { incident } = houseWith({ status: "open" });
  const tries = ["20:01", "20:06"].map((time) => ({ at: `2026-11-20T${time}:00.000Z`, step: "acted" as const, words: `Tried at ${time}.` }));
  expect(storySteps({ ...incident, timeline: tries })[2]).toMatchObject({ at: "2026-11-20T20:06:00.000Z", words: "Tried at 20:06." });
});

test("victims are named with their root and marked as hurt by it, not as faults of their own", () => {
  const house = houseWith({ status: "escalated", resource: "node/pve", name: "pve", victims: ["guest/110", "guest/111", "guest/112", "guest/113", "guest/114", "guest/115"] });
  expect(attentionOf(house)).toHaveLength(1);
  expect(attentionOf(house)[0]?.words).toEndWith("6 with it: loki, traefik, nextcloud, paperless, uptime and 1 more.");
  const victim = house.drawn?.resources["guest/110"];
  if (!victim) throw new Error("the victim is not drawn");
  expect(conditionOf(victim)).toBe("hurt");
  expect(accessibleName({ ...victim, status: "unknown", stale: true })).toBe("loki, CT 110, hurt by pve, last known unknown");
  expect(conditionOf(house.drawn?.resources["guest/120"] ?? victim)).toBe("ok");
});

test("a victim with an incident of its own keeps its own mark, and a quiet drawing is handed on as it is", () => {
  const house = quietHouse(NOW);
  const [example] = busyHouse(NOW).incidents;
  if (!example) throw new Error("the made-up house has no incident");
  const root = { ...example, id: "a", resource: "node/pve", name: "pve", status: "escalated" as const, victims: ["guest/112"] };
  const drawn = marked(house.drawn, [root, { ...example, id: "b", status: "acting" }], house);
  expect(drawn?.resources["guest/112"]).toMatchObject({ part: "repair" });
  expect(drawn?.resources["guest/112"]?.hurtBy).toBeUndefined();
  expect(marked(house.drawn, house.incidents, house)).toBe(house.drawn);
});

test("what a storm lists is marked as nobody's victim: each may be a fault of its own", () => {
  const house = houseWith({
    status: "open",
    resource: "house/all",
    name: "The house",
    victims: ["guest/110"],
    cause: { kind: "storm", words: "Much at once.", evidence: [], verdict: "unclear" },
  });
  expect(house.drawn?.resources["guest/110"]).not.toHaveProperty("hurtBy");
});
