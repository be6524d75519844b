// A prescription held to its words: what of it is refused, how far it has come by the journal, when it may be tried again, and what proves it.
import { describe, expect, test } from "bun:test";
import type { Call, CallState } from "../../../core/contract/call.ts";
import type { Effect } from "../../../core/contract/tool.ts";
import type { Plan } from "../../../core/incidents/bound.ts";
import { doneOf, isAsExpected, nextTurn, vet } from "../../../core/incidents/plan.ts";

const EFFECTS: Record<string, Effect> = { farm_look: "read", farm_start: "reversible", farm_reboot: "disruptive", farm_wipe: "destructive" };
/** Its target is what `id` says; farm_reboot tells none by itself. */
const toolAt = (tool: string, input: unknown) => {
  const effect = EFFECTS[tool];
  const { id, odd } = input as { id?: string; odd?: string };
  if (effect === undefined) return undefined;
  return { effect, target: tool === "farm_reboot" ? undefined : id, ...(odd === undefined ? {} : { wrong: "odd: there is no such field" }) };
};
const house = { toolAt, root: "guest/1", standing: ["guest/2"] };

const plan = (change: Partial<Plan> = {}): Plan => ({
  id: "farm/start",
  name: "start",
  title: "Start it",
  class: "act",
  words: "I would start it.",
  says: "I start it.",
  effect: "reversible",
  reach: "root",
  steps: [{ tool: "farm_start", input: { id: "guest/1" } }],
  verify: { by: "gone" },
  deadlineSeconds: 60,
  tries: { most: 2, withinMinutes: 60 },
  ...change,
});
const step = (tool: string, input: Record<string, unknown> = { id: "guest/1" }) => ({ tool, input });

describe("a prescription", () => {
  test("whose steps stay on the incident's resource and below its effect is fit", () => expect(vet(plan(), house)).toEqual({ changes: true }));
  test("that only looks changes nothing", () => expect(vet(plan({ class: "report", steps: [step("farm_look", {})] }), house)).toEqual({ changes: false }));
  const refused: [string, Partial<Plan>, RegExp][] = [
    ["a step above the effect it says", { steps: [step("farm_wipe")] }, /farm_wipe is destructive.*no more than reversible/],
    ["a step on another target", { steps: [step("farm_start", { id: "guest/7" })] }, /would touch guest\/7, and this is about guest\/1/],
    ["a step on what stands on it, where only the root is meant", { steps: [step("farm_start", { id: "guest/2" })] }, /would touch guest\/2/],
    ["a step that does not say what it would touch", { effect: "disruptive", steps: [step("farm_reboot", { name: "it" })] }, /does not say what it would touch/],
    ["a step that names two resources", { effect: "disruptive", steps: [step("farm_reboot", { a: "guest/1", b: "guest/7" })] }, /does not say what it would touch/],
    ["a step with an argument the tool does not know", { steps: [step("farm_start", { id: "guest/1", odd: "x" })] }, /does not fit \(odd/],
    ["a step that changes something, though it only reports", { class: "report" }, /only reports/],
    ["a compensation above its effect", { compensation: step("farm_wipe") }, /farm_wipe is destructive/],
    ["a proof that changes something", { verify: { by: "look", tool: "farm_start", input: {}, expect: { at: "x" } } }, /does not only look/],
  ];
  test.each(refused)("with %s is refused", (_, change, words) => expect(vet(plan(change), house)).toEqual({ refused: expect.stringMatching(words) }));
  test("for what stands on the resource may touch that, and nothing else", () => {
    expect(vet(plan({ reach: "standing", steps: [step("farm_start", { id: "guest/2" })] }), house)).toEqual({ changes: true });
    expect(vet(plan({ reach: "standing", steps: [step("farm_start", { id: "guest/7" })] }), house)).toHaveProperty("refused");
  });
  test("whose tool is not there waits for it", () => expect(vet(plan({ steps: [step("ssh_run")] }), house)).toEqual({ waits: "ssh_run" }));
  test("that names its target by a resource id alone is bound to it", () =>
    expect(vet(plan({ effect: "disruptive", steps: [step("farm_reboot", { container: "guest/1" })] }), house)).toEqual({ changes: true }));
});

const now = Date.parse("2026-11-23T08:00:00Z");
const call = (minutesAgo: number, tool: string, target: string, state: CallState = "succeeded", id = "farm/start"): Call => ({
  callId: `${tool}-${minutesAgo}`,
  tool,
  arguments: {},
  target,
  identity: null,
  effect: "reversible",
  caller: { kind: "runbook", id, scope: "operate", tainted: false },
  decision: "allow",
  rule: "allowed",
  state,
  createdAt: new Date(now - minutesAgo * 60_000).toISOString(),
});

describe("how far it is", () => {
  const steps = [step("farm_start"), step("farm_start", { id: "guest/2" })];
  test("is counted in steps that succeeded in their order", () => {
    expect(doneOf([], steps, toolAt)).toMatchObject({ done: 0, rounds: 0 });
    expect(doneOf([call(9, "farm_start", "guest/1")], steps, toolAt)).toMatchObject({ done: 1, rounds: 0 });
    expect(doneOf([call(9, "farm_start", "guest/1", "failed"), call(8, "farm_start", "guest/1")], steps, toolAt)).toMatchObject({ done: 1, rounds: 0 });
  });
  test("begins anew when a round was done whole", () =>
    expect(doneOf([call(9, "farm_start", "guest/1"), call(8, "farm_start", "guest/2"), call(3, "farm_start", "guest/1")], steps, toolAt)).toMatchObject({ done: 1, rounds: 1 }));
  test("counts no other's step", () => expect(doneOf([call(9, "farm_start", "guest/7"), call(8, "farm_look", "guest/1")], steps, toolAt)).toMatchObject({ done: 0, rounds: 0 }));
});

describe("the next turn of a step", () => {
  const next = (calls: Call[], tries = { most: 2, withinMinutes: 360 }) => nextTurn({ id: "farm/start", tries }, step("farm_start"), calls, now);
  test("is at once, then after five minutes, then never within its time", () => {
    expect(next([])).toEqual({ when: "now" });
    expect(next([call(2, "farm_start", "guest/1", "failed")])).toEqual({ when: "later", atMs: now + 180_000, tried: 1 });
    expect(next([call(6, "farm_start", "guest/1", "failed")])).toEqual({ when: "now" });
    expect(next([call(300, "farm_start", "guest/1"), call(200, "farm_start", "guest/1")])).toEqual({ when: "never", tried: 2 });
    expect(next([call(370, "farm_start", "guest/1"), call(200, "farm_start", "guest/1")])).toEqual({ when: "now" });
  });
  test("counts neither what was never sent nor another's calls", () =>
    expect(next([call(1, "farm_start", "guest/1", "refused"), call(1, "farm_start", "guest/1", "denied"), call(1, "farm_start", "guest/1", "failed", "farm/other")])).toEqual({
      when: "now",
    }));
});

test("a look proves it only by what it tells: a field that is not there proves nothing", () => {
  const data = { guest: { status: "running", cpu: 3 } };
  expect(isAsExpected(data, { at: "guest.status", is: "running" })).toBe(true);
  expect(isAsExpected(data, { at: "guest.status", not: "paused" })).toBe(true);
  expect(isAsExpected(data, { at: "guest.cpu", least: 1, most: 5 })).toBe(true);
  for (const expected of [
    { at: "guest.status", is: "stopped" },
    { at: "guest.lock", not: "backup" },
    { at: "guest.cpu", most: 2 },
    { at: "guest.status", most: 2 },
  ])
    expect(isAsExpected(data, expected)).toBe(false);
});
