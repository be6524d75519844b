// Where Jarvis only watches it says what it would have done by all that decides about the act itself, sends nothing, and keeps it to be counted: once for each incident and remedy.
import { afterEach, expect, test } from "bun:test";
import type { PolicyRule } from "../../../core/tools/rule-match.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, type RigOptions } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());
const fresh = (options: RigOptions = {}): void => {
  rig = createRig({ mode: "observe", ...options });
};
const of = (incident: string, remedy = "farm/start") => ({ incident, remedy });
const RULE: PolicyRule = { id: "7", origin: "cli 2026-11-23", tool: "*", target: "guest/101", caller: "*", action: "observe" };
const counted = () => rig.core.journal.watched(0, 200).map(({ incident, by, tool, target }) => [incident, by, tool, target]);

test("an act that all else would have let run is said and kept, and counted once however often it came to it", async () => {
  fresh();
  for (let times = 0; times < 3; times += 1) {
    expect(await rig.call("world_guest_restart", 101, REMEDY, of("INC-1"))).toMatchObject({
      state: "refused",
      rule: "observe",
      text: "Jarvis only observes: it would have run it (world_guest_restart on name-101).",
      data: { would: "act" },
    });
    await rig.clock.advance(60_000);
  }
  await rig.call("world_guest_restart", 101, REMEDY, of("INC-2"));
  expect(counted()).toEqual([
    ["INC-2", "farm/start", "world_guest_restart", "guest/101"],
    ["INC-1", "farm/start", "world_guest_restart", "guest/101"],
  ]);
  expect([rig.world.attempts.length, rig.core.journal.verifyChain().ok]).toEqual([0, true]);
});

test("the first time counts, and it outlasts a restart", async () => {
  fresh();
  const before = rig.clock.now();
  await rig.call("world_guest_start", 101, REMEDY, of("INC-1"));
  await rig.clock.advance(600_000);
  await rig.call("world_guest_start", 101, REMEDY, of("INC-1"));
  rig.crash();
  await rig.restart();
  const [kept] = rig.core.journal.watched(0, 200);
  expect((kept?.atMs ?? 0) - before).toBeLessThan(60_000);
  expect(rig.core.journal.watched(rig.clock.now() + 1000, 200)).toEqual([]);
});

test("what would have been asked about or refused for another reason is said so and not counted", async () => {
  fresh();
  expect(await rig.call("world_guest_destroy", 101, REMEDY, of("INC-1"))).toMatchObject({
    rule: "observe",
    text: expect.stringContaining("it would have asked a person first"),
    data: { would: "ask" },
  });
  rig.world.thing("guest/102").lock = "backup";
  expect(await rig.call("world_guest_start", 102, REMEDY, of("INC-2"))).toMatchObject({
    rule: "observe",
    text: expect.stringContaining("it would have refused it (world_guest_start on name-102). guest/102 is locked (backup)"),
  });
  expect(await rig.call("world_guest_start", 900, REMEDY, of("INC-3"))).toMatchObject({ rule: "observe", text: expect.stringContaining("guest/900 is protected") });
  expect(counted()).toEqual([]);
});

test("a rule that has it watch one resource does the same there, under the house's own mode for the rest", async () => {
  fresh({ mode: "act", rules: [RULE] });
  expect(await rig.call("world_guest_restart", 101, REMEDY, of("INC-1"))).toMatchObject({
    rule: "rule_observe",
    text: "Rule 7 (cli 2026-11-23) has Jarvis only watch on guest/101: it would have run it (world_guest_restart on name-101).",
    data: { would: "act" },
  });
  rig.close();
  fresh({ mode: "propose", rules: [RULE] });
  expect(await rig.call("world_guest_restart", 101, REMEDY, of("INC-1"))).toMatchObject({ rule: "rule_observe", data: { would: "ask" } });
  rig.close();
  fresh({ mode: "observe", rules: [RULE, { ...RULE, id: "8", caller: "remedy", action: "propose" }] });
  expect(await rig.call("world_guest_restart", 101, REMEDY, of("INC-1"))).toMatchObject({ rule: "observe", data: { would: "ask" } });
  expect(rig.world.attempts).toEqual([]);
});

test("counts nothing that is for no incident, that somebody asked for, or that the kill switch holds back", async () => {
  fresh();
  await rig.call("world_guest_start", 101, REMEDY);
  await rig.call("world_guest_start", 101, MODEL);
  await rig.call("world_guest_start", 101, OPERATOR, of("INC-1"));
  rig.core.switches.engage("effects", OPERATOR);
  expect(await rig.call("world_guest_start", 101, REMEDY, of("INC-1"))).toMatchObject({ rule: "killed" });
  expect(counted()).toEqual([]);
});

test("a step that is not for its incident would not have been done either", async () => {
  fresh({ warrant: () => ({ over: "INC-1 is over." }) });
  expect(await rig.call("world_guest_start", 101, REMEDY, of("INC-1"))).toMatchObject({
    rule: "observe",
    text: expect.stringContaining("INC-1 is over"),
    data: { would: "refuse" },
  });
  expect(counted()).toEqual([]);
});

test("what a rule itself says is told whole, whatever its words are", async () => {
  fresh({ mode: "act", rules: [{ ...RULE, words: "I know it would have been fine" }] });
  const { text } = await rig.call("world_guest_restart", 101, REMEDY, of("INC-1"));
  expect(text).toContain('("I know it would have been fine"): it would have run it (world_guest_restart on name-101).');
});
