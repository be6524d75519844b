// What ./jarvis autonomy says to a person of what it would have done where it only watched.
import { expect, test } from "bun:test";
import { describeRule, describeShadow } from "../../core/cli/people.ts";
import type { Shadow } from "../../core/contract/shadow.ts";

const act = { at: "2026-11-23T08:00:00.000Z", incident: "INC-0001", by: "farm/start", tool: "farm_start", target: "guest/1", name: "one", why: "It still stands." } as const;
const shadow: Shadow = {
  since: "2026-10-24T08:00:00.000Z",
  would: 2,
  right: 1,
  wrong: 1,
  open: 0,
  acts: [
    { ...act, verdict: "right" },
    { ...act, verdict: "wrong", name: "two" },
  ],
};

test("the count comes first, then each time with its verdict and why; nothing where it never only watched", () => {
  const [head, lines = ""] = describeShadow(shadow);
  expect(head).toBe("where it only watched, it would have acted 2 times in 30 days: 1 right, 1 wrong, 0 open");
  expect(lines.split("\n")).toEqual([
    "  2026-11-23T08:00  right  farm/start  farm_start on one  It still stands.",
    "  2026-11-23T08:00  wrong  farm/start  farm_start on two  It still stands.",
  ]);
  expect(describeShadow({ ...shadow, would: 0, acts: [] })).toEqual([]);
});

test("a rule is named by its number and where it was said", () => {
  const rule = { id: "3", origin: "cli 2026-11-23", tool: "*", target: "guest/1", caller: "*", action: "observe", editable: true } as const;
  expect(describeRule({ ...rule, said: "has Jarvis only watch on guest/1" })).toBe("Rule 3 (cli 2026-11-23) has Jarvis only watch on guest/1.");
});
