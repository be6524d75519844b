// While everything is held nothing is offered that would not be done, and the page says what comes first.
import { expect, test } from "bun:test";
import { outcomeOf, standsInTheWay } from "../../ui/src/lib/ask/outcome.ts";
import { attentionOf, verdictOf } from "../../ui/src/lib/resource/verdict.ts";
import { busyHouse } from "../support/ui-story.ts";

const NOW = Date.UTC(2026, 10, 20, 20, 0);

const stopped = (killed: boolean, killLevel?: "pause" | "effects") => {
  const house = busyHouse(NOW);
  const [incident] = house.incidents;
  const guest = house.drawn.resources["guest/112"];
  if (!incident || !guest) throw new Error("the made-up house has no incident");
  house.drawn.resources["guest/112"] = { ...guest, status: "down", mark: "incident" };
  return { ...house, incidents: [{ ...incident, status: "escalated" as const }], status: { ...house.status, killed, ...(killLevel ? { killLevel } : {}) } };
};

test("a guest that is down is offered to be started, in a sentence that does it", () => {
  expect(attentionOf(stopped(false))[0]?.verb).toMatchObject({ label: "Fix this", say: "start nextcloud" });
});

test("while held the same is only to be opened, and says that nothing is done before it is resumed", () => {
  const house = stopped(true, "effects");
  const [first] = attentionOf(house);
  expect(first?.verb).toEqual({ label: "Open", href: "/incidents/inc-0142" });
  expect(first?.words).toStartWith("Held: nothing is done until you resume.");
  expect(verdictOf(house, "live").lines[0]).toBe("Held.");
  expect(attentionOf(house).filter(({ verb }) => verb.label === "Fix this")).toEqual([]);
});

test("a pause binds what Jarvis does unasked, not what a person asks for", () => {
  expect(attentionOf(stopped(true, "pause"))[0]?.verb.label).toBe("Fix this");
  expect([standsInTheWay({ mode: "act", killed: true, killLevel: "pause" }), standsInTheWay({ mode: "act", killed: false })]).toEqual([undefined, undefined]);
});

test("what stands in the way of a yes is said before it is pressed", () => {
  expect(standsInTheWay({ mode: "act", killed: true })).toBe("Everything is held: resume first, then approve.");
  expect(standsInTheWay({ mode: "observe", killed: false })).toContain("raise it first");
});

test("a question that no longer waits says what became of it", () => {
  const call = { decision: "deny" as const, rule: "approved", text: "It said so." };
  const heads = (["expired", "denied", "refused", "intent", "succeeded", "failed", "unknown"] as const).map((state) => outcomeOf({ ...call, state }).head);
  expect(heads).toEqual(["Expired", "Withdrawn", "Not done", "Approved", "Approved and done", "Approved, and it failed", "Approved; its end is not known"]);
  expect(outcomeOf({ ...call, state: "denied", rule: "rejected", text: "A person said no: later." })).toEqual({
    tone: "off",
    head: "Denied",
    words: "A person said no: later. Nothing was done.",
  });
  expect(outcomeOf({ ...call, state: "expired" }).words).toContain("that means no");
  expect(outcomeOf(undefined).head).toBe("Decided");
});
