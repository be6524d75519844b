// A held call and the person who decides it.
import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ADMIN_TOKEN, createRig, MODEL, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";

let rig: Rig;
afterEach(() => rig.close());

const held = async (caller = OPERATOR, tool = "world_guest_destroy") => {
  rig = createRig();
  const answer = await rig.call(tool, 101, caller);
  expect(answer).toMatchObject({ state: "held", ask: expect.any(String) });
  const [ask] = rig.core.pipeline.asks();
  if (!ask) throw new Error("no ask");
  return { ask, callId: answer.callId };
};
const decide = async (id: string, decision: "approve" | "reject", more: Partial<Parameters<typeof rig.core.pipeline.decide>[2]> = {}) =>
  rig.core.pipeline.decide(id, decision, { caller: OPERATOR, ...more });

describe("an ask", () => {
  test("for what is destructive is approved only with its target typed, by id or name", async () => {
    const { ask, callId } = await held();
    expect(decide(ask.id, "approve")).rejects.toMatchObject({ type: "bad_input" });
    expect(decide(ask.id, "approve", { confirm: "guest/102" })).rejects.toMatchObject({ type: "bad_input" });
    expect(await decide(ask.id, "approve", { confirm: "name-101", hash: ask.hash })).toEqual({ state: "running" });
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "succeeded", rule: "approved", decision: "ask" });
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("is used once", async () => {
    const { ask } = await held();
    const both = await Promise.allSettled([decide(ask.id, "approve", { confirm: "guest/101" }), decide(ask.id, "approve", { confirm: "guest/101" })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await rig.clock.advance(60_000);
    expect(decide(ask.id, "approve", { confirm: "guest/101" })).rejects.toMatchObject({ type: "not_found" });
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("rejected sends nothing, and keeps the words", async () => {
    const { ask, callId } = await held();
    expect(await decide(ask.id, "reject", { words: "not today" })).toEqual({ state: "refused" });
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "denied", rule: "rejected", text: "A person said no: not today" });
  });

  test("expires after ten minutes, also over a restart", async () => {
    const { ask, callId } = await held();
    await rig.clock.advance(300_000);
    rig.crash();
    await rig.restart();
    expect(rig.core.pipeline.asks()).toHaveLength(1);
    await rig.clock.advance(300_001);
    expect(rig.core.journal.get(callId)?.state).toBe("expired");
    expect(rig.core.pipeline.asks()).toHaveLength(0);
    expect(decide(ask.id, "approve", { confirm: "guest/101" })).rejects.toMatchObject({ type: "not_found" });
  });

  test("is decided by the operator only, and no token approves its own call", async () => {
    const { ask } = await held(ADMIN_TOKEN);
    for (const caller of [TOKEN, MODEL, REMEDY, ADMIN_TOKEN, { ...OPERATOR, kind: "mcp" as const }])
      expect(decide(ask.id, "approve", { caller, confirm: "guest/101" })).rejects.toMatchObject({ type: "operator_only" });
    expect(await decide(ask.id, "approve", { caller: { ...ADMIN_TOKEN, id: "another" }, confirm: "guest/101" })).toEqual({ state: "running" });
  });

  test("ends with the incident it was made for, and no other does", async () => {
    rig = createRig({ mode: "propose" });
    const first = await rig.call("world_guest_restart", 101, REMEDY, { remedy: "guest-crashed", incident: "INC-0001" });
    const second = await rig.call("world_guest_restart", 102, REMEDY, { remedy: "guest-crashed", incident: "INC-0002" });
    expect([first.state, second.state]).toEqual(["held", "held"]);
    rig.core.pipeline.withdraw("INC-0001", "it is well again.");
    await rig.core.pipeline.wait(first.callId);
    expect(rig.core.journal.get(first.callId)).toMatchObject({ state: "denied", rule: "changed", text: "No longer wanted: it is well again." });
    expect(rig.core.pipeline.asks().map(({ callId }) => callId)).toEqual([second.callId]);
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("decided about something else is refused and stays open", async () => {
    const { ask } = await held();
    expect(decide(ask.id, "approve", { hash: "0".repeat(64), confirm: "guest/101" })).rejects.toMatchObject({ type: "bad_input" });
    expect(rig.core.pipeline.asks()).toHaveLength(1);
  });

  test("is denied when the target has become another one since", async () => {
    const { ask, callId } = await held();
    rig.world.thing("guest/101").identity = "another";
    const text =
      "guest/101 belongs to another guest now: it was name-101 (uuid-guest/101) when this was asked, and is name-101 (another) by now. Nothing was sent. Look at guest/101 as it is, and ask again if name-101 (another) is meant.";
    expect(await decide(ask.id, "approve", { confirm: "guest/101" })).toEqual({ state: "refused", text });
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "denied", rule: "changed", text });
    expect([rig.world.attempts.length, rig.core.pipeline.asks().length]).toEqual([0, 0]);
  });

  test("about what is gone by then says what it was, and nothing is sent", async () => {
    const { ask } = await held();
    rig.world.things.delete("guest/101");
    const text = "There is no guest/101. name-101 was there when this was asked. Nothing was sent.";
    expect(await decide(ask.id, "approve", { confirm: "guest/101" })).toEqual({ state: "refused", text });
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("is carried out where the target is by then when it moved", async () => {
    const { ask, callId } = await held();
    rig.world.thing("guest/101").parent = "node/home";
    expect(await decide(ask.id, "approve", { confirm: "guest/101" })).toEqual({ state: "running" });
    await rig.clock.advance(60_000);
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "succeeded", rule: "approved" });
  });

  test("approved while the target is locked is refused, with the reason to the caller and the feed", async () => {
    const { ask, callId } = await held();
    rig.world.thing("guest/101").lock = "backup";
    const { state, text } = await decide(ask.id, "approve", { confirm: "guest/101" });
    expect(state).toBe("refused");
    expect(rig.core.journal.get(callId)).toMatchObject({ state: "refused", rule: "locked", text });
    expect(rig.told).toEqual([`You approved world_guest_destroy on guest/101, and it was not done: ${text}`]);
    expect(rig.world.attempts).toHaveLength(0);
  });

  test.each([
    ["effects", OPERATOR, "world_guest_destroy", "Held: release first, then approve. The kill switch is engaged (effects)"],
    ["all", OPERATOR, "world_guest_destroy", "Held: release first, then approve. The kill switch is engaged (all)"],
    ["pause", REMEDY, "world_guest_destroy", "Held: release first, then approve. What Jarvis does unasked is paused."],
  ] as const)("approved while everything is held (%s) stays open and says so; after the release the same word carries it out", async (level, caller, tool, words) => {
    const { ask, callId } = await held(caller, tool);
    rig.core.switches.engage(level, OPERATOR);
    for (const _ of [1, 2]) {
      const answer = await decide(ask.id, "approve", { confirm: "guest/101" });
      expect(answer).toEqual({ state: "held", text: expect.stringContaining(words) });
      expect(answer.text).toContain(`the ask stays open until ${ask.expiresAt}`);
    }
    expect(rig.core.journal.get(callId)?.state).toBe("held");
    expect(rig.core.pipeline.asks()).toEqual([ask]);
    rig.core.switches.release(OPERATOR);
    expect(await decide(ask.id, "approve", { confirm: "guest/101" })).toEqual({ state: "running" });
    await rig.clock.advance(60_000);
    expect(rig.world.attempts).toHaveLength(1);
  });

  test("approved in observe stays open, may still be rejected, and expires in its time", async () => {
    const { ask, callId } = await held();
    rig.core.switches.setMode("observe", OPERATOR);
    expect((await decide(ask.id, "approve", { confirm: "guest/101" })).text).toStartWith("Observing: raise autonomy first, then approve.");
    rig.core.switches.engage("effects", OPERATOR);
    const other = await rig.call("world_guest_destroy", 102, OPERATOR);
    expect(other.rule).toBe("killed");
    await rig.clock.advance(600_001);
    expect(rig.core.journal.get(callId)?.state).toBe("expired");
    expect(rig.told.at(-1)).toStartWith("Nobody decided within ten minutes about world_guest_destroy on guest/101, so it was not done.");
  });

  test("held while the facts of an approval are read is not carried out, and stays open", async () => {
    const { ask } = await held();
    const answer = decide(ask.id, "approve", { confirm: "guest/101" });
    rig.core.switches.engage("effects", OPERATOR);
    expect((await answer).state).toBe("held");
    expect(rig.core.pipeline.asks()).toHaveLength(1);
    expect(rig.world.attempts).toHaveLength(0);
  });

  test("approved while the journal is locked stays open, and still expires", async () => {
    const { ask, callId } = await held();
    const other = new Database(join(rig.folder, "journal.db"));
    other.run("PRAGMA busy_timeout = 0");
    other.run("BEGIN IMMEDIATE");
    const refused = decide(ask.id, "approve", { confirm: "guest/101" }).catch((thrown: unknown) => thrown);
    expect(await refused).toMatchObject({ type: "unavailable", message: expect.stringContaining("the ask stays open") });
    other.run("ROLLBACK");
    other.close();
    expect(rig.core.pipeline.asks()).toHaveLength(1);
    await rig.clock.advance(600_001);
    expect(rig.core.journal.get(callId)?.state).toBe("expired");
  }, 20_000);

  test("of Jarvis itself is not asked twice while it is open", async () => {
    rig = createRig({ mode: "propose" });
    const more = { remedy: "guest-crashed", incident: "i1" };
    expect((await rig.call("world_guest_restart", 101, REMEDY, more)).rule).toBe("propose");
    expect((await rig.call("world_guest_restart", 101, REMEDY, more)).rule).toBe("already_asked");
  });

  test("whose secret argument was lost in a restart is denied", async () => {
    rig = createRig();
    const answer = await rig.call("world_guest_destroy", 101, OPERATOR, { arguments: { vmid: 101, password: "hunter2hunter2" } });
    rig.crash();
    await rig.restart();
    await decide(answer.ask ?? "", "approve", { confirm: "guest/101" });
    expect(rig.core.journal.get(answer.callId)?.rule).toBe("secret_lost");
  });
});

test("a remedy that wants a person is held with its reason", async () => {
  rig = createRig();
  expect(await rig.call("world_guest_start", 101, REMEDY, { hold: "the host's OOM killer took it" })).toMatchObject({ state: "held", text: expect.stringContaining("OOM") });
});
