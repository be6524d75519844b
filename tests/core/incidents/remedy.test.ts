// When a remedy may be tried, from the journal alone.
import { describe, expect, test } from "bun:test";
import type { Call, CallState } from "../../../core/contract/call.ts";
import { isDoubtful, lookAgainMs, nextTry, tooManyAtOnce } from "../../../core/incidents/remedy.ts";

const now = Date.parse("2026-11-22T21:00:00Z");
const tries = { perHour: 3, gapsMinutes: [0, 5, 15] };
const call = (minutesAgo: number, state: CallState = "failed", kind: Call["caller"]["kind"] = "remedy"): Call => ({
  callId: String(minutesAgo),
  tool: "t",
  arguments: {},
  target: "guest/1",
  identity: null,
  effect: "reversible",
  caller: { kind, id: "r", scope: "operate", tainted: false },
  decision: "allow",
  rule: "r",
  state,
  createdAt: new Date(now - minutesAgo * 60_000).toISOString(),
});

describe("the next try", () => {
  test("the first is at once", () => expect(nextTry([], tries, now)).toEqual({ when: "now" }));
  test("the second waits 5 minutes from the first", () => expect(nextTry([call(2)], tries, now)).toEqual({ when: "later", atMs: now + 3 * 60_000, tried: 1 }));
  test("the third waits 15 minutes from the second", () => expect(nextTry([call(20), call(14)], tries, now)).toMatchObject({ when: "later", atMs: now + 60_000 }));
  test("after three in an hour there is none", () => expect(nextTry([call(50), call(40), call(20)], tries, now)).toEqual({ when: "never", tried: 3 }));
  test("what is older than an hour is forgotten", () => expect(nextTry([call(61), call(70), call(80)], tries, now)).toEqual({ when: "now" }));
  test("what was never sent is no try, nor is another's call", () =>
    expect(nextTry([call(1, "refused"), call(1, "aborted"), call(1, "succeeded", "operator")], tries, now)).toEqual({ when: "now" }));
});

test.each([
  [2, 22, false],
  [3, 4, true],
  [8, 22, false],
  [9, 22, true],
  [3, 22, false],
])("%p of %p failing at once is too many: %p", (failing, all, expected) => expect(tooManyAtOnce(failing, all)).toBe(expected));

test("what was refused or left alone is looked at again soon at first and every ten minutes in the end", () =>
  expect([1, 2, 3, 6, 500].map((times) => lookAgainMs(times) / 1000)).toEqual([30, 60, 120, 600, 600]));

test.each([
  ["failed", 10, true],
  ["failed", 31, false],
  ["unresolved", 10, true],
  ["succeeded", 10, false],
  ["aborted", 10, false],
] as const)("a missing alert after a call that %s %d s ago is doubted: %p", (state, secondsAgo, expected) => {
  const ended = { ...call(5, state), incident: "INC-1", endedAt: new Date(now - secondsAgo * 1000).toISOString() };
  expect(isDoubtful([ended], "INC-1", now)).toBe(expected);
  expect(isDoubtful([ended], "INC-2", now)).toBe(false);
});
