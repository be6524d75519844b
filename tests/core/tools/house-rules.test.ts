// The operator's rules: which one decides, at which hours, who may change them, and that they outlast a restart.
import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { RuleBody } from "../../../core/contract/rule.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import { openJournal } from "../../../core/store/journal/open.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";
import { createHouseRules } from "../../../core/tools/house-rules.ts";
import { decide } from "../../../core/tools/policy.ts";
import { decidingRule, isWithin, type PolicyRule, type RuleSubject } from "../../../core/tools/rule-match.ts";
import { createManualClock } from "../../support/clock.ts";
import { proposal, view } from "./proposal.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";

const rule = (more: Partial<PolicyRule> = {}): PolicyRule => ({ id: "1", origin: "chat 2026-11-23", tool: "*", target: "*", caller: "*", action: "deny", ...more });
const subject = (more: Partial<RuleSubject> = {}): RuleSubject => ({
  tool: "world_guest_restart",
  effect: "disruptive",
  target: "guest/101",
  others: [],
  caller: REMEDY,
  minute: () => 12 * 60,
  ...more,
});
const decider = (rules: PolicyRule[], more: Partial<RuleSubject> = {}): string | undefined => decidingRule(rules, subject(more))?.id;

describe("which rule decides", () => {
  test("one of several patterns is enough", () => {
    expect(decider([rule({ tool: "*_stop, *_restart" })])).toBe("1");
    expect(decider([rule({ target: "guest/7, guest/101" })])).toBe("1");
    expect(decider([rule({ target: "guest/1" })])).toBeUndefined();
  });

  test("ask and deny mean an effect and what is heavier, allow means it and what is lighter", () => {
    const found = (action: RuleBody["action"], effect: Effect): string[] =>
      (["read", "reversible", "disruptive", "destructive"] as const).filter((actual) => decider([rule({ action, effect })], { effect: actual }) !== undefined);
    expect(found("deny", "disruptive")).toEqual(["disruptive", "destructive"]);
    expect(found("ask", "destructive")).toEqual(["destructive"]);
    expect(found("allow", "reversible")).toEqual(["read", "reversible"]);
  });

  test("a rule on a guest decides as well when its node would take it along, and the strictest thing touched wins", () => {
    const guest = rule({ id: "g", target: "guest/105" });
    const lets = rule({ id: "n", target: "node/home", action: "allow" });
    expect(decider([guest, lets], { target: "node/home", others: ["guest/104", "guest/105"] })).toBe("g");
    expect(decider([guest, lets], { target: "node/home", others: ["guest/104"] })).toBe("n");
  });

  test("hours go over midnight, begin with their first minute and end before their last", () => {
    expect([1319, 1320, 1439, 0, 359, 360].map((minute) => isWithin("22:00-06:00", minute))).toEqual([false, true, true, true, true, false]);
    expect([359, 360, 1319, 1320].map((minute) => isWithin("day", minute))).toEqual([false, true, true, false]);
  });

  test("hours and their complement share every minute of the day between them, whatever the two times", () => {
    const time = fc.integer({ min: 0, max: 1439 });
    const text = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    fc.assert(
      fc.property(time, time, time, (from, to, minute) => {
        fc.pre(from !== to);
        expect(isWithin(`${text(from)}-${text(to)}`, minute)).not.toBe(isWithin(`${text(to)}-${text(from)}`, minute));
      }),
    );
  });

  test("no list of rules ever lets run what the table holds or refuses", () => {
    const pattern = fc.constantFrom("*", "world_*", "*_restart");
    const any = fc.record({
      tool: pattern,
      target: fc.constantFrom("*", "guest/101"),
      caller: fc.constantFrom("*", "remedy"),
      action: fc.constantFrom("allow" as const, "ask" as const, "deny" as const),
    });
    const order = ["allow", "ask", "deny"];
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 6 }),
        fc.constantFrom("reversible" as const, "disruptive" as const, "destructive" as const),
        fc.constantFrom(REMEDY, MODEL, OPERATOR, TOKEN),
        fc.constantFrom("observe" as const, "propose" as const, "act" as const),
        fc.boolean(),
        (bodies, effect, caller, mode, bound) => {
          const asked = proposal({ effect, caller, bound });
          const without = decide(asked, view({ mode })).decision;
          const ruled = decide(asked, view({ mode, rules: bodies.map((body, index) => ({ ...body, id: String(index), origin: "test" })) })).decision;
          expect(order.indexOf(ruled)).toBeGreaterThanOrEqual(order.indexOf(without));
        },
      ),
    );
  });
});

const NIGHT: RuleBody = { tool: "*_restart, *_reboot", target: "guest/102", caller: "*", action: "deny", when: "22:00-06:00", words: "never restart the NAS at night" };
const known = {
  tools: [{ name: "world_guest_restart" }, { name: "world_guest_start" }, { name: "docker_container_restart" }],
  resources: [{ id: "guest/102" }],
  deeds: ["mend/storage-full", "mend/guest-crashed"],
};

const keeper = (start = Date.UTC(2026, 10, 23, 12)) => {
  const clock = createManualClock(start);
  const journal = openJournal({ path: ":memory:", clock });
  const told: string[] = [];
  const make = (written: readonly (RuleBody & { origin: string })[] = []) =>
    createHouseRules({ journal, clock, written, known: () => known, changed: (words) => void told.push(words), timeZone: "Europe/Berlin" });
  return { clock, journal, told, make, rules: make() };
};

describe("keeping rules", () => {
  test("a rule is a record of the journal with who made it, and is there after a restart with its number", () => {
    const { rules, make, journal, told } = keeper();
    expect(rules.add(NIGHT, OPERATOR, "chat")).toMatchObject({ id: "1", origin: "chat 2026-11-23", editable: true });
    rules.add({ ...NIGHT, action: "ask" }, OPERATOR, "dashboard");
    rules.remove("2", OPERATOR);
    expect(
      make()
        .list()
        .map(({ id }) => id),
    ).toEqual(["1"]);
    expect(make().add(NIGHT, OPERATOR, "chat").id).toBe("3");
    expect(journal.rules()).toMatchObject({ by: OPERATOR, rules: [{ id: 1 }, { id: 3 }] });
    expect(journal.verifyChain().ok).toBe(true);
    expect(told[0]).toContain("never restart the NAS at night");
  });

  test("only the operator changes rules, and not in words formed by others", () => {
    const { rules } = keeper();
    rules.add(NIGHT, OPERATOR, "chat");
    for (const by of [TOKEN, REMEDY, MODEL, { ...OPERATOR, tainted: true }])
      for (const act of [() => rules.add(NIGHT, by, "chat"), () => rules.remove("1", by), () => rules.change("1", NIGHT, by, "x"), () => rules.order(["1"], by)])
        expect(act).toThrow("Only the operator");
    expect(rules.list()).toHaveLength(1);
  });

  test("the order is the person's, and those of the file come first and stay there", () => {
    const { rules, make } = keeper();
    for (const action of ["deny", "ask", "allow"] as const) rules.add({ ...NIGHT, action }, OPERATOR, "chat");
    rules.order(["3", "1", "2"], OPERATOR);
    const all = make([{ ...NIGHT, origin: "jarvis.yaml:12" }]);
    expect(all.list().map(({ id }) => id)).toEqual(["file 1", "3", "1", "2"]);
    expect(() => all.remove("file 1", OPERATOR)).toThrow("stands in jarvis.yaml:12");
    expect(() => all.order(["3", "1"], OPERATOR)).toThrow("each of 3, 1, 2 once");
    expect(() => all.remove("9", OPERATOR)).toThrow("There is no rule 9");
  });

  test.each([
    [{ action: "deny", target: "102" }, "target: expected a resource id such as guest/102"],
    [{ action: "deny", caller: "robot" }, "caller: expected one of operator, script"],
    [{ action: "deny", tool: "rm -rf" }, "tool: expected a tool's name"],
    [{ action: "deny", when: "25:00-06:00" }, "when: expected hours such as 22:00-06:00"],
    [{ action: "deny", when: "06:00-06:00" }, "two different times"],
    [{ action: "forbid" }, "action"],
    [{ action: "deny", verb: "stop" }, "verb"],
  ])("a bad rule %p is refused with what was expected", (body, words) => {
    const { rules, journal } = keeper();
    expect(() => rules.add(body, OPERATOR, "chat")).toThrow(words);
    expect(journal.rules()).toBeUndefined();
  });

  test("hours are those of the operator's time zone, in summer and winter", () => {
    const { rules, clock } = keeper(Date.UTC(2026, 10, 23, 21, 30));
    expect(rules.minute()).toBe(22 * 60 + 30);
    clock.jump(Date.UTC(2026, 6, 1, 21, 30) - clock.now());
    expect(rules.minute()).toBe(23 * 60 + 30);
  });

  test("a rule that will never decide is told so, with the reason", () => {
    const { rules } = keeper();
    expect(rules.add({ ...NIGHT, tool: "nosuch_*" }, OPERATOR, "chat", ["tool"]).remark).toContain("no tool named nosuch_*");
    expect(rules.add({ ...NIGHT, target: "guest/555" }, OPERATOR, "chat").remark).toContain("nothing seen is named guest/555");
    rules.add(NIGHT, OPERATOR, "chat");
    expect(rules.list().at(-1)?.remark).toBeUndefined();
    rules.add({ ...NIGHT, tool: "*", target: "*", when: undefined, action: "ask" }, OPERATOR, "chat");
    expect(rules.list().at(-2)?.remark).toContain("rule 4 comes after it");
    expect(keeper().rules.add({ ...NIGHT, action: "allow" }, OPERATOR, "chat").remark).toContain("no rule before it");
  });
});

describe("a name that nothing here bears", () => {
  test.each([
    [{ tool: "world_guest_restrat" }, "tool", "There is no tool named world_guest_restrat. Did you mean world_guest_restart?"],
    [{ tool: "world_guest_restart, world_gest_start" }, "tool", "There is no tool named world_gest_start. Did you mean world_guest_start?"],
    [{ tool: "wrold_*" }, "tool", "There is no tool named wrold_*. Did you mean world_*?"],
    [{ tool: "*_restrat" }, "tool", "There is no tool named *_restrat. Did you mean *_restart?"],
    [{ caller: "runbook:storage-ful, remedy:storage-ful" }, "caller", "There is no runbook or remedy named storage-ful. Did you mean storage-full?"],
    [{ caller: "operator, remedy:gest-*" }, "caller", "There is no runbook or remedy named gest-*."],
  ] as const)("%p makes no rule and is answered with what is near", (more, path, words) => {
    const { rules, journal } = keeper();
    const kept = rules.add(NIGHT, OPERATOR, "chat").id;
    for (const act of [() => rules.add({ ...NIGHT, ...more }, OPERATOR, "cli"), () => rules.change(kept, { ...NIGHT, ...more }, OPERATOR, "cli")])
      expect(act).toThrow(
        expect.objectContaining({
          type: "bad_input",
          message: expect.stringContaining(`${words} No rule was made.`),
          details: expect.objectContaining({ path, data: { anyway: true } }),
        }),
      );
    expect(journal.rules()?.rules).toHaveLength(1);
    expect(rules.add({ ...NIGHT, ...more }, OPERATOR, "cli", ["tool", "caller"]).id).toBe("2");
  });

  test.each([
    { tool: "*_restart, *_reboot, *_reset" },
    { tool: "*" },
    { caller: "*" },
    { caller: "runbook:storage-full" },
    { caller: "runbook:mend/storage-full" },
    { caller: "runbook:*, remedy:guest-*" },
    { caller: "operator, script:backup, mcp:*" },
    { target: "guest/*" },
  ])("%p is no slip", (more) => {
    expect(keeper().rules.add({ ...NIGHT, ...more }, OPERATOR, "cli").id).toBe("1");
  });

  test("rules kept before hold on when what they name is gone", () => {
    const { rules, make } = keeper();
    rules.add({ ...NIGHT, tool: "gone_thing_do" }, OPERATOR, "cli", ["tool"]);
    expect(
      make()
        .list()
        .map(({ tool }) => tool),
    ).toEqual(["gone_thing_do"]);
    rules.remove("1", OPERATOR);
  });
});

describe("in the pipeline", () => {
  let rig: Rig;
  afterEach(() => rig.close());

  test("a refusal and an ask name the rule, where it was written and its words", async () => {
    const deny = rule({ id: "3", target: "guest/101", words: "do not touch 101" });
    rig = createRig({ rules: [deny, rule({ id: "file 1", origin: "jarvis.yaml:12", target: "guest/102", action: "ask" })] });
    const refused = await rig.call("world_guest_start", 101, OPERATOR);
    expect(refused).toMatchObject({ state: "refused", rule: "rule_deny" });
    expect(refused.text).toContain('Rule 3 (chat 2026-11-23) refuses everything on guest/101 ("do not touch 101")');
    const held = await rig.call("world_guest_start", 102, REMEDY);
    expect(held).toMatchObject({ state: "held", rule: "rule_ask" });
    expect(held.text).toContain("Rule file 1 (jarvis.yaml:12)");
    expect(rig.world.attempts).toEqual([]);
  });

  test("an ask says a rule's verbs and the target's name; the record keeps the rule as it is written", async () => {
    rig = createRig({ rules: [rule({ tool: "*_restart, *_reboot, *_reset, *_stop, *_start", target: "guest/102", effect: "reversible", action: "ask" })] });
    const held = await rig.call("world_guest_start", 102, REMEDY);
    const words = "Rule 1 (chat 2026-11-23) asks a person before every restart, reboot, reset or the like on name-102 (guest/102).";
    expect([held.text, rig.core.pipeline.asks()[0]?.why]).toEqual([`Waits for a person: ${words}`, words]);
    expect(rig.core.journal.get(held.callId)?.why).toContain("*_restart, *_reboot");
  });

  test("a rule for the night holds at night only, at the very moment of sending", async () => {
    rig = createRig({ rules: [rule({ when: "22:00-06:00" })] });
    expect((await rig.call("world_guest_start", 101, OPERATOR)).rule).toBe("rule_deny");
    await rig.clock.advance(7 * 3_600_000);
    expect((await rig.finish("world_guest_start", 101, OPERATOR)).state).toBe("succeeded");
  });

  test.each([
    ["about another target", { target: "guest/777" }],
    ["about another tool", { tool: "world_guest_stop" }],
    ["about another caller", { caller: "remedy, script:backup" }],
    ["about nothing that heavy", { action: "allow", effect: "disruptive" }],
    ["of the same rule in other words", { id: "2", origin: "cli 2026-11-24", words: "said otherwise", tool: "*_destroy", target: "guest/1*", action: "ask", when: "night" }],
  ] as const)("an approval stands whatever rule is changed %s", async (_, change) => {
    const rules: PolicyRule[] = [rule({ action: "ask", when: "night", target: "guest/101" })];
    rig = createRig({ rules });
    const { ask = "" } = await rig.call("world_guest_destroy", 101, OPERATOR);
    if ("words" in change) rules.length = 0;
    rules.push(rule(change));
    expect((await rig.core.pipeline.decide(ask, "approve", { caller: OPERATOR, confirm: "guest/101" })).state).toBe("running");
    await rig.clock.advance(60_000);
    expect(rig.world.attempts).toHaveLength(1);
  });

  test.each([
    ["a rule about it that forbids it", { target: "guest/101" }, "Rule 1 (chat 2026-11-23) refuses everything on guest/101."],
    ["a rule about what it takes along", { target: "guest/105", action: "ask" }, "The rules of what may be done changed since this was asked"],
    ["a rule about it at another hour", { tool: "*_destroy", when: "10:00-11:00" }, "The rules of what may be done changed since this was asked"],
    ["a rule that asks for it", { caller: "operator", action: "ask" }, "The rules of what may be done changed since this was asked"],
  ] as const)("an approval given before %s is none, and says so", async (_, change, words) => {
    const rules: PolicyRule[] = [];
    const carrying = (tool: BoundTool): BoundTool => {
      const { preflight } = tool;
      return preflight === undefined ? tool : { ...tool, preflight: async (input, signal) => ({ ...(await preflight(input, signal)), carries: ["guest/105"] }) };
    };
    rig = createRig({ rules, faultyTool: carrying });
    const { ask = "" } = await rig.call("world_guest_destroy", 101, OPERATOR);
    rules.push(rule(change));
    expect(await rig.core.pipeline.decide(ask, "approve", { caller: OPERATOR, confirm: "guest/101" })).toEqual({ state: "refused", text: expect.stringContaining(words) });
    expect(rig.world.attempts).toEqual([]);
    expect(rig.core.pipeline.asks()).toEqual([]);
  });
});
