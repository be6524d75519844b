// What is so already is not done again: nothing is sent, nobody is asked, and it is no failure and no try.
import { afterEach, expect, test } from "bun:test";
import { ALREADY, wasSent } from "../../../core/contract/call.ts";
import { nextTry } from "../../../core/incidents/remedy.ts";
import { createRig, OPERATOR, REMEDY, type Rig } from "./rig.ts";
import { worldTool } from "./world.ts";

let rig: Rig;
afterEach(() => rig.close());
const begin = () => {
  rig = createRig({
    tools: (world, clock) => [
      worldTool({ name: "world_guest_start", effect: "reversible", world, clock, settles: true }),
      worldTool({ name: "world_guest_destroy", effect: "destructive", world, clock, makes: false, settles: true }),
    ],
  });
  return rig;
};
const TRIES = { perHour: 3, gapsMinutes: [0, 5, 15] };

test("a start of what runs is refused at once, sends nothing and says why", async () => {
  begin().world.thing("guest/101").up = true;
  const answer = await rig.call("world_guest_start", 101, OPERATOR);
  expect(answer).toMatchObject({ state: "refused", rule: ALREADY, text: "guest/101 is so already; nothing was done." });
  expect(rig.world.attempts).toEqual([]);
  expect(rig.core.journal.report(answer.callId)?.what).toStartWith("Nothing had to be done");
});

test("one that came up between the decision and the first byte is called off, and counts as no try of its remedy", async () => {
  begin().setCheckpoint((name) => {
    if (name === "intent") rig.world.thing("guest/101").up = true;
  });
  const call = await rig.finish("world_guest_start", 101, REMEDY, { remedy: "r", incident: "i" });
  expect(call).toMatchObject({ state: "aborted", rule: ALREADY });
  expect([wasSent(call.state), rig.world.attempts.length]).toEqual([false, 0]);
  expect(nextTry([call], TRIES, rig.clock.now())).toEqual({ when: "now" });
  expect(rig.core.switches.view().mode).toBe("act");
});

test("nobody is asked about what is so already, and the kill switch has the first word", async () => {
  begin();
  expect(await rig.call("world_guest_destroy", 101, OPERATOR)).toMatchObject({ state: "refused", rule: ALREADY });
  expect(rig.core.pipeline.asks()).toEqual([]);
  rig.core.switches.engage("effects", OPERATOR);
  expect(await rig.call("world_guest_destroy", 101, OPERATOR)).toMatchObject({ state: "refused", rule: "killed" });
});

test("a dry run says so too", async () => {
  begin().world.thing("guest/101").up = true;
  expect(await rig.call("world_guest_start", 101, OPERATOR, { dryRun: true })).toMatchObject({ state: "refused", rule: ALREADY });
});
