// How far Jarvis goes unasked with one runbook or one resource: the lowest of house, runbook and resource, and nobody's but the operator's to say.
import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Caller } from "../../../core/contract/caller.ts";
import { RULE_MODES } from "../../../core/contract/rule.ts";
import { openJournal } from "../../../core/store/journal/open.ts";
import { createHouseRules } from "../../../core/tools/house-rules.ts";
import { decide, type Proposal } from "../../../core/tools/policy.ts";
import { modeRule, type PolicyRule, type RuleSubject } from "../../../core/tools/rule-match.ts";
import { createManualClock } from "../../support/clock.ts";
import { proposal as plain, view } from "./proposal.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";

const RUNBOOK: Caller = { kind: "runbook", id: "farm/cure", scope: "operate", tainted: false };
const UNASKED: readonly Caller[] = [REMEDY, RUNBOOK, MODEL, { ...MODEL, kind: "plugin" }, { ...MODEL, kind: "system" }];
const ASKED: readonly Caller[] = [OPERATOR, TOKEN, { ...TOKEN, kind: "mcp" }];

const rule = (id: string, action: PolicyRule["action"], more: Partial<PolicyRule> = {}): PolicyRule => ({
  id,
  origin: "cli 2026-11-23",
  tool: "*",
  target: "*",
  caller: "*",
  action,
  ...more,
});
const ofRunbook = (action: PolicyRule["action"], id = "b"): PolicyRule => rule(id, action, { caller: "runbook:cure, remedy:guest-crashed" });
const ofResource = (action: PolicyRule["action"], id = "r"): PolicyRule => rule(id, action, { target: "guest/101" });

const proposal = (more: Partial<Proposal> = {}): Proposal => plain({ caller: RUNBOOK, ...more });
const subject = (more: Partial<RuleSubject> = {}): RuleSubject => ({ ...proposal(), others: [], minute: () => 0, ...more });

describe("the mode that counts", () => {
  test("is the lowest of the house's, the runbook's and the resource's, in every cell", () => {
    const WORDS = ["allow", "ask", "deny"] as const;
    const byMode = { act: 0, propose: 1, observe: 2 };
    for (const house of RULE_MODES)
      for (const runbook of [undefined, ...RULE_MODES])
        for (const resource of [undefined, ...RULE_MODES]) {
          const rules = [...(runbook ? [ofRunbook(runbook)] : []), ...(resource ? [ofResource(resource)] : [])];
          const lowest = [house, runbook ?? "act", resource ?? "act"].reduce((a, b) => (byMode[b] > byMode[a] ? b : a));
          for (const order of [rules, rules.toReversed()]) {
            const found = decide(proposal(), view({ mode: house, rules: order }));
            expect([house, runbook, resource, found.decision]).toEqual([house, runbook, resource, WORDS[byMode[lowest]]]);
            // What it starts unasked it starts in propose as well.
            expect(decide(proposal({ effect: "reversible" }), view({ mode: house, rules: order })).decision).toBe(lowest === "observe" ? "deny" : "allow");
          }
        }
  });

  test("is named by the rule that lowered it", () => {
    expect(decide(proposal(), view({ rules: [ofRunbook("observe")] }))).toEqual({
      decision: "deny",
      rule: "rule_observe",
      words: "Rule b (cli 2026-11-23) has Jarvis only watch as runbook:cure, remedy:guest-crashed.",
    });
    expect(decide(proposal(), view({ rules: [ofResource("propose")] }))).toMatchObject({
      decision: "ask",
      rule: "rule_propose",
      words: expect.stringContaining("Rule r (cli 2026-11-23)"),
    });
    expect(decide(proposal(), view({ mode: "observe", rules: [ofResource("observe")] })).rule).toBe("observe");
    expect(decide(proposal(), view({ mode: "propose", rules: [ofResource("propose")] })).rule).toBe("propose");
  });

  test("binds all that Jarvis does unasked, and nobody who asks", () => {
    for (const caller of UNASKED) expect(decide(proposal({ caller, effect: "reversible" }), view({ rules: [ofResource("observe")] })).rule).toBe("rule_observe");
    for (const caller of ASKED) expect(decide(proposal({ caller }), view({ rules: [ofResource("observe"), rule("c", "observe", { caller: "*" })] })).decision).toBe("allow");
  });

  test("is of the last word about who acts and of the last about the thing, on everything the act takes along", () => {
    const found = (rules: PolicyRule[], more: Partial<RuleSubject> = {}): string | undefined => modeRule(rules, subject(more))?.id;
    expect(found([rule("all", "propose", { target: "guest/*" }), ofResource("act")])).toBe("r");
    expect(found([ofResource("act"), rule("all", "propose", { target: "guest/*" })])).toBe("all");
    // A word about the runbook lifts none about the resource.
    expect(found([ofResource("observe"), ofRunbook("act")])).toBe("r");
    expect(found([ofResource("observe")], { target: "node/home", others: ["guest/101"] })).toBe("r");
    expect(found([ofRunbook("observe")], { caller: { ...RUNBOOK, id: "other/cure" } })).toBe("b");
    expect(found([rule("x", "observe", { caller: "runbook:farm/cure" })], { caller: { ...RUNBOOK, id: "other/cure" } })).toBeUndefined();
  });

  test("is neither decided by what refuses and asks, nor decides that", () => {
    expect(modeRule([rule("d", "deny"), rule("a", "allow")], subject())).toBeUndefined();
    expect(decide(proposal(), view({ rules: [rule("d", "deny"), ofResource("act")] })).rule).toBe("rule_deny");
    expect(decide(proposal(), view({ rules: [rule("d", "ask"), ofResource("propose")] })).decision).toBe("ask");
  });

  test("follows a tag, which can hold back and never let loose", () => {
    const tags = (id: string): string[] => (id === "guest/101" ? ["nas"] : []);
    const decided = (...rules: PolicyRule[]) => decide(proposal(), view({ rules, tags }));
    expect(decided(rule("t", "observe", { target: "tag/nas" })).rule).toBe("rule_observe");
    expect(decided(rule("t", "deny", { target: "tag/nas" })).rule).toBe("rule_deny");
    expect(decided(rule("t", "observe", { target: "tag/other" })).decision).toBe("allow");
    expect(decided(ofResource("observe"), rule("t", "act", { target: "tag/nas" })).rule).toBe("rule_observe");
    expect(decided(rule("d", "deny"), rule("t", "allow", { target: "tag/nas" })).rule).toBe("rule_deny");
  });

  test("no list of rules ever lets run what the house's mode holds or refuses", () => {
    const any = fc.record({
      tool: fc.constantFrom("*", "world_*", "*_restart"),
      target: fc.constantFrom("*", "guest/101", "guest/*", "tag/nas"),
      caller: fc.constantFrom("*", "runbook", "remedy:guest-crashed", "runbook:cure"),
      action: fc.constantFrom(...RULE_MODES, "allow" as const, "ask" as const, "deny" as const),
    });
    const order = ["allow", "ask", "deny"];
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 7 }),
        fc.constantFrom("reversible" as const, "disruptive" as const, "destructive" as const),
        fc.constantFrom(...UNASKED, ...ASKED),
        fc.constantFrom(...RULE_MODES),
        fc.boolean(),
        (bodies, effect, caller, mode, bound) => {
          const asked = proposal({ effect, caller, bound });
          const rules = bodies.map((body, index) => ({ ...body, id: String(index), origin: "test" }));
          const without = decide(asked, view({ mode })).decision;
          expect(order.indexOf(decide(asked, view({ mode, rules, tags: () => ["nas"] })).decision)).toBeGreaterThanOrEqual(order.indexOf(without));
        },
      ),
    );
  });
});

describe("kept as a rule", () => {
  const keeper = () => {
    const clock = createManualClock(Date.UTC(2026, 10, 23, 12));
    const journal = openJournal({ path: ":memory:", clock });
    const make = () => createHouseRules({ journal, clock, written: [], known: () => ({ tools: [], deeds: ["mend/cure"], resources: [{ id: "guest/101" }, { id: "tag/nas" }] }) });
    return { make, rules: make() };
  };
  const LOW = { tool: "*", target: "guest/101", caller: "*", action: "observe" } as const;

  test("another word on the very same takes its place and comes last; it outlasts a restart", () => {
    const { rules, make } = keeper();
    rules.add(LOW, OPERATOR, "cli");
    rules.add({ ...LOW, action: "deny" }, OPERATOR, "cli");
    rules.add({ ...LOW, target: "guest/*" }, OPERATOR, "cli");
    expect(rules.add({ ...LOW, action: "propose" }, OPERATOR, "cli").id).toBe("4");
    const kept = make().list();
    expect(kept.map(({ id, action }) => [id, action])).toEqual([
      ["2", "deny"],
      ["3", "observe"],
      ["4", "propose"],
    ]);
    expect(kept.some(({ remark }) => remark !== undefined)).toBe(false);
  });

  test("is the operator's to say, lower or higher", () => {
    const { rules } = keeper();
    for (const by of [REMEDY, MODEL, TOKEN, { ...OPERATOR, tainted: true }]) expect(() => rules.add(LOW, by, "chat")).toThrow("Only the operator");
    expect(rules.list()).toEqual([]);
  });

  test("says when it changes nothing", () => {
    const { rules } = keeper();
    expect(rules.add({ ...LOW, action: "act" }, OPERATOR, "cli").remark).toContain("It changes nothing");
    rules.add({ ...LOW, target: "tag/nas" }, OPERATOR, "cli");
    expect(rules.add({ ...LOW, target: "guest/999" }, OPERATOR, "cli").remark).toContain("nothing seen is named guest/999");
    rules.add({ ...LOW, target: "*", caller: "runbook:cure" }, OPERATOR, "cli");
    rules.add({ ...LOW, target: "*" }, OPERATOR, "cli");
    expect(rules.list().map(({ id, remark }) => [id, remark?.slice(0, 17)])).toEqual([
      ["1", "It never decides:"],
      ["2", "It never decides:"],
      ["3", "It never decides:"],
      ["4", undefined],
      ["5", undefined],
    ]);
  });
});

let rig: Rig;
afterEach(() => rig?.close());
test("in the pipeline a resource that is only watched is left alone by Jarvis, and a person may act on it all the same", async () => {
  rig = createRig({ rules: [rule("7", "observe", { target: "guest/101" })] });
  const bound = { incident: "i", remedy: "r" };
  expect(await rig.call("world_guest_restart", 101, REMEDY, bound)).toMatchObject({
    state: "refused",
    rule: "rule_observe",
    text: expect.stringContaining("Rule 7 (cli 2026-11-23)"),
  });
  expect(rig.world.attempts).toEqual([]);
  expect((await rig.finish("world_guest_restart", 102, REMEDY, bound)).state).toBe("succeeded");
  expect((await rig.finish("world_guest_restart", 101, OPERATOR)).state).toBe("succeeded");
});
