// A node that is back and still told by its numbers of before it went says nothing of its guests.
import { expect, test } from "bun:test";
import { createReturns } from "../../../../plugins/proxmox/monitors/guest/returned.ts";
import { Entry } from "../../../../plugins/proxmox/shapes/resources.ts";

const node = (status: string, uptime?: number) => [Entry.parse({ type: "node", node: "pve", status, ...(uptime === undefined ? {} : { uptime }) })];

/** Seen at each second given, with its status and uptime; whether its numbers are old then. */
const seen = (...sights: [number, string, number?][]) => {
  const returns = createReturns();
  return sights.map(([second, status, uptime]) => returns.see(node(status, uptime), second * 1000).has("pve"));
};

test("numbers that stand where they stood before it went are old, until it tells of its new boot", () => {
  expect(seen([0, "online", 5000], [10, "offline"], [120, "online", 5008], [130, "online", 14])).toEqual([false, false, true, false]);
});

test("a boot that is not a second old is one", () => {
  expect(seen([0, "online", 5000], [10, "offline"], [120, "online", 0], [130, "online", 10])).toEqual([false, false, false, false]);
});

test("a node that was only cut off runs on, and its numbers are its own at once", () => {
  expect(seen([0, "online", 5000], [10, "offline"], [120, "online", 5112], [130, "online", 5122])).toEqual([false, false, false, false]);
});

test("a lost round passes by, and numbers that stand still of a node that was never away are another matter", () => {
  expect(seen([0, "online", 5000], [10, "offline"], [20, "online", 5000])).toEqual([false, false, false]);
  expect(seen([0, "online", 5000], [200, "online", 5000])).toEqual([false, false]);
});

test("a node whose first rounds never come is believed after a minute", () => {
  expect(seen([0, "online", 5000], [10, "offline"], [120, "online", 5000], [170, "online", 5000], [190, "online", 5000])).toEqual([false, false, true, true, false]);
});

test("a node that was away when it was first seen, or whose numbers are hidden, is taken as it is told", () => {
  expect(seen([0, "offline"], [60, "online", 5000])).toEqual([false, false]);
  expect(seen([0, "online"], [10, "offline"], [120, "online"])).toEqual([false, false, false]);
});
