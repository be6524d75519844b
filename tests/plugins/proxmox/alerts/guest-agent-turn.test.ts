// Who is asked for its agent before the others, and how soon again.
import { describe, expect, test } from "bun:test";
import { isSuspect } from "../../../../plugins/proxmox/monitors/guest/agent-turn.ts";
import type { Rates } from "../../../../plugins/proxmox/monitors/guest/motion.ts";
import type { AgentNote } from "../../../../plugins/proxmox/monitors/guest/notes.ts";

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 1, 12);
const on: Rates = { sent: 20, heard: 20, read: 0, written: 20, seconds: 60, fromMs: NOW - MINUTE };
const still: Rates = { ...on, sent: 0, written: 0 };
const asked = (minutesAgo: number, more: Partial<AgentNote> = {}): AgentNote => ({
  askedAt: NOW - minutesAgo * MINUTE,
  answers: "yes",
  failures: 0,
  since: NOW,
  source: "x",
  ...more,
});
const silent = (minutesAgo: number, failures: number, moved?: boolean): AgentNote => asked(minutesAgo, { answers: "no", failures, ...(moved === undefined ? {} : { moved }) });
const suspect = (note: AgentNote | undefined, rates: Rates | undefined = on, afterBackup = false): boolean => isSuspect({ note, rates, afterBackup, nowMs: NOW });

describe("who is asked first", () => {
  test("is nobody who answers and goes on, nor who was never asked and goes on", () => {
    expect(suspect(asked(60))).toBe(false);
    expect(suspect(undefined)).toBe(false);
    expect(suspect(asked(60), undefined)).toBe(false);
  });
  test("is whom silence was heard of once, who is frozen, and whom a backup left a moment ago", () => {
    expect(suspect(silent(0, 1))).toBe(true);
    expect(suspect(asked(0, { frozen: true }))).toBe(true);
    expect(suspect(asked(0), on, true)).toBe(true);
    expect(suspect(asked(0, { frozen: false }), on, true)).toBe(false);
  });
  test("is who stands still, at once and then every few minutes", () => {
    expect(suspect(undefined, still)).toBe(true);
    expect(suspect(asked(1), still)).toBe(false);
    expect(suspect(asked(3), still)).toBe(true);
  });
  test("is who was silent while it stood still, as soon as it goes on", () => {
    expect(suspect(silent(0, 9, false))).toBe(true);
    expect(suspect(silent(0, 9, true))).toBe(false);
  });
});

test("what was told silent is asked again after two minutes, then ever more seldom, at last every half hour", () => {
  const due = (failures: number, minutes: number): boolean => suspect(silent(minutes, failures, true));
  expect([due(2, 1.9), due(2, 2)]).toEqual([false, true]);
  expect([due(4, 7.9), due(4, 8)]).toEqual([false, true]);
  expect([due(20, 29.9), due(20, 30)]).toEqual([false, true]);
  expect(due(5000, 30)).toBe(true);
});
