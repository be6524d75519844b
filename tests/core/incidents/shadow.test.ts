// Whether it would have been right: told from how the incident went on without Jarvis, and in doubt it was not.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Call } from "../../../core/contract/call.ts";
import type { Incident } from "../../../core/contract/incident.ts";
import { shadowVerdict } from "../../../core/incidents/shadow.ts";

const AT = Date.parse("2026-11-23T08:00:00Z");
const GRACE = 120_000;
const KEPT = { tool: "farm_start", atMs: AT, graceMs: GRACE };
const iso = (ms: number): string => new Date(AT + ms).toISOString();
type Went = Pick<Incident, "status" | "resolvedAt" | "cause" | "partOf">;
const cause: Incident["cause"] = { kind: "crash", words: "It crashed.", evidence: [], verdict: "fault" };
const open: Went = { status: "open", cause };
const over = (ms: number, more: Partial<Went> = {}): Went => ({ status: "resolved", resolvedAt: iso(ms), cause, ...more });
const act = (ms: number, more: Partial<Call> = {}): Call => ({
  callId: "call-1",
  tool: "farm_start",
  arguments: {},
  target: "guest/1",
  identity: null,
  effect: "reversible",
  caller: { kind: "operator", id: "cli", scope: "admin", tainted: false },
  decision: "allow",
  rule: "allowed",
  state: "succeeded",
  createdAt: iso(ms),
  ...more,
});
const said = (incident: Went | undefined, { calls = [], after = 600_000 }: { calls?: Call[]; after?: number } = {}): string =>
  shadowVerdict(KEPT, incident, calls, AT + after).verdict;

describe("what was not done", () => {
  test("is right when the fault still stands after the act could have been done and checked, and too early to tell before", () => {
    expect(said(open, { after: GRACE + 1 })).toBe("right");
    expect(said(open, { after: GRACE })).toBe("open");
    expect(said(over(GRACE + 1))).toBe("right");
  });
  test("is wrong when it was well by itself before that", () => {
    expect(said(over(GRACE))).toBe("wrong");
    expect(said(over(1000))).toBe("wrong");
    expect(shadowVerdict(KEPT, over(30_000), [], AT + GRACE).why).toBe("It was well again by itself after 30 s, before the act could have been checked.");
  });
  test("is right when somebody did the very same meanwhile, it worked, and the incident ended after it", () => {
    expect(said(over(60_000), { calls: [act(20_000)] })).toBe("right");
    expect(shadowVerdict(KEPT, over(60_000), [act(20_000)], AT + GRACE).why).toBe("operator cli did the same 20 s later, and it was over after that.");
    for (const other of [act(20_000, { tool: "farm_reboot" }), act(20_000, { state: "failed" }), act(-1000), act(61_000)])
      expect(said(over(60_000), { calls: [other] })).toBe("wrong");
  });
  test("is wrong when it had been meant or was part of another fault, however long it lasted and whatever was done", () => {
    expect(said(over(10 * GRACE, { cause: { ...cause, verdict: "meant" } }), { calls: [act(1000)] })).toBe("wrong");
    expect(said(over(10 * GRACE, { partOf: "node/pve" }), { calls: [act(1000)] })).toBe("wrong");
  });
  test("is not judged without the incident's record", () => expect(said(undefined)).toBe("open"));

  test("is never right before the grace is over, unless the same was done by somebody; what ended is never open", () => {
    const end = fc.integer({ min: 0, max: 3 * GRACE });
    fc.assert(
      fc.property(end, fc.option(end, { nil: undefined }), fc.boolean(), (endMs, sameMs, meant) => {
        const calls = sameMs === undefined ? [] : [act(sameMs)];
        const incident = over(endMs, meant ? { cause: { ...cause, verdict: "meant" } } : {});
        const verdict = shadowVerdict(KEPT, incident, calls, AT + endMs).verdict;
        expect(verdict).toBe(!meant && (endMs > GRACE || (sameMs !== undefined && sameMs <= endMs)) ? "right" : "wrong");
      }),
    );
  });
});
