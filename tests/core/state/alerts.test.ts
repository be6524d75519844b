// Alerts are a level, never an edge, and a reading that cannot be trusted raises and ends none.
import { expect, test } from "bun:test";
import { z } from "zod";
import { createClock } from "../../../core/lib/clock.ts";
import { createAlerts } from "../../../core/state/alerts.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createStateStore } from "../../../core/state/store.ts";

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

const made = () => {
  const store = createStateStore({ clock: createClock() });
  const told: string[] = [];
  const alerts = createAlerts({
    store,
    log: () => undefined,
    told: ({ raised, ended }) => told.push(...raised.map((alert) => `+${alert.resource}`), ...ended.map((alert) => `-${alert.resource}`)),
  });
  alerts.add(monitor);
  return { store, alerts, told };
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
