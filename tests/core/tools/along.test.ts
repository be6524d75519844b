// What goes along with a target is part of what a person approves: whoever came since is not taken down unasked.
import { afterEach, describe, expect, test } from "bun:test";
import { createRig, OPERATOR, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

/** Destroying 101 takes along what `carried` names at that moment. */
const held = async (carried: string[]) => {
  rig = createRig({
    faultyTool: (tool) => ({
      ...tool,
      ...(tool.preflight ? { preflight: async (input, signal) => ({ ...(await tool.preflight?.(input, signal)), target: "guest/101", carries: [...carried] }) } : {}),
    }),
  });
  const { callId } = await rig.call("world_guest_destroy", 101, OPERATOR);
  const [ask] = rig.core.pipeline.asks();
  if (!ask) throw new Error("no ask");
  const approve = () => rig.core.pipeline.decide(ask.id, "approve", { caller: OPERATOR, confirm: "guest/101" });
  return { ask, callId, approve };
};

describe("what goes along", () => {
  test("is told to who is asked", async () => {
    const { ask } = await held(["guest/104", "guest/103"]);
    expect(ask.why).toEndWith("Along with it go guest/103 and guest/104.");
  });

  test("of many the first are named and the rest counted", async () => {
    const { ask } = await held(Array.from({ length: 30 }, (_, n) => `guest/${200 + n}`));
    expect(ask.why).toContain("guest/209 and 20 more.");
  });

  test("makes another ask of it", async () => {
    const { ask } = await held(["guest/103"]);
    rig.close();
    const other = await held(["guest/103", "guest/104"]);
    expect(other.ask.hash).not.toBe(ask.hash);
  });

  test("as it was asked about is approved, and so is less of it", async () => {
    const carried = ["guest/103", "guest/104"];
    const { approve, callId } = await held(carried);
    carried.pop();
    expect(await approve()).toEqual({ state: "running" });
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(callId)?.state).toBe("succeeded");
  });

  test("and came since the question is refused by name, and nothing is sent", async () => {
    const carried = ["guest/103"];
    const { approve, callId } = await held(carried);
    carried.push("guest/104");
    const text = "guest/104 would go along with guest/101 by now, and did not when this was asked. Nothing was sent; ask again if that is meant too.";
    expect(await approve()).toEqual({ state: "refused", text });
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "denied", rule: "changed", text });
    expect(rig.world.attempts).toHaveLength(0);
    const again = await rig.call("world_guest_destroy", 101, OPERATOR);
    expect(again.state).toBe("held");
  });

  test("and came between the approval and the first byte is not taken along either", async () => {
    const carried = ["guest/103"];
    const { approve, callId } = await held(carried);
    rig.setCheckpoint((name) => {
      if (name === "intent") carried.push("guest/104", "guest/105");
    });
    await approve();
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(callId)).toMatchObject({
      state: "aborted",
      rule: "changed",
      text: "guest/104 and guest/105 would go along with guest/101 by now, and did not when this was asked. Nothing was sent; ask again if that is meant too.",
    });
    expect(rig.world.attempts).toHaveLength(0);
  });
});
