// ./jarvis rules: what is sent for what is typed, and what a person reads.
import { afterEach, describe, expect, test } from "bun:test";
import { createFixture, type Fixture, Refusal } from "./fixture.ts";

let jarvis: Fixture | undefined;
afterEach(async () => {
  await jarvis?.stop();
  jarvis = undefined;
});

const RULE = { id: "3", origin: "cli 2026-11-23", tool: "*_restart", target: "guest/102", caller: "*", action: "deny", said: "refuses *_restart on guest/102", editable: true };
const resource = { id: "guest/102", kind: "guest", name: "postgres", status: "up", stale: false, seenAt: "2026-11-23T12:00:00.000Z" };
const start = (handlers: Parameters<typeof createFixture>[0] = {}): Fixture => {
  const rule = () => ({ rule: RULE });
  const rules = () => ({ rules: [RULE], timeZone: "Europe/Berlin" });
  jarvis = createFixture({
    "rules.list": rules,
    "rules.order": rules,
    "rules.add": rule,
    "rules.change": rule,
    "rules.remove": rule,
    "state.get": () => ({ resources: [resource] }),
    ...handlers,
  });
  return jarvis;
};

describe("what is sent", () => {
  test.each([
    [["add", "deny", "--target", "guest/102"], "rules.add", { action: "deny", effect: "reversible", target: "guest/102" }],
    [
      ["add", "ask", "--tool", "*_restart", "--caller", "script:backup", "--effect", "disruptive", "--when", "night", "--words", "not at night"],
      "rules.add",
      { action: "ask", tool: "*_restart", caller: "script:backup", effect: "disruptive", when: "night", words: "not at night" },
    ],
    [["add", "propose", "--caller", "runbook:soon", "--anyway"], "rules.add", { action: "propose", caller: "runbook:soon", anyway: true }],
    [["change", "3", "ask", "--target", "guest/102"], "rules.change", { id: "3", rule: { action: "ask", effect: "reversible", target: "guest/102" } }],
    [["add", "deny", "--effect", "read"], "rules.add", { action: "deny", effect: "read" }],
    [["add", "allow", "--tool", "*_restart"], "rules.add", { action: "allow", tool: "*_restart" }],
    [["remove", "3"], "rules.remove", { id: "3" }],
    [["order", "3", "1", "2"], "rules.order", { ids: ["3", "1", "2"] }],
    [[], "rules.list", {}],
    [["list"], "rules.list", {}],
  ] as const)("by %p", async (words, method, params) => {
    const ran = await start().run(["rules", ...words]);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    expect(jarvis?.seen).toEqual([{ by: "socket", method, params }]);
  });

  test("by autonomy for a runbook that is not there yet", async () => {
    await start().run(["autonomy", "propose", "--runbook", "soon", "--anyway"]);
    expect(jarvis?.seen).toEqual([{ by: "socket", method: "rules.add", params: { action: "propose", caller: "runbook:soon, remedy:soon", anyway: true } }]);
  });
});

describe("what is not understood", () => {
  test.each([
    [["add", "forbid"], '"forbid" is no action of a rule: allow, ask, deny, observe, propose, act.'],
    [["add", "denny", "--target", "guest/1"], "Did you mean deny?"],
    [["delete", "3"], "there is no ./jarvis rules delete."],
    [["remvoe", "3"], "Did you mean remove?"],
    [["remove"], "usage: ./jarvis rules"],
    [["remove", "3", "--target", "guest/1"], "./jarvis rules remove takes no options."],
    [["add", "deny", "--traget", "guest/1"], "--traget"],
  ] as const)("%p is exit 64 with what would be, and asks nobody", async (words, said) => {
    const ran = await start().run(["rules", ...words]);
    expect(ran.code).toBe(64);
    expect(ran.err).toContain(said);
    expect(jarvis?.seen).toEqual([]);
  });

  test("a tool that nothing here brings is exit 64 with what is near, in the core's words", async () => {
    const words = "There is no tool named wrold_thing. Did you mean world_thing? No rule was made.";
    start({
      "rules.add": () => {
        throw new Refusal(-32602, "bad_input", words);
      },
    });
    const ran = await jarvis?.run(["rules", "add", "deny", "--tool", "wrold_thing"]);
    expect(ran?.code).toBe(64);
    expect(ran?.err).toContain(words);
  });

  test("whoever may not is exit 77", async () => {
    start({
      "rules.remove": () => {
        throw new Refusal(-32003, "operator_only", "Only the operator may change rules, in words of their own.");
      },
    });
    expect((await jarvis?.run(["rules", "remove", "3"]))?.code).toBe(77);
  });
});
