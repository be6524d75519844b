// An act that may lose data is one class higher for Jarvis where no good backup could bring it back, and everybody is told so.
import { afterEach, describe, expect, test } from "bun:test";
import type { Effect, Preflight } from "../../../core/contract/tool.ts";
import { backupLack } from "../../../core/tools/backup-lack.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { escalate } from "../../../core/tools/escalate.ts";
import { createRig, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";
import { worldTool } from "./world.ts";

const NOW_MS = Date.parse("2026-01-10T00:00:00Z");
const facts = (backup: Preflight["backup"]) => ({ target: "guest/101", name: "orchid", ...(backup === undefined ? {} : { backup }) });
const made = (hoursAgo: number, limitHours = 26): Preflight["backup"] => ({ goodAt: new Date(NOW_MS - hoursAgo * 3_600_000).toISOString(), limitHours });

describe("what there is to go back to", () => {
  test("is enough up to its age allowed, and said in words beyond it", () => {
    expect(backupLack(facts(undefined), NOW_MS)).toBeUndefined();
    expect(backupLack(undefined, NOW_MS)).toBeUndefined();
    expect(backupLack(facts(made(26)), NOW_MS)).toBeUndefined();
    expect(backupLack(facts(made(27)), NOW_MS)).toBe("The newest good backup of orchid is 27 h old, and 26 h are allowed: what changed since does not come back.");
    expect(backupLack(facts(made(240, 176)), NOW_MS)).toContain("is 10 days old, and 7 days are allowed");
    expect(backupLack(facts({ limitHours: 26 }), NOW_MS)).toBe("orchid has no good backup: what this loses does not come back.");
    expect(backupLack(facts(null), NOW_MS)).toContain("could not be learned");
  });
  test("made in the future, or at no time at all, is none", () => {
    expect(backupLack(facts(made(-3)), NOW_MS)).toContain("has no good backup");
    expect(backupLack(facts({ goodAt: "yesterday", limitHours: 26 }), NOW_MS)).toContain("has no good backup");
  });
});

describe("the effect", () => {
  /** As declared -> of Jarvis unasked -> of a person or token. */
  const TABLE: readonly (readonly [Effect, Effect, Effect])[] = [
    ["read", "read", "read"],
    ["reversible", "disruptive", "reversible"],
    ["disruptive", "destructive", "disruptive"],
    ["destructive", "destructive", "destructive"],
  ];
  test("is one class higher for Jarvis, and as it was for who asks in person or by token", () => {
    for (const [effect, ofJarvis, ofOthers] of TABLE)
      expect([true, false].map((unasked) => escalate({ effect, input: {}, facts: { target: "guest/101" }, unasked, unbacked: true }))).toEqual([ofJarvis, ofOthers]);
  });
  test("stays where a good backup is", () => {
    for (const [effect] of TABLE) expect(escalate({ effect, input: {}, facts: { target: "guest/101" }, unasked: true, unbacked: false })).toBe(effect);
  });
});

describe("a call", () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const withBackup = (backup: Preflight["backup"], effect: Effect = "disruptive") => {
    const told = (tool: BoundTool): BoundTool => {
      const { preflight } = tool;
      return preflight && backup !== undefined ? { ...tool, preflight: async (input, signal) => ({ ...(await preflight(input, signal)), backup }) } : tool;
    };
    rig = createRig({ tools: (world, clock) => [told(worldTool({ name: "world_guest_stop", effect, world, clock, makes: false }))] });
    return rig;
  };
  const ofIncident = { remedy: "guest-crashed", incident: "INC-0001" };
  const stop = (caller: typeof REMEDY, more = {}) => rig.call("world_guest_stop", 101, caller, more);

  test("of a remedy that would run waits for a person, who reads first that there is no backup", async () => {
    withBackup({ limitHours: 26 });
    const answer = await stop(REMEDY, ofIncident);
    expect(answer).toMatchObject({ state: "held", rule: "destructive", text: expect.stringContaining("name-101 has no good backup: what this loses does not come back.") });
    const [ask] = rig.core.pipeline.asks();
    expect(ask).toMatchObject({ effect: "destructive", why: expect.stringContaining("name-101 has no good backup") });
    expect(rig.world.attempts).toEqual([]);
  });
  test("of a remedy runs as ever with a good one, and where its tool loses nothing", async () => {
    for (const backup of [{ goodAt: "2020-01-01T00:00:00Z", limitHours: 1_000_000 }, undefined] satisfies Preflight["backup"][]) {
      withBackup(backup);
      expect(["succeeded", "running"]).toContain((await stop(REMEDY, ofIncident)).state);
      if (backup !== undefined) rig.close();
    }
  });
  test("of the operator or a token runs, with the lack as a warning", async () => {
    for (const caller of [OPERATOR, TOKEN]) {
      withBackup(null);
      const answer = await stop(caller);
      expect(["succeeded", "running"]).toContain(answer.state);
      expect(rig.core.journal.get(answer.callId)?.warnings).toEqual([expect.stringContaining("could not be learned")]);
      if (caller === OPERATOR) rig.close();
    }
  });
  test("of the operator that destroys is held with the lack in its question, once", async () => {
    withBackup({ limitHours: 26 }, "destructive");
    const answer = await stop(OPERATOR);
    expect(answer).toMatchObject({ state: "held", text: expect.stringContaining("has no good backup") });
    expect(answer.warnings).toBeUndefined();
  });
});
