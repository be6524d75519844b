// What a crash or a lost reply leaves behind: nothing is sent twice, nothing is claimed without evidence, everything ends.
import { afterEach, describe, expect, test } from "bun:test";
import { GRACE_MS, RESOLVE_MS } from "../../../core/tools/resolve.ts";
import { createRig, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";
import { worldTool } from "./world.ts";

let rig: Rig;
afterEach(() => rig.close());

const only = () => {
  const [call] = rig.core.journal.list();
  if (!call) throw new Error("no call");
  return call;
};

describe("a lost reply", () => {
  test("of an act that happened is adopted by its evidence and proved", async () => {
    rig = createRig();
    rig.world.fate = "drop-reply";
    const call = await rig.finish("world_guest_start", 101, OPERATOR);
    expect(call).toMatchObject({ state: "succeeded", upid: "UPID:1:drop-reply" });
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("of an act that did not happen is closed as not applied only after the grace", async () => {
    rig = createRig();
    rig.world.fate = "lost";
    const { callId } = await rig.call("world_guest_start", 101, OPERATOR);
    await rig.clock.advance(GRACE_MS - 10_000);
    expect(rig.core.journal.get(callId)?.state).toBe("unknown");
    await rig.clock.advance(20_000);
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "failed", text: expect.stringContaining("never applied") });
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("of a request that arrives late is found when it does", async () => {
    rig = createRig();
    rig.world.fate = "late";
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("succeeded");
    expect(rig.world.effects).toHaveLength(1);
  });

  test("is not claimed when somebody else did the same", async () => {
    rig = createRig();
    rig.world.fate = "lost";
    await rig.call("world_guest_start", 101, OPERATOR);
    rig.world.foreign("guest/101", true);
    await rig.clock.advance(GRACE_MS + 10_000);
    expect(only()).toMatchObject({ state: "failed", text: expect.stringContaining("Somebody else") });
  });

  test("that stays unclear ends unresolved and freezes the target for all but the operator", async () => {
    rig = createRig();
    rig.world.fate = "lost";
    rig.world.partial = true;
    await rig.call("world_guest_start", 101, OPERATOR);
    await rig.clock.advance(RESOLVE_MS + 10_000);
    expect(only().state).toBe("unresolved");
    expect((await rig.call("world_guest_start", 101, REMEDY)).rule).toBe("target_frozen");
    expect((await rig.call("world_guest_stop", 101, TOKEN)).rule).toBe("target_frozen");
    const operators = await rig.finish("world_guest_start", 101, OPERATOR);
    expect(operators).toMatchObject({ state: "succeeded", warnings: [expect.stringContaining("not known")] });
    expect((await rig.finish("world_guest_start", 101, REMEDY)).state).toBe("succeeded");
  });

  test("of a tool without a trace ends unresolved", async () => {
    rig = createRig({
      tools: (world, clock) => {
        const { trace: _, ...blind } = worldTool({ name: "world_guest_start", effect: "reversible", world, clock });
        return [blind];
      },
    });
    rig.world.fate = "lost";
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("unresolved");
  });

  test("holds its target while it is unknown", async () => {
    rig = createRig();
    rig.world.fate = "lost";
    await rig.call("world_guest_start", 101, OPERATOR);
    await rig.clock.settle();
    expect((await rig.call("world_guest_start", 101, OPERATOR)).rule).toBe("target_busy");
  });

  test("a request that hangs is given up at its deadline and then looked for", async () => {
    rig = createRig();
    rig.world.fate = "hangs";
    const { callId } = await rig.call("world_guest_start", 101, OPERATOR);
    await rig.clock.advance(31_000);
    expect(rig.core.journal.get(callId)?.state).toBe("unknown");
    await rig.clock.advance(GRACE_MS + 10_000);
    expect(rig.core.journal.get(callId)?.state).toBe("failed");
  });
});

describe("a crash", () => {
  const cases = [
    { at: "intent", fate: "ok", ends: "aborted", attempts: 0 },
    { at: "sending", fate: "ok", ends: "failed", attempts: 0 },
    { at: "sent", fate: "ok", ends: "succeeded", attempts: 1 },
    { at: "sent", fate: "lost", ends: "failed", attempts: 1 },
    { at: "sent", fate: "late", ends: "succeeded", attempts: 1 },
    { at: "accepted", fate: "ok", ends: "succeeded", attempts: 1 },
    { at: "verifying", fate: "ok", ends: "succeeded", attempts: 1 },
    { at: "verifying", fate: "flaps", ends: "failed", attempts: 1 },
  ] as const;
  for (const { at, fate, ends, attempts } of cases) {
    test(`at ${at}, the request being ${fate}, ends ${ends} with ${attempts} sent and one report`, async () => {
      let crashed = false;
      rig = createRig({
        checkpoint: async (name) => {
          if (name !== at || crashed) return;
          crashed = true;
          rig.crash();
          await new Promise(() => {});
        },
      });
      rig.world.fate = fate;
      void rig.core.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 101 }, caller: OPERATOR });
      for (let second = 0; second < 60 && !crashed; second += 1) await rig.clock.advance(1000);
      expect(crashed).toBe(true);
      await rig.restart();
      await rig.clock.advance(200_000);
      expect(only().state).toBe(ends);
      expect(rig.world.attempts).toHaveLength(attempts);
      expect(rig.core.journal.report(only().callId)).toBeDefined();
      expect(rig.core.journal.verifyChain().problems).toEqual([]);
    });
  }

  test("again and again while unknown still ends", async () => {
    rig = createRig();
    rig.world.fate = "drop-reply";
    await rig.call("world_guest_start", 101, OPERATOR);
    for (let round = 0; round < 3; round += 1) {
      rig.crash();
      await rig.restart();
      await rig.clock.advance(500);
    }
    await rig.clock.advance(120_000);
    expect(only().state).toBe("succeeded");
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("grace runs from the restart for what was being sent", async () => {
    let crashed = false;
    rig = createRig({
      checkpoint: async (name) => {
        if (name !== "sent" || crashed) return;
        crashed = true;
        rig.crash();
        await new Promise(() => {});
      },
    });
    rig.world.fate = "lost";
    void rig.core.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 101 }, caller: OPERATOR });
    await rig.clock.advance(60_000);
    await rig.restart();
    await rig.clock.advance(GRACE_MS - 1000);
    expect(only().state).toBe("unknown");
    await rig.clock.advance(10_000);
    expect(only().state).toBe("failed");
  });
});

test("a core whose epoch was superseded sends nothing more and engages its kill switch", async () => {
  rig = createRig();
  const old = rig.core;
  await rig.restart();
  expect(old.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 101 }, caller: OPERATOR })).rejects.toMatchObject({ type: "unavailable" });
  await rig.clock.settle();
  expect(rig.world.attempts).toHaveLength(0);
  old.life.die();
});
