// An incident may end in the moment a person approves what was asked for it: the ask goes with it, whatever else is held then.
import { afterEach, expect, test } from "bun:test";
import { createRig, OPERATOR, REMEDY, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const held = async () => {
  rig = createRig({ mode: "propose" });
  const { callId } = await rig.call("world_guest_restart", 101, REMEDY, { remedy: "guest-crashed", incident: "INC-0001" });
  const [ask] = rig.core.pipeline.asks();
  if (!ask) throw new Error("no ask");
  rig.world.slowMs = 2000;
  const answer = rig.core.pipeline.decide(ask.id, "approve", { caller: OPERATOR });
  await rig.clock.settle();
  return { answer, callId };
};
const well = "No longer wanted: it is well again.";

test.each([false, true])("an incident that ends while its approval is looked at takes its ask with it (everything held meanwhile: %p)", async (isHeld) => {
  const { answer, callId } = await held();
  if (isHeld) rig.core.switches.engage("effects", OPERATOR);
  rig.core.pipeline.withdraw("INC-0001", "it is well again.");
  await rig.clock.advance(3000);
  expect(await answer).toEqual({ state: "refused", text: well });
  expect(rig.core.journal.get(callId)).toMatchObject({ state: "denied", rule: "changed", text: well });
  expect(rig.core.pipeline.asks()).toEqual([]);
  expect(rig.world.attempts).toHaveLength(0);
});

test("another incident's end takes nothing away", async () => {
  const { answer } = await held();
  rig.core.pipeline.withdraw("INC-0002", "it is well again.");
  await rig.clock.advance(3000);
  expect(await answer).toEqual({ state: "running" });
});
