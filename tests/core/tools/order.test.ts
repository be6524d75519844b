// The order of one call: policy, then a person where one must be asked, and only then budgets and passing hindrances, at the approval and again before the first byte.
import { afterEach, describe, expect, test } from "bun:test";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";
import { worldTool } from "./world.ts";

let rig: Rig;
afterEach(() => rig.close());
const ofIncident = { remedy: "guest-crashed", incident: "INC-0001" };
const decide = (id: string | undefined) => rig.core.pipeline.decide(id ?? "", "approve", { caller: OPERATOR, confirm: "guest/101" });

describe("what a person must decide", () => {
  test("is held whatever the budgets say, which count only when it is approved", async () => {
    rig = createRig();
    await rig.finish("world_guest_restart", 101, REMEDY, ofIncident);
    expect(await rig.call("world_guest_reboot", 101, REMEDY, ofIncident)).toMatchObject({ state: "refused", rule: "target_gap" });
    const asked = await rig.call("world_guest_reboot", 101, MODEL);
    expect(asked).toMatchObject({ state: "held", rule: "unbound", warnings: [expect.stringContaining("less than 5 minutes ago")] });
    await decide(asked.ask);
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(asked.callId)).toMatchObject({ state: "succeeded", rule: "approved" });
  });

  test("is held though another act is under way, and refused when that still is so at the approval", async () => {
    rig = createRig({ mode: "propose" });
    await rig.call("world_guest_restart", 101, OPERATOR);
    const asked = await rig.call("world_guest_restart", 101, REMEDY, ofIncident);
    expect(asked).toMatchObject({ state: "held", warnings: [expect.stringContaining("under way"), expect.anything(), expect.anything()] });
    await decide(asked.ask);
    expect(rig.core.journal.get(asked.callId)).toMatchObject({ state: "refused", rule: "target_busy" });
  });

  test("is held over a lock that may be gone by then, and says nothing of it once it is", async () => {
    rig = createRig();
    rig.world.thing("guest/101").lock = "backup";
    const asked = await rig.call("world_guest_destroy", 101, OPERATOR);
    expect(asked).toMatchObject({ state: "held", warnings: ["guest/101 is locked (backup)."] });
    rig.world.thing("guest/101").lock = undefined;
    await decide(asked.ask);
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(asked.callId)?.state).toBe("succeeded");
    expect(rig.core.journal.get(asked.callId)?.warnings).toBeUndefined();
  });

  test("approved in time is still called off when the lock comes back before the first byte", async () => {
    rig = createRig({
      checkpoint: (name) => {
        if (name === "intent") rig.world.thing("guest/101").lock = "backup";
      },
    });
    const asked = await rig.call("world_guest_destroy", 101, OPERATOR);
    await decide(asked.ask);
    await rig.clock.advance(1000);
    expect(rig.core.journal.get(asked.callId)).toMatchObject({ state: "aborted", rule: "locked" });
    expect(rig.world.attempts).toHaveLength(0);
  });
});

describe("nobody is asked about what no approval could lift", () => {
  test("protected, self, observe and killed", async () => {
    rig = createRig({ self: { state: "guest", resources: ["guest/103"], words: "self" } });
    expect((await rig.call("world_guest_destroy", 900, OPERATOR)).rule).toBe("protected");
    expect((await rig.call("world_guest_destroy", 103, OPERATOR)).rule).toBe("self");
    expect((await rig.call("world_guest_destroy", 101, TOKEN)).rule).toBe("token_destructive");
    rig.core.switches.setMode("observe", OPERATOR);
    expect((await rig.call("world_guest_destroy", 101, OPERATOR)).rule).toBe("observe");
    rig.core.switches.engage("effects", OPERATOR);
    expect((await rig.call("world_guest_destroy", 101, OPERATOR)).rule).toBe("killed");
    expect(rig.core.pipeline.asks()).toEqual([]);
  });

  test("a template, a protection flag, an identity that cannot be learned", async () => {
    for (const [facts, rule] of [
      [{ template: true }, "template"],
      [{ protection: true }, "protection"],
      [{ identity: null }, "identity"],
      [{ ha: { managed: true, past: true } }, "ha"],
    ] as const) {
      rig = createRig({
        tools: (world, clock) => {
          const tool = worldTool({ name: "world_guest_destroy", effect: "destructive", world, clock });
          return [{ ...tool, preflight: async (input, signal) => ({ target: "guest/101", ...(await tool.preflight?.(input, signal)), ...facts }) }];
        },
      });
      expect(await rig.call("world_guest_destroy", 101, OPERATOR)).toMatchObject({ state: "refused", rule });
      rig.close();
    }
  });
});
