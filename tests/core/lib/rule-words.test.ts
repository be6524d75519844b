// The feed tells a rule in a sentence: verbs and names, never the patterns of the record.
import { expect, test } from "bun:test";
import { RuleBody } from "../../../core/contract/rule.ts";
import { plainRule, shortRule } from "../../../core/lib/rule-words.ts";
import { ruleSaid } from "../../../core/tools/rule-match.ts";

const told = (rule: object): string => plainRule(`Rule 3 was added: it ${ruleSaid(RuleBody.parse(rule))}.`, (id) => (id === "guest/102" ? "nas" : undefined));

test.each([
  [
    { tool: "*_restart, *_reboot, *_stop", target: "guest/102", effect: "reversible", action: "deny", words: "never restart guest/102" },
    'Rule 3 was added: it refuses every restart, reboot or stop on nas (guest/102) ("never restart guest/102").',
  ],
  [{ target: "guest/102", effect: "reversible", action: "deny" }, "Rule 3 was added: it refuses every change on nas (guest/102)."],
  [{ tool: "*_start", target: "guest/*", action: "ask" }, "Rule 3 was added: it asks a person first about every start on any guest."],
  [{ caller: "runbook:storage-full, remedy:storage-full", action: "observe" }, "Rule 3 was added: it has Jarvis only watch with the runbook storage-full."],
  [{ target: "tag/nas", effect: "reversible", action: "deny", when: "night" }, "Rule 3 was added: it refuses every change on whatever bears the tag nas between 22:00 and 06:00."],
  [{ target: "guest/7, guest/102", tool: "x_guest_stop", action: "deny" }, "Rule 3 was added: it refuses x_guest_stop on guest/7 or nas (guest/102)."],
])("%j", (rule, words) => expect(told(rule)).toBe(words));

test("what is no rule's sentence stays as it is", () => {
  expect(plainRule("The order of the rules is now 2, 1; the last that fits decides.", () => undefined)).toBe("The order of the rules is now 2, 1; the last that fits decides.");
});

test("who is asked hears of many verbs only three, and no pattern", () => {
  const rule = {
    tool: "*_restart, *_reboot, *_reset, *_stop, *_shutdown",
    target: "guest/102",
    effect: "reversible",
    action: "ask",
    words: "ask me before you restart nas, nas.lan",
  };
  expect(shortRule(`Rule 1 (chat 2026-11-23) ${ruleSaid(RuleBody.parse(rule))}.`, (id) => (id === "guest/102" ? "nas" : undefined))).toBe(
    'Rule 1 (chat 2026-11-23) asks a person before every restart, reboot, reset or the like on nas (guest/102) ("ask me before you restart nas, nas.lan").',
  );
  expect(shortRule(`Rule 2 (chat 2026-11-23) ${ruleSaid(RuleBody.parse({ ...rule, tool: "*_restart, *_stop, *_start", words: undefined }))}.`, () => undefined)).toBe(
    "Rule 2 (chat 2026-11-23) asks a person before every restart, stop or start on guest/102.",
  );
});
