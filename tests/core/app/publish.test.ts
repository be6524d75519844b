// What is derived from all resources is derived for readers only, and their offsets follow all the same.
import { expect, test } from "bun:test";
import { z } from "zod";
import { createPublisher } from "../../../core/app/publish.ts";
import { createWatching } from "../../../core/app/watching.ts";
import { Operation, patched } from "../../../core/contract/patch.ts";
import { createHub } from "../../../core/live/hub.ts";
import type { Publication } from "../../../core/live/publication.ts";
import type { BoundMonitor } from "../../../core/state/bound.ts";
import { createResources } from "../../../core/state/resources.ts";
import { createStateStore } from "../../../core/state/store.ts";
import { createManualClock } from "../../support/clock.ts";

const Boxes = z.record(z.string(), z.number());

const build = () => {
  const clock = createManualClock();
  const hub = createHub({ clock, epoch: "e" });
  const store = createStateStore({ clock });
  const counts = { drawn: 0, derived: 0, listed: 0 };
  const resources = createResources({ clock, store });
  const watching = createWatching(hub);
  watching.tell({ watching: () => undefined });
  const publisher = createPublisher({
    clock,
    hub,
    store,
    resources,
    history: { add: () => undefined },
    records: {
      openOnes: () => [],
      list: () => {
        counts.listed += 1;
        return [];
      },
    },
    active: () => {
      counts.drawn += 1;
      return [];
    },
    isWatched: watching.isWatched,
  });
  const monitor: BoundMonitor = {
    channel: "p/boxes",
    plugin: "p",
    title: "Boxes",
    everyMs: 10_000,
    watchedMs: undefined,
    deadlineMs: 1000,
    schema: Boxes,
    read: async () => ({}),
    resources: (now) => {
      counts.derived += 1;
      return Object.entries(Boxes.parse(now)).map(([name, cpuPercent]) => ({ id: `service/${name}`, kind: "service", name, status: "up", figures: { cpuPercent } }));
    },
  };
  publisher.addMonitor(monitor);
  resources.add(monitor);
  const tick = async (value: Record<string, number>): Promise<void> => {
    store.accept("p/boxes", value);
    await clock.advance(1000);
  };
  return { clock, hub, store, counts, resources, publisher, tick };
};

const Snapshot = z.object({ offset: z.number(), recovered: z.boolean(), snapshot: z.unknown() });

test("nobody reads: a hundred changes derive nothing; the first reader has all of it at once", async () => {
  const { hub, counts, tick } = build();
  for (let n = 1; n <= 100; n += 1) await tick({ a: n });
  expect(counts.drawn).toBe(0);
  const { answer } = hub.subscribe("core/drawn", undefined, () => undefined);
  expect(counts.drawn).toBe(1);
  expect(answer).toMatchObject({ offset: 1, recovered: false, snapshot: { resources: { "service/a": { cpu: 100 } } } });
});

test("while somebody reads there is one derivation a change, whatever the number of readers", async () => {
  const { hub, counts, tick } = build();
  await tick({ a: 1 });
  const readers = Array.from({ length: 20 }, () => hub.subscribe("core/drawn", undefined, () => undefined));
  for (const reader of readers) reader.start();
  const before = counts.drawn;
  for (let n = 2; n <= 11; n += 1) await tick({ a: n });
  expect(counts.drawn - before).toBe(10);
});

test("who comes back gets what changed while nobody looked, following exactly", async () => {
  const { hub, counts, tick } = build();
  await tick({ a: 1, b: 2 });
  const seen: Publication[] = [];
  const first = hub.subscribe("core/drawn", undefined, (made) => void seen.push(made));
  first.start();
  await tick({ a: 9, b: 2 });
  const begun = Snapshot.parse(first.answer);
  const there = patched(begun.snapshot, z.array(Operation).parse(seen.at(-1)?.data));
  const at = seen.at(-1)?.offset ?? 0;
  first.close();
  const drawn = counts.drawn;
  for (let n = 6; n < 20; n += 1) await tick({ a: n, c: 1 });
  expect(counts.drawn).toBe(drawn);

  const later: Publication[] = [];
  const again = hub.subscribe("core/drawn", { epoch: "e", offset: at }, (made) => void later.push(made));
  again.start();
  expect(again.answer).toMatchObject({ offset: at, recovered: true });
  expect(later.map(({ offset, type }) => [offset, type])).toEqual([[at + 1, "patch"]]);
  const now = later.reduce((value, made) => patched(value, z.array(Operation).parse(made.data)), there);
  expect(now).toEqual(hub.snapshot("core/drawn")?.data);
  expect(now).toMatchObject({ resources: { "service/a": { cpu: 19 }, "service/c": { cpu: 1 } } });
});

test("a plugin that asks for the state without subscribing gets it fresh", async () => {
  const { store, publisher, tick } = build();
  await tick({ a: 7 });
  publisher.refresh("core/*");
  expect(store.get("core/drawn")?.value).toMatchObject({ resources: { "service/a": { cpu: 7 } } });
});

test("a reading is derived once, for the list, the series and every question asked of it", async () => {
  const { counts, resources, tick } = build();
  const before = counts.derived;
  await tick({ a: 1, b: 1, c: 1 });
  for (let n = 0; n < 50; n += 1) expect(resources.get("service/b")?.status).toBe("up");
  expect(resources.list()).toBe(resources.list());
  expect(counts.derived - before).toBe(1);
});

test("however many incidents open at once, they are told once, and to readers alone", async () => {
  const { clock, hub, counts, publisher } = build();
  for (let n = 0; n < 300; n += 1) publisher.incidents();
  await clock.advance(1000);
  expect(counts.listed).toBe(0);
  const reader = hub.subscribe("core/incidents", undefined, () => undefined);
  reader.start();
  expect(reader.answer).toMatchObject({ snapshot: { incidents: {} } });
  for (let n = 0; n < 300; n += 1) publisher.incidents();
  await clock.advance(1000);
  expect(counts.listed).toBe(2);
});
