// What a monitor finds when everything breaks at once: bounded, and never nothing.
import { expect, test } from "bun:test";
import type { Alert } from "../../../core/contract/resource.ts";
import { foremost, MOST_ALERTS } from "../../../core/host/foremost.ts";

const alert = (number: number, more: Partial<Alert> = {}): Alert => ({ key: "gone", resource: `guest/${number}`, severity: "warning", title: "it is gone", ...more });
const names = (alerts: readonly Alert[]): string[] => alerts.map(({ key, resource }) => `${key} ${resource}`);

test("of more alerts than can be told the explaining ones, the open ones and the worst are told", () => {
  const many = Array.from({ length: 3000 }, (_, number) => alert(number));
  const found = [...many, alert(1, { key: "worse", severity: "critical" }), alert(0, { key: "dark", resource: "node/pve", explains: true })];
  const told = foremost(found, [alert(2990), alert(2991)]);
  expect(told).toHaveLength(MOST_ALERTS);
  expect(names(told).slice(0, 4)).toEqual(["dark node/pve", "gone guest/2990", "gone guest/2991", "worse guest/1"]);
  // What is told stays told at the next reading.
  expect(names(foremost(found, told)).sort()).toEqual(names(told).sort());
});

test("while there is room all are told as they come", () => {
  const found = [alert(1), alert(2, { severity: "critical" })];
  expect(foremost(found, [])).toBe(found);
});
