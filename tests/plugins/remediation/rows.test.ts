// The failures a homelab has, by their numbers: docs/failures.md is what the rows, remedies and runbooks make of it, nothing in it is made up, and what does less than the list says why.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { downAlerts } from "../../../plugins/proxmox/alerts/node-services.ts";
import { downOf, Services } from "../../../plugins/proxmox/shapes/daemons.ts";
import { listed } from "../../e2e/failures/listed.ts";
import { sharedPath } from "../../support/shared.ts";
import { answersOf, answerTo, failureTable, matrix, runbooks, TABLE } from "./failure-table.ts";

const root = join(import.meta.dir, "../../..");
const ROWS = 52;
const STRENGTH = { R: 0, Q: 1, A: 2 } as const;

test("the table in docs is the one that is made now (bun tests/plugins/remediation/failure-table.ts writes it)", () => {
  expect(readFileSync(TABLE, "utf8")).toBe(failureTable());
});

test("every row is listed once, and has its answer, what is done without one, or what it waits for", () => {
  expect(listed.map(({ row }) => row)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
  expect(listed.filter((one) => answersOf(one).length === 0 && one.does === undefined && one.waits === undefined).map(({ row }) => row)).toEqual([]);
});

test("what does less than its class says why: it waits for something, or is a person's", () => {
  const less = listed.filter((one) => {
    const best = Math.max(-1, ...answersOf(one).map((answer) => STRENGTH[answer.class]));
    return best < Math.max(...one.class.map((letter) => STRENGTH[letter])) && one.row !== 2;
  });
  expect(less.filter(({ waits, person }) => waits === undefined && person === undefined).map(({ row }) => row)).toEqual([]);
});

test("nothing does more than its class: what is asked about or only told in the list is not done unasked", () => {
  const more = listed.flatMap((one) => {
    const most = Math.max(...one.class.map((letter) => STRENGTH[letter]));
    return matrix
      .filter(({ row }) => row === one.row)
      .flatMap(({ alert }) => ((answerTo(alert)?.class ?? "R") !== "R" && STRENGTH[answerTo(alert)?.class ?? "R"] > most ? [`${one.row} ${alert.key}`] : []));
  });
  // A pool that is trimmed gives its guests room; the guest itself is asked about. A node that is away is asked about, whatever its vote.
  expect(more.sort()).toEqual(["15 node-offline", "6 thin-pool-full"]);
});

test("every scenario's alert has a plan, and each test that is said to prove one names it", () => {
  expect(matrix.filter(({ alert }) => answerTo(alert) === undefined).map(({ row, alert }) => `${row} ${alert.key}`)).toEqual([]);
  const elsewhere = listed.flatMap(({ also = [] }) => also);
  expect(elsewhere.filter(({ alert }) => answerTo(alert) === undefined).map(({ alert }) => alert.key)).toEqual([]);
  const names = (file: string, key: string): boolean => file.includes(key) || readFileSync(join(root, file), "utf8").includes(key);
  const unproved = elsewhere.filter(({ alert, proved }) => !existsSync(join(root, proved)) || !names(proved, alert.key));
  expect(unproved.map(({ alert, proved }) => `${alert.key} ${proved}`)).toEqual([]);
});

test("a time service that is enabled and failed is told as service-down-chrony, and restarted", () => {
  const rows = Services.parse([{ service: "chrony", state: "stopped", "active-state": "failed", "unit-state": "enabled" }]);
  const [alert] = downAlerts({ name: "pve", at: "2026-01-01T00:00:00Z", down: downOf(rows, { alone: false }) });
  expect(alert).toMatchObject({ key: "service-down-chrony", resource: "node/pve", cause: "service" });
  expect(answerTo({ key: alert?.key ?? "", resource: "node/pve", cause: "service" })).toMatchObject({ id: "remediation/service-chrony", class: "A" });
});

test("a runbook that answers alerts stands in a row, or is one of those for what has none", () => {
  const rowed = new Set(listed.flatMap(answersOf).map(({ id }) => id.split("/")[1]));
  const others = runbooks.filter(({ name, trigger }) => trigger !== undefined && !rowed.has(name)).map(({ name }) => name);
  expect(others).toEqual(["ceph-health", "node-memory-short", "service-down", "zfs-pool-full-node"]);
});

const reference = sharedPath("reference/failures.md");
if (reference === undefined) console.warn("skipped: the list the rows are numbered by is not on this machine");

const LONGEST_ALIKE = 5;
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
const runs = (text: string): string[] => {
  const all = wordsOf(text);
  return all.slice(LONGEST_ALIKE).map((_, index) => all.slice(index, index + LONGEST_ALIKE + 1).join(" "));
};

test.skipIf(reference === undefined)("rows and classes are those of the list, and its words are our own", () => {
  const text = readFileSync(reference ?? "", "utf8");
  const theirs = [...text.matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)].map(([, row, letters]) => [
    Number(row),
    [...new Set((letters ?? "").match(/\b[AQR]\b/g) ?? [])].sort().join("/"),
  ]);
  expect(theirs.length).toBe(ROWS);
  expect(listed.map((one) => [one.row, [...one.class].sort().join("/")])).toEqual(theirs);
  const own = new Set(runs(failureTable()));
  expect(runs(text).filter((run) => own.has(run))).toEqual([]);
});
