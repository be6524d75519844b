// Alerts are a level, never an edge, and a reading that cannot be trusted raises and ends none.
import { expect, test } from "bun:test";
import { z } from "zod";
import { createAlerts } from "../../../core/state/alerts.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const State = z.object({ down: z.array(z.string()) });
const monitor: BoundMonitor = {
  channel: "p/m",
  plugin: "p",
  title: "m",
  everyMs: 1000,
  watchedMs: undefined,
  deadlineMs: 1000,
  schema: State,
  read: async () => ({ down: [] }),
  alerts: (now) => State.parse(now).down.map((id) => ({ key: "gone", resource: id, severity: "critical" as const, title: `${id} is down` })),
};

const made = (patient = false) => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const told: string[] = [];
  const alerts = createAlerts({
    clock,
    store,
    log: () => undefined,
    told: ({ raised, ended }) => told.push(...raised.map((alert) => `+${alert.resource}`), ...ended.map((alert) => `-${alert.resource}`)),
  });
  alerts.add(patient ? { ...monitor, alerts: (now, past) => (monitor.alerts?.(now, past) ?? []).map((alert) => ({ ...alert, afterSeconds: 60 })) } : monitor);
  return { clock, store, alerts, told };
};

test("an alert is raised once, kept while it lasts, and ends by its absence", () => {
  const { store, told } = made();
  store.accept("p/m", { down: ["guest/1"] });
  store.accept("p/m", { down: ["guest/1", "guest/2"] });
  store.accept("p/m", { down: ["guest/2"] });
  expect(told).toEqual(["+guest/1", "+guest/2", "-guest/1"]);
});

test("a failed reading ends no alert", () => {
  const { store, alerts, told } = made();
  store.accept("p/m", { down: ["guest/1"] });
  store.fail("p/m", "garbage");
  expect(told).toEqual(["+guest/1"]);
  expect(alerts.list().length).toBe(1);
});

test("an alert from before a start is over when its resource was looked at, and not because it was not", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const told: string[] = [];
  const saved = ["guest/1", "guest/2"].map((resource) => ({
    id: `p/m#gone#${resource}`,
    channel: "p/m",
    plugin: "p",
    key: "gone",
    resource,
    severity: "critical" as const,
    title: "down",
  }));
  const Looked = z.object({ looked: z.array(z.string()) });
  const alerts = createAlerts({ clock, store, log: () => undefined, open: saved, told: ({ ended }) => told.push(...ended.map((alert) => `-${alert.resource}`)) });
  alerts.add({ ...monitor, alerts: () => [], knows: (now, { resource }) => Looked.parse(now).looked.includes(resource) });
  store.accept("p/m", { looked: [] });
  expect(told).toEqual([]);
  store.accept("p/m", { looked: ["guest/2"] });
  expect(told).toEqual(["-guest/2"]);
  expect(alerts.isOpen("p/m#gone#guest/1")).toBe(true);
});

test("an alert that asks to stand for a minute is raised after it, even when no other reading comes", async () => {
  const { clock, store, told } = made(true);
  store.accept("p/m", { down: ["guest/1"] });
  await clock.advance(59_000);
  expect(told).toEqual([]);
  await clock.advance(2000);
  expect(told).toEqual(["+guest/1"]);
  store.accept("p/m", { down: [] });
  expect(told).toEqual(["+guest/1", "-guest/1"]);
});

test("what is gone before its time is never told, and begins anew when it comes back", async () => {
  const { clock, store, told } = made(true);
  store.accept("p/m", { down: ["guest/1"] });
  await clock.advance(40_000);
  store.accept("p/m", { down: [] });
  store.accept("p/m", { down: ["guest/1"] });
  await clock.advance(40_000);
  expect(told).toEqual([]);
  await clock.advance(21_000);
  expect(told).toEqual(["+guest/1"]);
});

test("a stale reading makes nothing ripe; the next good one does", async () => {
  const { clock, store, told } = made(true);
  store.accept("p/m", { down: ["guest/1"] });
  store.fail("p/m", "garbage");
  await clock.advance(120_000);
  expect(told).toEqual([]);
  store.accept("p/m", { down: ["guest/1"] });
  expect(told).toEqual(["+guest/1"]);
});

test("however many stand and wait together, they are looked at once when they have", async () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  let looks = 0;
  const raised: string[] = [];
  const alerts = createAlerts({ clock, store, log: () => undefined, told: (change) => raised.push(...change.raised.map(({ resource }) => resource)) });
  alerts.add({
    ...monitor,
    alerts: (now) => {
      looks += 1;
      return State.parse(now).down.map((id) => ({ key: "gone", resource: id, severity: "critical", title: "it is down", afterSeconds: id === "guest/0" ? 30 : 60 }));
    },
  });
  store.accept("p/m", { down: Array.from({ length: 300 }, (_, number) => `guest/${number}`) });
  await clock.advance(50_000);
  expect([looks, raised]).toEqual([2, ["guest/0"]]);
  await clock.advance(20_000);
  expect([looks, raised.length]).toEqual([3, 300]);
});

test("what nobody will ever judge again is given up when its monitor has gone for good, and not while it may be back", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const saved = ["p/m", "gone/m", "broken/m"].map((channel) => ({
    id: `${channel}#gone#guest/1`,
    channel,
    plugin: channel.split("/")[0] ?? "",
    key: "gone",
    resource: "guest/1",
    severity: "critical" as const,
    title: "down",
  }));
  const alerts = createAlerts({ clock, store, log: () => undefined, open: saved, told: () => undefined });
  alerts.add(monitor);
  expect(alerts.abandon(({ plugin }) => plugin !== "broken").map(({ channel }) => channel)).toEqual(["gone/m"]);
  expect(alerts.list().map(({ channel }) => channel)).toEqual(["p/m", "broken/m"]);
});
