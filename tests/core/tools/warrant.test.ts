// A step of a remedy or runbook is held to its incident by the pipeline itself: cell by cell, before anything is read, and once more right before the first byte.
import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Caller } from "../../../core/contract/caller.ts";
import { strayOf, type Warrant } from "../../../core/tools/warrant.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, type RigOptions } from "./rig.ts";

const RUNBOOK: Caller = { kind: "runbook", id: "farm/cure", scope: "operate", tainted: false };
const FOR = { incident: "INC-0001", remedy: "farm/cure" };
const allows = (more: object = {}): Warrant => ({ root: "guest/101", by: "farm/cure", tools: ["world_guest_start", "world_guest_restart"], targets: ["guest/101"], ...more });

describe("what strays from its incident", () => {
  const step = { incident: "INC-0001", by: "farm/cure", tool: "world_guest_restart", target: "guest/101" };
  test("is nothing that was prescribed, on what it was prescribed for; before the facts are read the target is left open", () => {
    expect(strayOf(allows(), step)).toBeUndefined();
    expect(strayOf(allows(), { ...step, target: undefined })).toBeUndefined();
    expect(strayOf(allows({ targets: ["guest/101", "guest/102"] }), { ...step, target: "guest/102" })).toBeUndefined();
  });
  const cells: [string, Warrant, object, string, RegExp][] = [
    ["an incident that is over", { over: "INC-0001 is over." }, {}, "incident_over", /INC-0001 is over\. Nothing is done for it any more/],
    ["one nobody prescribed for", allows({ by: undefined }), {}, "off_incident", /Nobody prescribed anything for INC-0001/],
    ["another's prescription", allows({ by: "farm/other" }), {}, "off_incident", /farm\/cure was not prescribed for INC-0001, but farm\/other/],
    ["a tool that was not prescribed", allows(), { tool: "world_guest_stop" }, "off_incident", /without world_guest_stop/],
    ["such a tool, its target not known yet", allows(), { tool: "world_guest_stop", target: undefined }, "off_incident", /without world_guest_stop/],
    ["another target", allows(), { target: "guest/102" }, "off_incident", /is about guest\/101, and farm\/cure was not prescribed for guest\/102/],
  ];
  test.each(cells)("is %s", (_, warrant, more, rule, words) => expect(strayOf(warrant, { ...step, ...more })).toMatchObject({ rule, words: expect.stringMatching(words) }));

  test("no list of tools and targets lets in what is not on it", () => {
    const some = fc.subarray(["world_guest_start", "world_guest_stop", "world_guest_destroy"]);
    const where = fc.subarray(["guest/101", "guest/102", "guest/103"]);
    fc.assert(
      fc.property(some, where, fc.constantFrom("world_guest_start", "world_guest_destroy"), fc.constantFrom("guest/101", "guest/103"), (tools, targets, tool, target) =>
        expect(strayOf(allows({ tools, targets }), { ...step, tool, target }) === undefined).toBe(tools.includes(tool) && targets.includes(target)),
      ),
    );
  });
});

let rig: Rig;
const fresh = (warrant: RigOptions["warrant"] = () => allows()): void => {
  rig = createRig({ warrant });
};
const sent = (): number => rig.world.attempts.length;

describe("the pipeline", () => {
  afterEach(() => rig.close());
  test("lets a step run that stays inside, and refuses one that does not before any intent, whoever of the two makes it and whatever its effect", async () => {
    fresh();
    for (const caller of [RUNBOOK, REMEDY]) {
      expect(await rig.call("world_guest_start", 102, caller, FOR)).toMatchObject({ state: "refused", rule: "off_incident" });
      expect(await rig.call("world_guest_restart", 102, caller, FOR)).toMatchObject({ state: "refused", rule: "off_incident" });
      expect(await rig.call("world_guest_destroy", 101, caller, FOR)).toMatchObject({ state: "refused", rule: "off_incident" });
      expect(await rig.call("world_guest_start", 101, caller, { ...FOR, remedy: "farm/other" })).toMatchObject({ state: "refused", rule: "off_incident" });
      // Naming an incident without the remedy frees from nothing.
      expect(await rig.call("world_guest_start", 102, { ...caller, id: "farm/cure" }, { incident: "INC-0001" })).toMatchObject({ state: "refused", rule: "off_incident" });
    }
    expect([sent(), rig.core.journal.list().every(({ state }) => state === "refused")]).toEqual([0, true]);
    expect(await rig.finish("world_guest_restart", 101, RUNBOOK, FOR)).toMatchObject({ state: "succeeded" });
  });

  test("takes the target from the facts, not from the arguments", async () => {
    fresh();
    rig.world.wide = "guest/103";
    expect(await rig.call("world_guest_start", 101, RUNBOOK, FOR)).toMatchObject({ state: "refused", rule: "off_incident" });
    expect(sent()).toBe(0);
  });

  test("calls off what was let in when its incident is over, or part of another, before the first byte", async () => {
    let warrant = allows();
    fresh(() => warrant);
    for (const over of ["INC-0001 is over.", "INC-0001 is part of another fault by now: pve is dark."]) {
      warrant = allows();
      rig.setCheckpoint((name) => {
        if (name === "intent") warrant = { over };
      });
      expect(await rig.finish("world_guest_restart", 101, RUNBOOK, FOR)).toMatchObject({ state: "aborted", rule: "incident_over", text: expect.stringContaining(over) });
    }
    expect(sent()).toBe(0);
  });

  test("does not do for an incident that is over what a person approves", async () => {
    let warrant = allows({ tools: ["world_guest_destroy"] });
    fresh(() => warrant);
    const held = await rig.call("world_guest_destroy", 101, RUNBOOK, FOR);
    expect(held.state).toBe("held");
    warrant = { over: "INC-0001 is over." };
    expect(await rig.core.pipeline.decide(held.ask ?? "", "approve", { caller: OPERATOR, confirm: "guest/101" })).toEqual({
      state: "refused",
      text: expect.stringContaining("INC-0001 is over."),
    });
    expect([sent(), rig.core.journal.get(held.callId)?.rule]).toEqual([0, "incident_over"]);
  });

  test("counts a model's step as bound only where it stays inside; a person is held to no incident", async () => {
    fresh();
    expect(await rig.call("world_guest_restart", 102, MODEL, FOR)).toMatchObject({ state: "held", rule: "unbound" });
    expect(await rig.finish("world_guest_restart", 101, MODEL, FOR)).toMatchObject({ state: "succeeded" });
    expect(await rig.finish("world_guest_restart", 102, OPERATOR, FOR)).toMatchObject({ state: "succeeded" });
  });

  test("says so in a dry run, and keeps what holds before it: the kill switch has the first word", async () => {
    fresh();
    expect(await rig.call("world_guest_start", 102, RUNBOOK, { ...FOR, dryRun: true })).toMatchObject({ state: "refused", rule: "off_incident" });
    rig.core.switches.engage("effects", OPERATOR);
    expect((await rig.call("world_guest_start", 102, RUNBOOK, FOR)).rule).toBe("killed");
  });
});
