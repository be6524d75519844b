// The three sizes are world files; anyone's may build on the home, and the largest starts within seconds and tells all of itself.

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputOf } from "../../../plugins/lab/input.ts";
import { openLab, rows } from "./open-lab.ts";

const OPTIONS = { guests: 0, speed: 1, dialect: "9.1", startedBy: "test" } as const;
const DEFAULTS = { size: "home", seed: 1 };
const WITHIN_MS = 15_000;

test("home, rack and fleet have the nodes and guests they promise", () => {
  const counts = ["home", "rack", "fleet"].map((size) => {
    const { input } = inputOf({ ...OPTIONS, size }, DEFAULTS);
    return [size, input.nodes.length, input.guests.length, new Set(input.nodes.map((node) => node.address)).size];
  });
  expect(counts).toEqual([
    ["home", 4, 22, 4],
    ["rack", 16, 500, 16],
    ["fleet", 100, 10_000, 100],
  ]);
});

test("a world file may build on the home and ask for more; --guests comes on top", () => {
  const dir = mkdtempSync(join(tmpdir(), "lab-world-"));
  const world = join(dir, "world.json");
  writeFileSync(world, JSON.stringify({ base: "home", cluster: "annexe", more: { nodes: 2, guests: 10, memoryGiB: 64 } }));
  const { input } = inputOf({ ...OPTIONS, world, guests: 5 }, DEFAULTS);
  rmSync(dir, { recursive: true });
  expect([input.cluster, input.nodes.length, input.guests.length, input.nodes.at(-1)?.memoryGiB]).toEqual(["annexe", 6, 37, 64]);
});

test("the same seed makes the same fleet, another one another", () => {
  const names = (seed: number) => inputOf({ ...OPTIONS, size: "rack", seed }, DEFAULTS).input.guests.map((guest) => `${guest.vmid} ${guest.name} ${guest.node}`);
  expect(names(7)).toEqual(names(7));
  expect(names(7)).not.toEqual(names(8));
});

test("the fleet starts within seconds and lists every guest on every node", async () => {
  const begun = performance.now();
  const lab = await openLab({ size: "fleet" });
  const startMs = Math.round(performance.now() - begun);
  try {
    const { data } = await lab.call("GET", "/cluster/resources?type=vm");
    expect(rows(data).length).toBe(10_000);
    expect(rows(data).every((row) => row.status !== "unknown")).toBe(true);
    expect(new Set(rows(data).map((row) => row.node)).size).toBe(100);
  } finally {
    await lab.close();
  }
  console.info(`fleet: 100 nodes and 10,000 guests answer ${startMs} ms after the start`);
  expect(startMs).toBeLessThan(WITHIN_MS);
}, 60_000);
