// The path of a call from asking to its report, over the fake world.
import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Caller } from "../../../core/contract/caller.ts";
import { createRig, MODEL, OPERATOR, READER, REMEDY, type Rig, type RigOptions, TOKEN } from "./rig.ts";

let rig: Rig;
const fresh = (options?: RigOptions): Rig => {
  rig = createRig(options);
  return rig;
};
afterEach(() => rig.close());

describe("a call that changes something", () => {
  test("is journaled, sent once, proved twice five seconds apart and reported", async () => {
    const { world, core } = fresh();
    const call = await rig.finish("world_guest_start", 101, OPERATOR);
    expect(call).toMatchObject({ state: "succeeded", rule: "allowed", decision: "allow", target: "guest/101", identity: "uuid-guest/101", caller: OPERATOR });
    expect(world.effects).toHaveLength(1);
    const [first, second] = world.looks;
    expect((second?.steadyMs ?? 0) - (first?.steadyMs ?? 0)).toBeGreaterThanOrEqual(5000);
    const report = core.journal.report(call.callId);
    expect(report?.evidence).toHaveLength(2);
    expect(report?.what).toContain("Done and checked");
  });

  test("answers running when it has not ended within the wait, and its end can be waited for", async () => {
    fresh();
    const answer = await rig.call("world_guest_start", 101, OPERATOR, { waitSeconds: 1 });
    expect(answer.state).toBe("running");
    const ended = rig.core.pipeline.wait(answer.callId);
    await rig.clock.advance(60_000);
    expect((await ended).state).toBe("succeeded");
  });

  test("tells every change of state to listeners in order", async () => {
    fresh();
    const states: string[] = [];
    rig.core.pipeline.on((call) => states.push(call.state));
    await rig.finish("world_guest_start", 101, OPERATOR);
    expect(states).toEqual(["proposed", "intent", "sending", "accepted", "verifying", "succeeded"]);
  });

  test("is refused in words when its input does not fit", async () => {
    fresh();
    const bad = rig.core.pipeline.call({ tool: "world_guest_start", arguments: { vmid: "x" }, caller: OPERATOR });
    expect(bad).rejects.toMatchObject({ type: "bad_input" });
    expect(rig.core.pipeline.call({ tool: "no_such_tool", caller: OPERATOR })).rejects.toMatchObject({ type: "not_found" });
  });

  test("names the nearest tool to a mistyped one, but not to a model or a plugin, which may not list them", async () => {
    fresh();
    const words = (caller: Caller) => rig.core.pipeline.call({ tool: "world_guest_strat", caller }).catch((thrown: unknown) => String(thrown));
    expect(await words(OPERATOR)).toContain("There is no tool named world_guest_strat. Did you mean world_guest_start?");
    expect(await words(READER)).toContain("Did you mean world_guest_start?");
    expect(await words(MODEL)).toEndWith("There is no tool named world_guest_strat.");
    expect(await words({ ...MODEL, kind: "plugin", id: "p" })).toEndWith("There is no tool named world_guest_strat.");
  });

  test("keeps no secret: neither what the schema marks nor what the configuration knows", async () => {
    fresh();
    await rig.finish("world_guest_start", 101, OPERATOR, { arguments: { vmid: 101, password: "hunter2hunter2" } });
    const [call] = rig.core.journal.list();
    expect(call?.arguments).toEqual({ vmid: 101, password: "[redacted]" });
  });

  test("fails at once when the other side says no", async () => {
    fresh().world.fate = "refused";
    expect(await rig.finish("world_guest_start", 101, OPERATOR)).toMatchObject({ state: "failed", text: "403 Permission check failed" });
  });

  test("fails when its task fails", async () => {
    fresh().world.fate = "task-fails";
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("failed");
  });

  test("fails at the first look that says it cannot come true any more, with that look as its evidence", async () => {
    const { core } = fresh({ faultyTool: (tool) => ({ ...tool, verify: async () => ({ ok: false, words: "it has exited again", final: true }) }) });
    const call = await rig.finish("world_guest_start", 101, OPERATOR);
    expect(call).toMatchObject({ state: "failed", text: expect.stringContaining("It does not hold and cannot any more: it has exited again") });
    expect(Date.parse(call.endedAt ?? "") - Date.parse(call.createdAt)).toBeLessThan(10_000);
    expect(core.journal.report(call.callId)?.evidence).toEqual([expect.stringMatching(/cannot hold any more: it has exited again$/)]);
  });

  test("fails when what held at the first look no longer holds at the second", async () => {
    fresh().world.fate = "flaps";
    const call = await rig.finish("world_guest_start", 101, OPERATOR);
    expect(call.state).toBe("failed");
    expect(call.text).toContain("no longer");
  });

  test("fails when it never holds within its time", async () => {
    fresh().world.fate = "never-true";
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("failed");
  });

  test("is refused when its target is not there", async () => {
    fresh();
    expect(await rig.finish("world_guest_start", 555, OPERATOR)).toMatchObject({ state: "refused", rule: "not_found" });
  });

  test("on a target another call holds is refused", async () => {
    fresh();
    await rig.call("world_guest_start", 101, OPERATOR);
    expect(await rig.call("world_guest_stop", 101, OPERATOR)).toMatchObject({ state: "refused", rule: "target_busy" });
  });
});

describe("the facts are read twice", () => {
  test("a lock that appears between intent and sending stops it", async () => {
    fresh({ checkpoint: (name) => void (name === "intent" && Object.assign(rig.world.thing("guest/101"), { lock: "backup" })) });
    expect(await rig.finish("world_guest_start", 101, OPERATOR)).toMatchObject({ state: "aborted", rule: "locked" });
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("a target that has become another one stops it", async () => {
    fresh({ checkpoint: (name) => void (name === "intent" && Object.assign(rig.world.thing("guest/101"), { identity: "another" })) });
    expect(await rig.finish("world_guest_start", 101, OPERATOR)).toMatchObject({ state: "aborted", rule: "identity" });
  });

  test("facts older than ten seconds are not acted on", async () => {
    fresh();
    const tool = rig.core.registry.get("world_guest_start");
    if (!tool?.preflight) throw new Error("no tool");
    const { preflight } = tool;
    let reads = 0;
    rig.core.registry.add({
      ...tool,
      name: "world_slow",
      preflight: async (input, signal) => {
        reads += 1;
        if (reads === 2) await rig.clock.pause(9999);
        return preflight(input, signal);
      },
    });
    expect((await rig.finish("world_slow", 101, OPERATOR)).state).toBe("succeeded");
    rig.core.registry.add({ ...tool, name: "world_hung", preflight: () => new Promise(() => {}) });
    expect(await rig.finish("world_hung", 102, OPERATOR)).toMatchObject({ state: "refused", rule: "preflight_failed" });
  });
});

describe("the kill switch", () => {
  test("between intent and sending stops the call with nothing sent", async () => {
    fresh({ checkpoint: (name) => void (name === "intent" && writeFileSync(join(rig.folder, "KILL"), "")) });
    expect(await rig.finish("world_guest_start", 101, OPERATOR)).toMatchObject({ state: "aborted", rule: "killed" });
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("between sending and the first byte stops the call with nothing sent", async () => {
    fresh({ checkpoint: (name) => void (name === "sending" && writeFileSync(join(rig.folder, "KILL"), "")) });
    expect(await rig.finish("world_guest_start", 101, OPERATOR)).toMatchObject({ state: "failed", rule: "killed" });
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("at `pause` refuses only what Jarvis does unasked", async () => {
    fresh().core.switches.engage("pause", OPERATOR);
    expect((await rig.call("world_guest_start", 101, REMEDY)).rule).toBe("paused");
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("succeeded");
  });
});

describe("a dry run", () => {
  test("says what it would do, sends nothing and journals no effect", async () => {
    fresh();
    const answer = await rig.call("world_guest_stop", 101, OPERATOR, { dryRun: true });
    expect(answer).toMatchObject({ state: "succeeded", rule: "dry_run" });
    expect(answer.text).toContain("guest/101");
    expect(rig.world.attempts).toHaveLength(0);
    expect(rig.core.journal.list()).toHaveLength(0);
    expect(rig.core.journal.list({ effects: "all" })).toHaveLength(1);
    expect((await rig.call("world_guest_stop", 900, OPERATOR, { dryRun: true })).state).toBe("refused");
    expect((await rig.call("world_guest_destroy", 101, OPERATOR, { dryRun: true })).state).toBe("held");
    expect(rig.core.pipeline.asks()).toHaveLength(0);
  });
});

describe("observing", () => {
  test("refuses and says what it would have done", async () => {
    fresh({ mode: "observe" });
    expect(await rig.call("world_guest_start", 101, REMEDY)).toMatchObject({ state: "refused", rule: "observe", text: expect.stringContaining("would have run it") });
    expect((await rig.call("world_guest_destroy", 101, MODEL)).text).toContain("would have asked");
  });
});

describe("an idempotency key", () => {
  test("answers the first call's result, also while it runs and after a restart, and belongs to its caller", async () => {
    fresh();
    const first = await rig.call("world_guest_start", 101, TOKEN, { idempotencyKey: "k" });
    expect((await rig.call("world_guest_start", 101, TOKEN, { idempotencyKey: "k" })).callId).toBe(first.callId);
    await rig.clock.advance(60_000);
    rig.crash();
    await rig.restart();
    expect(await rig.call("world_guest_start", 101, TOKEN, { idempotencyKey: "k" })).toMatchObject({ callId: first.callId, state: "succeeded" });
    expect((await rig.call("world_guest_start", 102, TOKEN, { idempotencyKey: "k" })).warnings).toHaveLength(1);
    expect((await rig.call("world_guest_start", 102, OPERATOR, { idempotencyKey: "k" })).callId).not.toBe(first.callId);
    expect(rig.world.attempts).toHaveLength(2);
  });

  test("is forgotten after a day", async () => {
    fresh();
    rig.core.switches.stop();
    const first = await rig.finish("world_guest_start", 101, TOKEN, { idempotencyKey: "k" });
    await rig.clock.advance(24 * 3_600_000);
    expect((await rig.call("world_guest_start", 101, TOKEN, { idempotencyKey: "k" })).callId).not.toBe(first.callId);
  });
});

describe("stopping", () => {
  test("takes no more calls and leaves what is followed to the next start, which proves it", async () => {
    fresh();
    const { callId } = await rig.call("world_guest_start", 101, OPERATOR);
    await rig.core.pipeline.stop();
    expect(rig.core.pipeline.call({ tool: "world_guest_start", arguments: { vmid: 102 }, caller: OPERATOR })).rejects.toMatchObject({ type: "unavailable" });
    expect(rig.core.journal.get(callId)?.state).toBe("accepted");
    rig.crash();
    await rig.restart();
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(callId)?.state).toBe("succeeded");
    expect(rig.world.attempts).toHaveLength(1);
  });
});

test("a token that may only read changes nothing", async () => {
  fresh();
  expect(await rig.call("world_guest_start", 101, READER)).toMatchObject({ state: "refused", rule: "scope" });
});
