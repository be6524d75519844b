// F3's limits, bound as DESIGN 5 says, and that they hold over restarts, names and identities.
import { afterEach, describe, expect, test } from "bun:test";
import { budget, type Spent, type Wish } from "../../../core/tools/budget.ts";
import { circuitTrips } from "../../../core/tools/circuit.ts";
import { createRig, MODEL, OPERATOR, REMEDY, type Rig, TOKEN } from "./rig.ts";

const NOW = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;
let count = 0;
const spent = (minutesAgo: number, more: Partial<Spent> = {}): Spent => {
  count += 1;
  return {
    callId: `c${count}`,
    tool: "t",
    effect: "disruptive",
    target: "guest/101",
    parent: "node/a",
    caller: { kind: "remedy", id: "r" },
    unasked: true,
    state: "succeeded",
    sentMs: NOW - minutesAgo * MINUTE,
    ...more,
  };
};
const wish = (more: Partial<Wish> = {}): Wish => ({
  callId: "new",
  tool: "t",
  effect: "disruptive",
  target: "guest/101",
  parent: "node/a",
  caller: { kind: "remedy", id: "r" },
  row: "unasked",
  nowMs: NOW,
  ...more,
});
const rules = (rows: Spent[], more: Partial<Wish> = {}): string[] => budget(rows, wish(more)).map(({ rule, binding }) => (binding ? rule : `(${rule})`));
const elsewhere = (minutesAgo: number, number: number, more: Partial<Spent> = {}): Spent =>
  spent(minutesAgo, { target: `guest/${200 + number}`, parent: `node/${number}`, ...more });

describe("a target", () => {
  test("is disturbed at most three times an hour", () => expect(rules([spent(50), spent(40), spent(20)], { parent: undefined })).toEqual(["target_attempts"]));
  test("wants gaps of 0, 5 and 15 minutes, which a quiet day resets", () => {
    expect(rules([])).toEqual([]);
    expect(rules([spent(4)])).toEqual(["target_gap"]);
    expect(rules([spent(6)])).toEqual([]);
    expect(rules([spent(59), spent(14)])).toEqual(["target_gap"]);
    expect(rules([spent(59), spent(16)])).toEqual([]);
    expect(rules([spent(25 * 60), spent(6)])).toEqual([]);
  });
  test("is counted whatever tool, caller or session did it", () => {
    const rows = [spent(50, { tool: "a", caller: { kind: "operator", id: "x" } }), spent(40, { tool: "b", caller: { kind: "script", id: "y" } }), spent(20, { tool: "c" })];
    expect(rules(rows)).toContain("target_attempts");
  });
  test("takes ten reversible acts an hour", () => {
    const rows = Array.from({ length: 10 }, (_, index) => spent(5 * index + 2, { effect: "reversible" }));
    expect(rules(rows, { effect: "reversible" })).toEqual(["target_attempts"]);
    expect(rules(rows.slice(1), { effect: "reversible" })).toEqual([]);
  });
  test("has one act at a time, for everyone", () => {
    for (const row of ["unasked", "operator", "token"] as const)
      expect(rules([spent(1, { effect: "reversible", state: "verifying" })], { row, effect: "reversible" })).toEqual(["target_busy"]);
  });
  test("counts an entry of uncertain age as inside its window", () => expect(rules([spent(-600), spent(-600), spent(-600)], { parent: undefined })).toContain("target_attempts"));
});

describe("a carrier and the cluster", () => {
  test("a carrier has one disruptive act at a time, for everyone, and two in half an hour for Jarvis", () => {
    const other = (minutesAgo: number, more: Partial<Spent> = {}) => spent(minutesAgo, { target: "guest/102", ...more });
    expect(rules([other(1, { state: "accepted" })], { row: "operator" })).toEqual(["node_concurrency"]);
    expect(rules([other(20), other(10)])).toEqual(["node_attempts"]);
    expect(rules([other(20), other(10)], { row: "token" })).toEqual(["(node_attempts)"]);
    expect(rules([other(31), other(10)])).toEqual([]);
  });
  test("the cluster has two at once for everyone, five an hour and twenty a day for Jarvis", () => {
    const active = { state: "sending" } as const;
    expect(rules([elsewhere(1, 1, active), elsewhere(1, 2, active)], { row: "operator" })).toEqual(["cluster_concurrency"]);
    expect(rules([1, 2, 3, 4, 5].map((number) => elsewhere(number * 10, number)))).toEqual(["cluster_attempts"]);
    expect(rules(Array.from({ length: 20 }, (_, number) => elsewhere(61 + number * 60, number)))).toEqual(["cluster_attempts"]);
    expect(rules(Array.from({ length: 19 }, (_, number) => elsewhere(61 + number * 60, number)))).toEqual([]);
  });
  test("reversible acts do not count", () => expect(rules([1, 2, 3, 4, 5, 6].map((number) => elsewhere(1, number, { effect: "reversible" })))).toEqual([]));
  test("three destructive acts an hour", () => {
    const rows = [1, 2, 3].map((number) => elsewhere(number * 10, number, { effect: "destructive" }));
    expect(rules(rows, { effect: "destructive" })).toEqual(["destructive_attempts"]);
    expect(rules(rows, { effect: "destructive", row: "operator" })).toEqual(["(destructive_attempts)"]);
  });
  test("more than two and 40 percent unhealthy stop Jarvis", () => {
    expect(rules([], { health: { unhealthy: 5, of: 10 } })).toEqual(["unhealthy_share"]);
    expect(rules([], { health: { unhealthy: 4, of: 10 } })).toEqual([]);
    expect(rules([], { health: { unhealthy: 2, of: 2 } })).toEqual([]);
    expect(rules([], { health: { unhealthy: 5, of: 10 }, row: "operator" })).toEqual(["(unhealthy_share)"]);
  });
});

test("a caller has thirty effects a minute", () => {
  const rows = Array.from({ length: 30 }, (_, number) => elsewhere(0.5, number, { effect: "reversible", caller: { kind: "script", id: "t" } }));
  expect(rules(rows, { effect: "reversible", row: "token", caller: { kind: "script", id: "t" } })).toEqual(["caller_rate"]);
  expect(rules(rows, { effect: "reversible", row: "token", caller: { kind: "script", id: "u" } })).toEqual([]);
});

test("for the operator and tokens the per-target limits are warnings", () => {
  expect(rules([spent(4)], { row: "operator" })).toEqual(["(target_gap)"]);
  expect(rules([spent(4)], { row: "token" })).toEqual(["(target_gap)"]);
});

test("the circuit trips on two failures in a row of Jarvis's own, or one destructive act unresolved", () => {
  const ended = (state: "failed" | "succeeded" | "unresolved", more: object = {}) => ({
    state,
    effect: "disruptive" as const,
    unasked: true,
    sentMs: NOW - MINUTE,
    endedMs: NOW - MINUTE,
    ...more,
  });
  expect(circuitTrips([ended("failed"), ended("unresolved")], NOW)).toBe(true);
  expect(circuitTrips([ended("failed"), ended("succeeded")], NOW)).toBe(false);
  expect(circuitTrips([ended("failed", { unasked: false }), ended("failed")], NOW)).toBe(false);
  expect(circuitTrips([ended("failed", { endedMs: NOW - 61 * MINUTE }), ended("failed")], NOW)).toBe(false);
  expect(circuitTrips([ended("unresolved", { effect: "destructive", unasked: false })], NOW)).toBe(true);
});

describe("on the journal", () => {
  let rig: Rig;
  afterEach(() => rig.close());
  const bound = { remedy: "r", incident: "i1" };

  test("attempts are counted over a restart and over other tools", async () => {
    rig = createRig();
    expect((await rig.finish("world_guest_restart", 101, REMEDY, bound)).state).toBe("succeeded");
    rig.crash();
    await rig.restart();
    expect((await rig.call("world_guest_reboot", 101, MODEL, bound)).rule).toBe("target_gap");
    const operators = await rig.finish("world_guest_restart", 101, OPERATOR);
    expect(operators.state).toBe("succeeded");
    expect(operators.warnings?.join()).toContain("less than 5 minutes");
    expect((await rig.call("world_guest_restart", 103, TOKEN)).state).toBe("running");
  });

  test("two failures in a row lower the mode to propose", async () => {
    rig = createRig();
    for (const vmid of [101, 102]) {
      rig.world.fate = "task-fails";
      await rig.finish("world_guest_restart", vmid, REMEDY, bound);
    }
    expect(rig.core.switches.view().mode).toBe("propose");
  });
});
