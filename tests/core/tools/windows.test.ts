// F3's limits in every sliding window: whatever is asked, by whomever, over restarts and jumps of the clock. Counted by a second hand that shares nothing with the budget.
import { afterEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { budget, type Spent } from "../../../core/tools/budget.ts";
import { escalate } from "../../../core/tools/escalate.ts";
import { CALM_MS, createShare, type Group } from "../../../core/tools/share.ts";
import { createRig, OPERATOR, REMEDY, type Rig } from "./rig.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 2);
const TARGETS = [
  ["guest/1", "node/a"],
  ["guest/2", "node/a"],
  ["guest/3", "node/b"],
  ["guest/4", "node/b"],
  ["guest/5", "node/c"],
] as const;

const step = fc.record({
  /** A jump back is a clock that was set, or a machine that started with an old one. */
  aheadMs: fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: 20 * MINUTE }) }, { weight: 1, arbitrary: fc.integer({ min: -3 * HOUR, max: -1 }) }),
  target: fc.integer({ min: 0, max: TARGETS.length - 1 }),
  effect: fc.constantFrom("disruptive" as const, "disruptive" as const, "reversible" as const),
  tool: fc.constantFrom("t_guest_restart", "t_guest_reboot", "t_guest_migrate"),
  caller: fc.constantFrom("remedy", "model", "runbook"),
});

interface Did {
  readonly atMs: number;
  readonly target: string;
  readonly parent: string;
  readonly effect: string;
  readonly tool: string;
}

/** The most in any window of that length, each act beginning one. */
const most = (acts: readonly Did[], windowMs: number): number =>
  Math.max(0, ...acts.map(({ atMs }) => acts.filter((other) => other.atMs >= atMs && other.atMs - atMs < windowMs).length));

/** Steady time runs on whatever the clock shows: the windows are counted in it. */
const run = (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]): Did[] => {
  const rows: Spent[] = [];
  const did: Did[] = [];
  let [clockMs, steadyMs] = [START, START];
  for (const [index, { aheadMs, target, effect, tool, caller }] of steps.entries()) {
    clockMs += aheadMs;
    steadyMs += Math.max(0, aheadMs);
    const [id, parent] = TARGETS[target] ?? TARGETS[0];
    const who = { kind: caller, id: caller };
    const against = budget(rows, { callId: `c${index}`, tool, effect, target: id, parent, caller: who, row: "unasked", nowMs: clockMs });
    if (against.some(({ binding }) => binding)) continue;
    rows.push({ callId: `c${index}`, tool, effect, target: id, parent, caller: who, unasked: true, state: "succeeded", sentMs: clockMs });
    did.push({ atMs: steadyMs, target: id, parent, effect, tool });
  }
  return did;
};

test("no history of Jarvis's own acts exceeds a limit in any window, whatever tool, caller and clock", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const did = run(steps);
      const heavy = did.filter(({ effect }) => effect === "disruptive");
      expect(most(heavy, HOUR)).toBeLessThanOrEqual(5);
      expect(most(heavy, 24 * HOUR)).toBeLessThanOrEqual(20);
      for (const [target, parent] of TARGETS) {
        const own = heavy.filter((act) => act.target === target);
        expect(most(own, HOUR)).toBeLessThanOrEqual(3);
        expect(most(own, 5 * MINUTE)).toBeLessThanOrEqual(1);
        expect(
          most(
            own.filter(({ tool }) => tool.endsWith("migrate")),
            HOUR,
          ),
        ).toBeLessThanOrEqual(1);
        expect(
          most(
            did.filter((act) => act.target === target && act.effect === "reversible"),
            HOUR,
          ),
        ).toBeLessThanOrEqual(10);
        expect(
          most(
            heavy.filter((act) => act.parent === parent),
            HOUR / 2,
          ),
        ).toBeLessThanOrEqual(2);
      }
    }),
    { numRuns: 400 },
  );
});

const rules = (rows: Spent[], more: Partial<Parameters<typeof budget>[1]> = {}): string[] =>
  budget(rows, {
    callId: "new",
    tool: "t_guest_restart",
    effect: "disruptive",
    target: "guest/1",
    parent: "node/a",
    caller: { kind: "remedy", id: "r" },
    row: "unasked",
    nowMs: START,
    ...more,
  }).map(({ rule, binding }) => (binding ? rule : `(${rule})`));
const spent = (minutesAgo: number, more: Partial<Spent> = {}): Spent => ({
  callId: `s${minutesAgo}`,
  tool: "t_guest_restart",
  effect: "disruptive",
  target: "guest/9",
  parent: "node/z",
  caller: { kind: "remedy", id: "r" },
  unasked: true,
  state: "succeeded",
  sentMs: START - minutesAgo * MINUTE,
  ...more,
});

describe("one above the other", () => {
  test("never two disruptive acts at once on what stands on each other, for everyone", () => {
    const under = spent(1, { target: "node/a", parent: null, state: "accepted" });
    for (const row of ["unasked", "operator", "token"] as const) expect(rules([under], { related: ["node/a"], row })).toEqual(["group_concurrency"]);
    expect(rules([under], { related: ["node/b"] })).toEqual([]);
    expect(rules([{ ...under, state: "succeeded" }], { related: ["node/a"] })).toEqual([]);
  });

  test("what two others need is disturbed by Jarvis only after a person was asked", () => {
    const of = (needed: number, unasked = true) => escalate({ effect: "disruptive", input: {}, facts: undefined, unasked, needed });
    expect([of(1), of(2), of(2, false)]).toEqual(["disruptive", "destructive", "disruptive"]);
    expect(escalate({ effect: "reversible", input: {}, facts: undefined, unasked: true, needed: 5 })).toBe("reversible");
  });
});

test("a guest is moved once an hour by Jarvis; the operator hears of it and may", () => {
  const moved = spent(50, { target: "guest/1", tool: "t_guest_migrate" });
  expect(rules([moved], { tool: "t_guest_migrate" })).toEqual(["target_gap"]);
  expect(rules([moved], { tool: "t_guest_migrate", row: "operator" })).toEqual(["(target_gap)"]);
  expect(rules([moved])).toEqual([]);
});

test("what Jarvis tried and handed over stays frozen for what disturbs, until a person succeeded there", () => {
  const escalated = { words: "handed over", sinceMs: START - 20 * 60_000 };
  expect(rules([], { escalated })).toEqual(["target_frozen"]);
  expect(rules([], { escalated, effect: "reversible" })).toEqual([]);
  expect(rules([], { escalated, row: "operator" })).toEqual(["(target_frozen)"]);
  const acted = (minutesAgo: number) => spent(minutesAgo, { target: "guest/1", unasked: false, effect: "reversible" });
  expect(rules([acted(10)], { escalated })).toEqual([]);
  // What they did before it broke says nothing of it.
  expect(rules([acted(300)], { escalated })).toEqual(["target_frozen"]);
});

describe("the unhealthy share", () => {
  const house = (before: string[] = []) => {
    const clock = { at: START, now: () => clock.at };
    const group = { unhealthy: 0, of: 10 };
    const kept: string[] = [];
    const share = createShare({ clock, groups: (): Record<string, Group> => ({ guest: { ...group } }), before, keep: (kinds) => void kept.push(kinds.join()) });
    const found = (): string[] => rules([], { health: share.of("guest/1"), nowMs: clock.at });
    return { clock, group, kept, share, found };
  };

  test("stops Jarvis while it is too much, and until it was less for ten minutes", () => {
    const { clock, group, kept, found } = house();
    expect(found()).toEqual([]);
    group.unhealthy = 5;
    expect(found()).toEqual(["unhealthy_share"]);
    group.unhealthy = 4;
    clock.at += CALM_MS - 1;
    expect(found()).toEqual(["unhealthy_share"]);
    clock.at += 1;
    expect(found()).toEqual([]);
    expect(kept).toEqual(["guest", ""]);
  });

  test("counts from the restart when the last run ended in it, and another kind is not held back", () => {
    const { clock, found, share } = house(["guest"]);
    expect(found()).toEqual(["unhealthy_share"]);
    expect(rules([], { health: share.of("node/a") })).toEqual([]);
    clock.at += CALM_MS;
    expect(found()).toEqual([]);
  });

  test("a clock that jumps back does not end it", () => {
    const { clock, group, found } = house();
    group.unhealthy = 9;
    found();
    group.unhealthy = 0;
    clock.at -= 5 * HOUR;
    expect(found()).toEqual(["unhealthy_share"]);
  });
});

describe("on the journal", () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const bound = { remedy: "r", incident: "i1" };

  test("limits hold when the clock jumped back over a restart", async () => {
    rig = createRig();
    expect((await rig.finish("world_guest_restart", 101, REMEDY, bound)).state).toBe("succeeded");
    rig.crash();
    rig.clock.jump(-26 * HOUR);
    await rig.restart();
    expect((await rig.call("world_guest_restart", 101, REMEDY, bound)).rule).toBe("target_gap");
  });

  test("the circuit says aloud that it lowered the mode, and nothing but the operator raises it", async () => {
    rig = createRig();
    for (const vmid of [101, 102]) {
      rig.world.fate = "task-fails";
      await rig.finish("world_guest_restart", vmid, REMEDY, bound);
    }
    expect(rig.told).toEqual([expect.stringContaining("Only you raise autonomy again")]);
    expect(() => rig.core.switches.setMode("act", REMEDY)).toThrow("Only the operator");
    rig.crash();
    await rig.restart();
    expect(rig.core.switches.view().mode).toBe("propose");
    rig.core.switches.setMode("act", OPERATOR);
    expect(rig.core.switches.view().mode).toBe("act");
  });

  test("the kinds that were too much are remembered over a restart", async () => {
    rig = createRig();
    expect(rig.core.journal.unhealthyKinds()).toEqual([]);
    rig.core.journal.note({ unhealthy: ["guest"] });
    rig.crash();
    await rig.restart();
    expect(rig.core.journal.unhealthyKinds()).toEqual(["guest"]);
  });
});
