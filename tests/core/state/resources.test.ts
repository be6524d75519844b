// Several monitors tell of one thing: what comes out is one resource, and who does not know how it is never hides who does.
import { expect, test } from "bun:test";
import { z } from "zod";
import type { Resource } from "../../../core/contract/resource.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createResources } from "../../../core/state/resources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

test("figures of a teller that does not know the status are added to the one that does, whoever told first", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const resources = createResources({ clock, store });
  const told: Record<string, Resource> = {
    "p/nodes": { id: "node/pve", kind: "node", name: "pve", status: "unknown", figures: { waitPercent: 3 } },
    "p/cluster": { id: "node/pve", kind: "node", name: "pve", status: "down", figures: { cpuPercent: 7 } },
  };
  for (const channel of Object.keys(told)) {
    const monitor: BoundMonitor = {
      plugin: "p",
      channel,
      title: channel,
      watchedMs: undefined,
      everyMs: 1000,
      deadlineMs: 1000,
      schema: z.unknown(),
      read: async () => undefined,
      resources: () => [told[channel]].filter((one) => one !== undefined),
    };
    resources.add(monitor);
    store.accept(channel, { at: channel });
  }
  expect(resources.get("node/pve")).toMatchObject({ status: "down", figures: { waitPercent: 3, cpuPercent: 7 } });
});

test("figures that come sooner count while they are newer and their resource is known and up; they make nothing and say nothing of how it is", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const resources = createResources({ clock, store });
  const base = { plugin: "p", watchedMs: undefined, everyMs: 1000, deadlineMs: 1000, schema: z.unknown(), read: async () => undefined };
  const guests: Resource[] = [
    { id: "guest/1", kind: "guest", name: "one", status: "up", figures: { cpuPercent: 10, memoryBytes: 5 } },
    { id: "guest/2", kind: "guest", name: "two", status: "down", figures: { cpuPercent: 0 } },
  ];
  let count = 0;
  const read = (): void => {
    count += 1;
    store.accept("p/guests", { count });
  };
  const push = (atMs: number, figures: Record<string, Record<string, number>>): void =>
    store.accept("p/push", Object.fromEntries(Object.entries(figures).map(([id, own]) => [id, { atMs, figures: own }])));
  const Pushed = z.record(z.string(), z.object({ atMs: z.number(), figures: z.record(z.string(), z.number()) }));
  const remove = resources.add({ ...base, channel: "p/push", title: "Push", figures: (now) => Pushed.parse(now) });
  resources.add({ ...base, channel: "p/guests", title: "Guests", resources: () => guests });

  push(clock.now() + 5000, { "guest/1": { cpuPercent: 70 }, "guest/2": { cpuPercent: 70 }, "guest/3": { cpuPercent: 70 } });
  expect(resources.list()).toEqual([]);
  read();
  expect(resources.list().map(({ id, status, figures }) => [id, status, figures])).toEqual([
    ["guest/1", "up", { cpuPercent: 70, memoryBytes: 5 }],
    ["guest/2", "down", { cpuPercent: 0 }],
  ]);
  push(clock.now() + 6000, { "guest/1": { cpuPercent: 71, diskBytes: 9 } });
  expect(resources.get("guest/1")?.figures).toEqual({ cpuPercent: 71, memoryBytes: 5 });
  expect(resources.freshened("p/push").map(({ id }) => id)).toEqual(["guest/1"]);
  clock.jump(10_000);
  read();
  expect(resources.get("guest/1")?.figures).toEqual({ cpuPercent: 10, memoryBytes: 5 });
  push(clock.now() + 1, { "guest/1": { cpuPercent: 72 } });
  store.fail("p/guests", "gone");
  expect(resources.get("guest/1")).toMatchObject({ stale: true, figures: { cpuPercent: 10 } });
  read();
  store.fail("p/push", "gone");
  expect(resources.get("guest/1")?.figures?.cpuPercent).toBe(10);
  remove();
  expect(resources.list()).toHaveLength(2);
});

test("one that its source cannot look at now is old though the reading is fresh, since when it was seen last; the others are fresh", () => {
  const clock = createManualClock();
  const store = createStateStore({ clock });
  const resources = createResources({ clock, store });
  const unseenSince = "2026-01-01T00:00:00.000Z";
  let lost = true;
  const told = (): Resource[] => [
    { id: "container/a/x", kind: "container", name: "x", status: "up" },
    { id: "container/b/x", kind: "container", name: "x", status: "up", ...(lost ? { unseenSince } : {}) },
  ];
  const base = { plugin: "p", watchedMs: undefined, everyMs: 1000, deadlineMs: 1000, schema: z.unknown(), read: async () => undefined };
  resources.add({ ...base, channel: "p/x", title: "X", resources: told });
  store.accept("p/x", 1);
  expect(resources.get("container/a/x")).toMatchObject({ stale: false, at: clock.iso() });
  expect(resources.get("container/b/x")).toMatchObject({ status: "up", stale: true, since: unseenSince, at: unseenSince });
  lost = false;
  store.accept("p/x", 2);
  expect(resources.get("container/b/x")).toMatchObject({ stale: false, at: clock.iso() });
  expect(resources.get("container/b/x")).not.toHaveProperty("unseenSince");
});

test("of two tellers the one that sees a thing now says how it is, whoever told first", async () => {
  for (const order of [
    ["p/old", "p/new"],
    ["p/new", "p/old"],
  ]) {
    const clock = createManualClock();
    const store = createStateStore({ clock });
    const resources = createResources({ clock, store });
    for (const channel of order) {
      const status = channel === "p/old" ? "up" : "down";
      const base = { plugin: "p", title: channel, watchedMs: undefined, everyMs: 1000, deadlineMs: 1000, schema: z.unknown(), read: async () => undefined };
      resources.add({ ...base, channel, resources: () => [{ id: "guest/1", kind: "guest", name: "one", status, labels: { [channel]: "told" } }] });
      store.accept(channel, { at: channel });
    }
    store.fail("p/old", "no answer");
    expect(resources.get("guest/1")).toMatchObject({ status: "down", stale: false, labels: { "p/old": "told", "p/new": "told" } });
  }
});
