// How far Jarvis goes with one thing, said in words; and what it would have done, asked in words. What is not plainly meant so is not read so.
import { expect, test } from "bun:test";
import { readIntent } from "../../../core/agent/reflex/intent.ts";
import { shadowHead, shadowSaid } from "../../../core/agent/reflex/shadow.ts";
import type { Shadow } from "../../../core/contract/shadow.ts";

test.each([
  ["only watch nextcloud", "observe", "nextcloud", false],
  ["Jarvis, please only observe guest/105.", "observe", "guest/105", false],
  ["set autonomy of tag/nas to propose", "propose", "tag/nas", false],
  ["autonomy observe for the runbook storage-full", "observe", "storage-full", true],
  ["autonomy of remedy guest-crashed to act", "act", "guest-crashed", true],
])("%s", (text, mode, what, isRunbook) => expect(readIntent(text)).toMatchObject({ kind: "limit", mode, what, isRunbook }));

test.each(["do not only watch nextcloud", "why do you only watch nextcloud?", "only watch nextcloud until tomorrow at noon", "autonomy of nextcloud", "watch nextcloud"])(
  "%s sets nothing",
  (text) => expect(readIntent(text).kind).not.toBe("limit"),
);

test.each(["what would you have done?", "What would you have done today?", "was hättest du getan", "shadow report"])("%s", (text) =>
  expect(readIntent(text)).toEqual({ kind: "shadow" }),
);

const act = {
  at: "2026-11-23T08:00:00.000Z",
  incident: "INC-0001",
  by: "farm/start",
  tool: "farm_start",
  target: "guest/1",
  name: "one",
  verdict: "right",
  why: "It still stands.",
} as const;
const shadow = (more: Partial<Shadow> = {}): Shadow => ({
  since: "2026-10-24T08:00:00.000Z",
  would: 6,
  right: 6,
  wrong: 0,
  open: 0,
  acts: Array.from({ length: 12 }, () => act),
  ...more,
});

test("is told in one sentence with its lines behind it, each with its incident", () => {
  expect(shadowHead(shadow())).toBe("I would have acted 6 times in the last 30 days: 6 right.");
  expect(shadowHead(shadow({ would: 3, right: 1, wrong: 1, open: 1 }))).toBe("I would have acted 3 times in the last 30 days: 1 right, 1 wrong, 1 still open.");
  expect(shadowHead(shadow({ would: 0 }))).toContain("nothing I would have done");
  const { text, evidence } = shadowSaid(shadow());
  expect(text.split("\n")).toHaveLength(10);
  expect(text).toContain("- 2026-11-23 08:00 farm_start on one (farm/start): right. It still stands.");
  expect(evidence[0]).toEqual({ claim: "farm_start on one: right", source: "core/incidents INC-0001", at: act.at });
});
