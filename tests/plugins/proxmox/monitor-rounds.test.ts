// The reading's place in the 10 s round: learned from export or from the readings, and where the numbers are youngest.
import { describe, expect, test } from "bun:test";
import { guests } from "../../../plugins/proxmox/monitors/guests.ts";
import { createRounds, RELEARN_MS } from "../../../plugins/proxmox/monitors/round-memory.ts";
import { ageAt, bestPlace, phaseOf, phaseTold } from "../../../plugins/proxmox/monitors/round-phase.ts";
import { placeOfReading, rounds } from "../../../plugins/proxmox/monitors/rounds.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const START = Date.UTC(2026, 5, 1, 12);
const PHASES = { a: 1300, b: 4200, c: 5100, d: 8700 };

/** What a node's uptime is in an answer read at `atMs`: that of its last round. */
const uptimeAt = (phase: number, atMs: number): number => Math.floor((atMs - ageAt(atMs, phase) - (START - 5_000_123)) / 1000);
const entriesAt = (atMs: number) => Object.entries(PHASES).map(([node, phase]) => ({ type: "node", node, status: "online", uptime: uptimeAt(phase, atMs), id: `node/${node}` }));

describe("the best place", () => {
  test("is just after the one node's round", () => {
    expect(bestPlace([7300], 500)).toEqual({ offsetMs: 7800, meanAgeMs: 500, phaseMs: 7300 });
    expect(bestPlace([9800], 500)?.offsetMs).toBe(300);
    expect(bestPlace([], 500)).toBeUndefined();
  });

  test("is where the mean age over all nodes is least of all places there are", () => {
    for (const phases of [
      [1300, 4200, 5100, 8700],
      [0, 100, 200, 9000],
      [5000, 5000, 1000],
      [100, 2600, 5100, 7600],
    ]) {
      const best = bestPlace(phases, 0);
      const means = Array.from({ length: 10_000 }, (_, offset) => phases.reduce((sum, phase) => sum + ageAt(offset, phase), 0) / phases.length);
      expect(best?.meanAgeMs).toBe(Math.min(...means));
      expect(best?.meanAgeMs).toBeLessThanOrEqual(5000);
    }
  });
});

describe("a node's phase", () => {
  test("is seen in readings that walk through the round, at most one step late", () => {
    for (const phase of Object.values(PHASES)) {
      const seen = Array.from({ length: 11 }, (_, n) => START + 3217 + n * 9050).map((atMs) => ({ atMs, uptimeSeconds: uptimeAt(phase, atMs) }));
      expect(ageAt(phaseOf(seen) ?? Number.NaN, phase)).toBeLessThanOrEqual(1000);
    }
  });

  test("is not guessed from readings at one place", () => {
    const seen = Array.from({ length: 40 }, (_, n) => ({ atMs: START + n * 10_000, uptimeSeconds: uptimeAt(1300, START + n * 10_000) }));
    expect(phaseOf(seen)).toBeUndefined();
  });

  test("told by export it is on our clock, whatever the server's says", () => {
    const second = (START + 4200) / 1000;
    expect(Math.abs(phaseTold(Math.floor(second + 3600), 3_600_000) - 4200)).toBeLessThanOrEqual(1000);
  });
});

test("without export the readings walk once through the round, then stay where the numbers are youngest, and learn anew later", () => {
  const memory = createRounds();
  expect(memory.offsetMs()).toBeUndefined();
  let atMs = START + 400;
  let readings = 0;
  for (; memory.view().from !== "readings" && readings < 20; readings += 1) {
    memory.observe({ at: atMs, entries: Entries.parse(entriesAt(atMs)) });
    atMs += 10_000 - 950;
  }
  expect(readings).toBeLessThanOrEqual(12);
  const offset = memory.offsetMs() ?? Number.NaN;
  const mean = Object.values(PHASES).reduce((sum, phase) => sum + ageAt(offset, phase), 0) / 4;
  const least = bestPlace(Object.values(PHASES), 0)?.meanAgeMs ?? 0;
  expect(mean).toBeLessThanOrEqual(least + 1500);
  memory.observe({ at: atMs + RELEARN_MS, entries: Entries.parse(entriesAt(atMs + RELEARN_MS)) });
  expect(memory.offsetMs()).not.toBe(offset);
});

const exported = (atMs: number) =>
  Object.entries(PHASES).flatMap(([node, phase]) =>
    ["cpu_current", "uptime"].map((metric) => ({ id: `node/${node}`, metric, timestamp: Math.floor((atMs - ageAt(atMs, phase)) / 1000), type: "gauge", value: 1 })),
  );

const house = (denied: boolean) => {
  const api = fakeApi(({ path }) => {
    const now = api.ctx.now();
    if (path === "/cluster/resources") return { body: { data: entriesAt(now) }, date: Math.floor(now / 1000) * 1000 };
    if (path === "/cluster/metrics/export")
      return denied ? { status: 501, statusText: "Method not implemented" } : { body: { data: { data: exported(now) } }, date: Math.floor(now / 1000) * 1000 };
    return { status: 404 };
  });
  const tick = async () => {
    await guests.read(api.ctx);
    const now = await rounds.read(api.ctx);
    api.forward(10_000);
    return now;
  };
  const asked = () => api.asked.filter(({ path }) => path === "/cluster/metrics/export").length;
  return { ...api, tick, asked };
};

test("export tells all phases with the first reading, and is asked twice an hour, no more", async () => {
  const { client, tick, asked } = house(false);
  const first = await tick();
  expect(first.from).toBe("export");
  for (const [node, phase] of Object.entries(PHASES))
    expect(Math.min(ageAt(first.phasesMs[node] ?? Number.NaN, phase), ageAt(phase, first.phasesMs[node] ?? Number.NaN))).toBeLessThanOrEqual(1100);
  expect(placeOfReading(client)).toBeNumber();
  for (let n = 1; n < 360; n += 1) await tick();
  expect(asked()).toBe(2);
});

test("where export is not there or denied it is not asked for hours, and no reading fails of it", async () => {
  const { tick, asked } = house(true);
  const first = await tick();
  expect(first.from).toBe("nothing yet");
  for (let n = 1; n < 360; n += 1) await tick();
  expect(asked()).toBe(1);
});

test("the readings creep up to the round they follow, go back when one came too early, and follow a round that drifts", () => {
  for (const wrongMs of [-900, 0, 900]) {
    const memory = createRounds();
    let drift = 0;
    const truth = (node: keyof typeof PHASES): number => PHASES[node] + drift;
    const entries = (atMs: number) =>
      Entries.parse((["a", "b", "c", "d"] as const).map((node) => ({ type: "node", node, status: "online", uptime: uptimeAt(truth(node), atMs), id: `node/${node}` })));
    memory.observe({ at: START, entries: entries(START) });
    memory.told(new Map(Object.entries(PHASES).map(([node, phase]) => [node, phase + wrongMs])), START);
    const least = bestPlace(Object.values(PHASES), 0)?.meanAgeMs ?? 0;
    const means: number[] = [];
    let missed = 0;
    for (let round = 1; round < 170; round += 1) {
      drift = round * 5;
      const at = START + round * 10_000 + (memory.offsetMs() ?? 0);
      const mean = (["a", "b", "c", "d"] as const).reduce((sum, node) => sum + ageAt(at, truth(node)), 0) / 4;
      means.push(mean);
      if (mean > least + 1500) missed += 1;
      memory.observe({ at, entries: entries(at) });
    }
    const late = means.slice(30);
    expect(late.reduce((sum, one) => sum + one, 0) / late.length).toBeLessThan(least + 500);
    expect(missed).toBeLessThan(25);
  }
});
