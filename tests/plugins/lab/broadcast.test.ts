// pvestatd's rounds, on a clock moved by hand: numbers change only with a node's round, each node has its own phase, existence and lock are live.
import { expect, test } from "bun:test";
import { toldBy } from "../../../plugins/lab/api/resources.ts";
import { handClock } from "../../../plugins/lab/clock.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { nextWorker } from "../../../plugins/lab/world/guests/sample.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";
import { loadOf } from "../../../plugins/lab/world/load.ts";
import { takeDown } from "../../../plugins/lab/world/power.ts";

const START = Date.UTC(2026, 5, 1, 12);

function open(seed = 1) {
  const clock = handClock(START);
  return { clock, ...createWorld({ input: home, clock, seed, dialect: "9.1", secrets: makeSecrets() }) };
}

test("every node tells every ten seconds, at a phase of its own", async () => {
  const { clock, world, stop } = open();
  const rounds = new Map<string, Set<number>>();
  for (let step = 0; step < 400; step++) {
    await clock.advance(100);
    for (const [node, { at }] of world.broadcasts) rounds.set(node, (rounds.get(node) ?? new Set()).add(at - START));
  }
  const phases = [...rounds.values()].map((ats) => {
    const sorted = [...ats].filter((at) => at > 0).sort((a, b) => a - b);
    const gaps = sorted.slice(1).map((at, index) => Math.round(at - (sorted[index] ?? 0)));
    expect(new Set(gaps)).toEqual(new Set([10_000]));
    return Math.round((sorted[0] ?? 0) % 10_000);
  });
  expect(new Set(phases).size).toBe(4);
  stop();
});

test("a worker's first look at a guest's processors is 0, and two within a second are one; pvestatd's is always right", async () => {
  const { clock, world, stop } = open();
  await clock.advance(30_000);
  const guest = world.guests.get(101);
  if (!guest) throw new Error("101 is missing");
  const look = (cpu: number) => nextWorker(world, "pve")(guest, cpu);
  expect([look(0.5), look(0.5), look(0.5)]).toEqual([0, 0, 0]);
  await clock.advance(900);
  expect([look(0.5), look(0.5), look(0.5)]).toEqual([0, 0, 0]);
  await clock.advance(200);
  expect([look(0.5), look(0.6), look(0.7)]).toEqual([0.5, 0.6, 0.7]);
  guest.startedAt += 1;
  expect(look(0.5)).toBe(0);
  takeDown(world, guest, { how: "test" });
  expect(look(0.5)).toBe(0);
  expect(Number(world.broadcasts.get("pve")?.entries.get("qemu/101")?.cpu)).toBeGreaterThan(0);
  stop();
});

test("a guest that went down is shown as running until its node's next round", async () => {
  const { clock, world, stop } = open();
  await clock.advance(30_000);
  const guest = world.guests.get(101);
  if (!guest) throw new Error("101 is missing");
  await clock.advance(100);
  takeDown(world, guest, { how: "stop" });
  expect(toldBy(world, "pve")?.get("qemu/101")?.status).toBe("running");
  await clock.advance(10_000);
  expect(toldBy(world, "pve")?.get("qemu/101")?.status).toBe("stopped");
  stop();
});

test("a node that tells nothing for five minutes is forgotten", async () => {
  const { clock, world, stop } = open();
  stop();
  await clock.advance(299_000);
  expect(toldBy(world, "pve")).toBeDefined();
  await clock.advance(2_000);
  expect(toldBy(world, "pve")).toBeUndefined();
});

test("counters of a running guest never fall, and the same seed gives the same figures", async () => {
  const [one, two] = [open(7), open(7)];
  const guests = [one, two].map(({ world }) => world.guests.get(105));
  const [left, right] = guests;
  if (!left || !right) throw new Error("105 is missing");
  let before = loadOf(one.world, left);
  for (let step = 0; step < 200; step++) {
    await one.clock.advance(30_000);
    const load = loadOf(one.world, left);
    for (const name of ["netin", "netout", "diskread", "diskwrite", "uptimeSeconds"] as const) expect(load[name]).toBeGreaterThanOrEqual(before[name]);
    before = load;
  }
  await two.clock.advance(200 * 30_000);
  expect(loadOf(two.world, right)).toEqual(before);
  one.stop();
  two.stop();
});

test("no node is given more memory than it has, and no guest more than its share of a processor", () => {
  const { world, stop } = open();
  for (const broadcast of world.broadcasts.values()) {
    for (const [id, entry] of broadcast.entries) {
      if (!id.startsWith("storage/")) expect(Number(entry.mem)).toBeLessThanOrEqual(Number(entry.maxmem) * (id.startsWith("node/") ? 1 : 1.02));
      if ("cpu" in entry) expect(Number(entry.cpu)).toBeLessThanOrEqual(1);
    }
  }
  stop();
});
