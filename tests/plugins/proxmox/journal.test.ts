// A node's journal taken apart: zones, years, other nodes' lines, cursors, other stamps.
import { describe, expect, test } from "bun:test";
import { parseJournal } from "../../../plugins/proxmox/probe/journal.ts";

const NOW = Date.UTC(2026, 0, 1, 0, 5, 0);
const MINUTES = 60_000;
const window = { node: "pve", sinceMs: NOW - 10 * MINUTES, nowMs: NOW };
const two = (value: number): string => String(value).padStart(2, "0");
const stamp = (ms: number): string => {
  const at = new Date(ms);
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][at.getUTCMonth()];
  return `${month} ${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
};
const linesAt = (offsetHours: number, ...agoMinutes: number[]) =>
  agoMinutes.map((ago) => `${stamp(NOW - ago * MINUTES + offsetHours * 3600_000)} pve systemd[1]: 101.scope: Deactivated successfully.`);

describe("the time of a line", () => {
  for (const offset of [0, 1, 2, 5.5, -3.5, -5, 13, -11])
    test(`is told from the window where the node's zone is UTC${offset < 0 ? "" : "+"}${offset}`, () => {
      const lines = parseJournal(linesAt(offset, 9, 4, 0.5), window);
      expect(lines.map((line) => line.at)).toEqual([NOW - 9 * MINUTES, NOW - 4 * MINUTES, NOW - 0.5 * MINUTES]);
    });

  test("is told by the node's own offset over a long window", () => {
    const [line] = parseJournal(linesAt(-5, 200), { ...window, sinceMs: NOW - 300 * MINUTES, offsetMs: -5 * 3600_000 });
    expect(line?.at).toBe(NOW - 200 * MINUTES);
  });

  test("is exact where the stamp carries a zone", () => {
    const [line] = parseJournal(["2026-01-01T01:04:00.123+01:00 pve kernel: x"], window);
    expect(line).toEqual({ at: Date.UTC(2026, 0, 1, 0, 4, 0, 123), from: "kernel", text: "x" });
  });
});

test("only the node's own lines count; cursors and torn lines are left out", () => {
  const entries = [
    "s=ab12;i=1f;b=ab",
    ...linesAt(0, 3),
    `${stamp(NOW - MINUTES)} other systemd[1]: 101.scope: Failed with result 'core-dump'.`,
    "torn",
    5,
    null,
    "s=ab12;i=2f;b=ab",
  ];
  expect(parseJournal(entries, window)).toEqual([{ at: NOW - 3 * MINUTES, from: "systemd[1]", text: "101.scope: Deactivated successfully." }]);
});
