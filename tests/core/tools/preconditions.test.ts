// P1-P16 of reliability F4, each alone.
import { describe, expect, test } from "bun:test";
import type { Preflight } from "../../../core/contract/tool.ts";
import { escalate } from "../../../core/tools/escalate.ts";
import { type Conditions, preconditions } from "../../../core/tools/preconditions.ts";

const NOW = Date.UTC(2026, 0, 1);
const good: Preflight = { target: "guest/101", identity: "a", parent: "node/pve", quorate: true, busy: [], ha: { managed: false }, lastHumanAct: undefined, memoryFreeAfter: 0.5 };
const rules = (facts: Partial<Preflight>, more: Partial<Conditions> = {}): string[] =>
  preconditions({ ...good, ...facts }, { effect: "disruptive", unasked: true, nowMs: NOW, maintenance: false, before: undefined, ...more }).map(({ rule, binding }) =>
    binding ? rule : `(${rule})`,
  );

describe("what stands against an act", () => {
  test("nothing, when all is well", () => expect(rules({})).toEqual([]));
  test("P1: an identity that could not be learned", () => expect(rules({ identity: null })).toEqual(["identity"]));
  test("P1: another target, another identity, another carrier at the second reading", () => {
    expect(rules({}, { before: { ...good, target: "guest/102" } })).toEqual(["identity"]);
    expect(rules({}, { before: { ...good, identity: "b" } })).toEqual(["identity"]);
    expect(rules({}, { before: { ...good, parent: "node/home" } })).toEqual(["identity"]);
    expect(rules({}, { before: good })).toEqual([]);
    const words = preconditions({ ...good, name: "new" }, { effect: "disruptive", unasked: true, nowMs: NOW, maintenance: false, before: { ...good, name: "old", identity: "b" } });
    expect(words[0]?.words).toStartWith("guest/101 belongs to another guest now: it was old when this was asked, and is new by now. Nothing was sent.");
  });
  test("P4: no quorum, or an unknown one", () => {
    expect(rules({ quorate: false })).toEqual(["quorum"]);
    expect(rules({ quorate: null })).toEqual(["quorum"]);
  });
  test("P5: a lock", () => expect(rules({ lock: "backup" })).toEqual(["locked"]));
  test("P6: a running task", () => expect(rules({ busy: [{ what: "vzdump", id: "UPID:1" }] })).toEqual(["busy"]));
  test("P7: high availability in error or fence, or unknown", () => {
    expect(rules({ ha: { managed: true, state: "error" } })).toEqual(["ha"]);
    expect(rules({ ha: { managed: true, state: "fence" } })).toEqual(["ha"]);
    expect(rules({ ha: null })).toEqual(["ha"]);
    expect(rules({ ha: { managed: true, state: "started" } })).toEqual([]);
    expect(rules({ ha: { managed: true, state: "started", past: true } })).toEqual(["ha"]);
    expect(rules({ ha: { managed: false, past: true } })).toEqual([]);
  });
  test("P9: a person's stop, for ever, and for Jarvis only", () => {
    const lastHumanAct = { at: new Date(NOW - 90 * 86_400_000).toISOString(), words: "stop by root@pam", stop: true };
    expect(rules({ lastHumanAct })).toEqual(["human"]);
    expect(rules({ lastHumanAct }, { effect: "reversible" })).toEqual(["human"]);
    expect(rules({ lastHumanAct }, { unasked: false })).toEqual(["(human)"]);
  });
  test("P9: another act of a person, for half an hour, against what disturbs", () => {
    const at = (minutes: number) => ({ at: new Date(NOW - minutes * 60_000).toISOString(), words: "edited", stop: false });
    expect(rules({ lastHumanAct: at(29) })).toEqual(["human"]);
    expect(rules({ lastHumanAct: at(31) })).toEqual([]);
    expect(rules({ lastHumanAct: at(1) }, { effect: "reversible" })).toEqual([]);
  });
  test("P9: not knowing whether a person stopped it binds Jarvis", () => {
    expect(rules({ lastHumanAct: null })).toEqual(["human"]);
    expect(rules({ lastHumanAct: null }, { unasked: false })).toEqual([]);
  });
  test("P10: maintenance", () => expect(rules({}, { maintenance: true })).toEqual(["maintenance"]));
  test("P11: less than a tenth of the carrier's memory left, or unknown", () => {
    expect(rules({ memoryFreeAfter: 0.09 })).toEqual(["capacity"]);
    expect(rules({ memoryFreeAfter: -1 })).toEqual(["capacity"]);
    expect(rules({ memoryFreeAfter: null })).toEqual(["capacity"]);
    expect(rules({ memoryFreeAfter: 0.1 })).toEqual([]);
  });
  test("P16: anything but exactly one target", () => {
    for (const target of ["", "guest/*", "**", "guest/", "guest/101,guest/102", "guest/ALL", "101"]) expect(rules({ target })).toContain("no_target");
  });
  test("a template, and a protection flag against what destroys or what Jarvis disturbs", () => {
    expect(rules({ template: true }, { effect: "reversible" })).toEqual(["template"]);
    expect(rules({ protection: true })).toEqual(["protection"]);
    expect(rules({ protection: true }, { unasked: false })).toEqual([]);
    expect(rules({ protection: true }, { unasked: false, effect: "destructive" })).toEqual(["protection"]);
  });
});

describe("escalation", () => {
  const raised = (more: Partial<Parameters<typeof escalate>[0]>) => escalate({ effect: "disruptive", input: {}, facts: good, unasked: true, ...more });
  test("only raises", () => {
    expect(raised({})).toBe("disruptive");
    expect(raised({ effect: "read", input: { force: true } })).toBe("read");
    expect(raised({ effect: "destructive" })).toBe("destructive");
  });
  test("force and skip-lock destroy, whoever says so", () => {
    for (const input of [{ force: true }, { skiplock: 1 }, { skipLock: "1" }, { forceStop: true }])
      expect(raised({ effect: "reversible", input, unasked: false })).toBe("destructive");
    expect(raised({ input: { force: false } })).toBe("disruptive");
  });
  test("several targets go one up", () => expect(raised({ effect: "reversible", facts: { ...good, touches: ["guest/102"] } })).toBe("disruptive"));
  test("what HA manages is disturbed by a person's word only", () => {
    const facts = { ...good, ha: { managed: true, state: "started" } };
    expect(raised({ facts })).toBe("destructive");
    expect(raised({ facts, unasked: false })).toBe("disruptive");
    expect(raised({ facts, effect: "reversible" })).toBe("reversible");
  });
});
