// While Jarvis only waits with something broken, the page says so: what for, until when, and never that nothing is the matter.
import { expect, test } from "bun:test";
import type { Incident } from "../../core/contract/incident.ts";
import { waits } from "../../core/incidents/words.ts";
import { hourMinute, hourMinuteSecond } from "../../ui/src/lib/format/moment.ts";
import { conditionOf, stateWord } from "../../ui/src/lib/resource/condition.ts";
import { marked } from "../../ui/src/lib/resource/mark.ts";
import { pauseOf } from "../../ui/src/lib/resource/pause.ts";
import { attentionOf, verdictOf } from "../../ui/src/lib/resource/verdict.ts";
import { workOf } from "../../ui/src/lib/resource/work.ts";
import { quietHouse } from "../support/ui-house.ts";
import { busyHouse } from "../support/ui-story.ts";

const NOW = Date.UTC(2026, 10, 20, 20, 0);
const NEXT = NOW + 5 * 60_000;

const houseWith = (change: Partial<Incident>, rest: readonly Incident[] = []) => {
  const house = quietHouse(NOW);
  const [example] = busyHouse(NOW).incidents;
  if (!example) throw new Error("the made-up house has no incident");
  const { words: _, ...silent } = example;
  const incident: Incident = { ...silent, severity: "critical", status: "open", callIds: [], ...change };
  const guest = house.drawn.resources["guest/112"];
  if (guest) house.drawn.resources["guest/112"] = { ...guest, status: "down", mark: "incident" };
  const incidents = [incident, ...rest];
  return { ...house, incident, incidents, drawn: marked(house.drawn, incidents, house) };
};
const workIn = (house: ReturnType<typeof houseWith>) =>
  workOf({ live: true, status: house.status, thinking: false, blind: false, incidents: house.incidents, calls: [], drawn: house.drawn, asks: [] });

test("between two tries it waits, says until when by the clock of who reads, and is no quiet house", () => {
  const house = houseWith({ callIds: ["call-1"], words: waits("nextcloud", 1, NEXT) });
  expect(pauseOf(house.incident)).toMatchObject({ untilMs: NEXT });
  expect(verdictOf(house, "live").lines).toEqual(["nextcloud is not well.", `I wait: next try at ${hourMinute(NEXT)}.`]);
  expect(attentionOf(house)[0]).toMatchObject({ tone: "warn", waits: true, words: expect.stringContaining(`the next try is at ${hourMinute(NEXT)}`) });
  expect(workIn(house)).toMatchObject({ word: "Waiting", words: expect.stringContaining(hourMinute(NEXT)), untilMs: NEXT });
  const drawn = house.drawn?.resources["guest/112"];
  expect(drawn && [conditionOf(drawn), stateWord(drawn)]).toEqual(["warn", "stopped, I wait before I try again"]);
});

test("a try that comes after midnight is tomorrow's", () => {
  const late = Date.UTC(2026, 10, 20, 23, 58);
  const { incident } = houseWith({ openedAt: new Date(late).toISOString(), words: waits("nextcloud", 2, late + 4 * 60_000) });
  expect(pauseOf(incident)?.untilMs).toBe(late + 4 * 60_000);
});

test("while a grace runs it says what would be done when the grace is over", () => {
  const openedAt = new Date(NOW).toISOString();
  const cause = { kind: "unknown", words: "Nothing tells why it stopped.", evidence: [], verdict: "unclear" as const, graceSeconds: 60 };
  const house = houseWith({ openedAt, cause });
  expect(pauseOf(house.incident)).toEqual({
    untilMs: NOW + 60_000,
    words: `It is not proven to be a fault. If it still stands at ${hourMinuteSecond(NOW + 60_000)}, I act. Nothing tells why it stopped.`,
  });
  expect(workIn(house)).toMatchObject({ word: "Waiting" });
});

test("what it waits for without a known end is told in its own words", () => {
  const words = "I would start the guest again, and wait: its storage is not there.";
  const house = houseWith({ words });
  expect(pauseOf(house.incident)).toEqual({ words });
  expect(verdictOf(house, "live").lines).toEqual(["nextcloud is not well.", "I wait with it."]);
});

test("one that was just found, or is worked on, is no pause", () => {
  const { incident } = houseWith({});
  expect(pauseOf(incident)).toBeUndefined();
  expect(pauseOf({ ...incident, words: incident.cause.words })).toBeUndefined();
  expect(pauseOf({ ...incident, status: "acting", words: "I start it." })).toBeUndefined();
});

test("while another is repaired, the one that waits is not forgotten", () => {
  const [moving] = busyHouse(NOW).incidents;
  if (!moving) throw new Error("the made-up house has no incident");
  const house = houseWith({ id: "b", resource: "guest/114", name: "uptime", callIds: ["call-1"], words: waits("uptime", 1, NEXT) }, [moving]);
  expect(verdictOf(house, "live").lines).toEqual(["Repairing nextcloud.", `uptime waits: next try at ${hourMinute(NEXT)}.`]);
});
