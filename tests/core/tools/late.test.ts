// A call closed as not applied that comes all the same: found, told, put on record, its target left alone until a person looked; never sent again.
import { afterEach, describe, expect, test } from "bun:test";
import { LATE_MS } from "../../../core/tools/late.ts";
import { GRACE_MS } from "../../../core/tools/resolve.ts";
import { createRig, OPERATOR, REMEDY, type Rig, type RigOptions, standardTools } from "./rig.ts";
import { TOO_LATE_MS } from "./world.ts";

let rig: Rig;
const told: { callId: string; words: string }[] = [];
afterEach(() => rig.close());

const listen = (): void => void rig.core.pipeline.onLate(({ callId }, words) => void told.push({ callId, words }));
/** A start that is closed as not applied while its request still hangs somewhere. */
const givenUp = async (options: RigOptions = {}, caller = OPERATOR, more = {}) => {
  told.length = 0;
  rig = createRig(options);
  listen();
  rig.world.fate = "too-late";
  const { callId } = await rig.call("world_guest_start", 101, caller, more);
  await rig.clock.advance(GRACE_MS + 10_000);
  expect(rig.core.journal.get(callId)).toMatchObject({ state: "failed", text: expect.stringContaining("never applied") });
  expect(rig.world.effects).toHaveLength(0);
  return callId;
};

describe("an effect after its call was closed as not applied", () => {
  test("is found, told once and kept beside the call, which stays closed; nothing is sent again", async () => {
    const callId = await givenUp();
    await rig.clock.advance(TOO_LATE_MS + 300_000);
    expect(told).toEqual([{ callId, words: expect.stringContaining("happened after all. our task is in the list I do not touch name-101 by myself") }]);
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "failed", warnings: [expect.stringContaining("happened after all")] });
    expect(rig.core.journal.list()[0]?.warnings).toHaveLength(1);
    expect([rig.world.attempts.length, rig.world.effects.length]).toEqual([1, 1]);
    expect(rig.core.journal.verifyChain().ok).toBe(true);
  });

  test("freezes its target for what Jarvis does unasked, until an act of the operator worked on it", async () => {
    await givenUp();
    await rig.clock.advance(TOO_LATE_MS + 300_000);
    const more = { remedy: "r", incident: "i" };
    expect((await rig.call("world_guest_restart", 101, REMEDY, more)).rule).toBe("target_frozen");
    expect((await rig.finish("world_guest_restart", 101, OPERATOR)).state).toBe("succeeded");
    expect((await rig.call("world_guest_start", 101, REMEDY, more)).rule).not.toBe("target_frozen");
  });

  test("is looked for over a restart as well", async () => {
    const callId = await givenUp();
    rig.crash();
    await rig.restart();
    listen();
    await rig.clock.advance(TOO_LATE_MS + 300_000);
    expect(told.map((one) => one.callId)).toEqual([callId]);
    rig.crash();
    await rig.restart();
    listen();
    await rig.clock.advance(LATE_MS);
    expect(told).toHaveLength(1);
  });

  test("is told apart from a later act of ours on the same target", async () => {
    const callId = await givenUp();
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("succeeded");
    expect(told).toEqual([]);
    await rig.clock.advance(TOO_LATE_MS + 300_000);
    expect(told.map((one) => one.callId)).toEqual([callId]);
  });

  test("is found when two came late at once", async () => {
    await givenUp();
    rig.world.fate = "too-late";
    await rig.call("world_guest_start", 101, OPERATOR);
    await rig.clock.advance(LATE_MS);
    expect(told.length).toBeGreaterThan(0);
    expect(rig.core.journal.late().flatMap(({ upids }) => upids)).toHaveLength(2);
  });

  test("without a task's name is told with its doubt, and freezes nothing", async () => {
    const tools: RigOptions["tools"] = (world, clock) =>
      standardTools(world, clock).map((tool) => ({
        ...tool,
        trace: async (input, sent, signal) => {
          const seen = (await tool.trace?.(input, sent, signal)) ?? { found: "unclear" as const, words: "" };
          return seen.found === "effect" ? { found: "effect", words: seen.words } : seen;
        },
      }));
    await givenUp({ tools });
    await rig.clock.advance(TOO_LATE_MS + 300_000);
    expect(told).toEqual([{ callId: expect.any(String), words: expect.stringContaining("cannot be told") }]);
    expect((await rig.call("world_guest_start", 101, REMEDY, { remedy: "r", incident: "i" })).state).toBe("running");
  });
});

test("what never comes is looked for an hour and not longer", async () => {
  rig = createRig();
  told.length = 0;
  listen();
  rig.world.fate = "lost";
  await rig.call("world_guest_start", 101, OPERATOR);
  await rig.clock.advance(GRACE_MS + 10_000 + LATE_MS);
  const waiting = rig.clock.waiting;
  await rig.clock.advance(LATE_MS);
  expect([told.length, rig.clock.waiting <= waiting]).toEqual([0, true]);
});

test("in 200 cases, however late within the hour, it is always found", async () => {
  for (let number = 0; number < 200; number += 1) {
    rig = createRig();
    told.length = 0;
    listen();
    // Its look at the file every second is all that would make two hours long.
    rig.core.switches.stop();
    rig.world.fate = "lost";
    const { callId } = await rig.call("world_guest_start", 101, OPERATOR);
    const lateMs = GRACE_MS + 20_000 + (number * (LATE_MS - 400_000)) / 200;
    await rig.clock.advance(lateMs);
    rig.world.effects.push({ target: "guest/101", tool: "world_guest_start", atMs: rig.clock.now(), steadyMs: rig.clock.steady(), ours: true, upid: `UPID:late:${number}` });
    await rig.clock.advance(LATE_MS);
    expect(told.map((one) => one.callId)).toEqual([callId]);
    rig.close();
  }
  rig = createRig();
}, 60_000);
