// Two nodes and a QDevice in the lab: one node may go down while it answers, none while it does not, and that it does not is told.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cluster } from "../../../plugins/proxmox/monitors/cluster.ts";
import { guests } from "../../../plugins/proxmox/monitors/guests.ts";
import { nodeShutdown } from "../../../plugins/proxmox/tools/node-power.ts";
import { type House, openHouse } from "./house.ts";
import { look, words } from "./tools/act.ts";

const WORLD = {
  cluster: "pair",
  nodes: [
    { name: "one", address: "192.168.9.11", cpus: 4, memoryGiB: 16 },
    { name: "two", address: "192.168.9.12", cpus: 4, memoryGiB: 16 },
  ],
  qdevice: { host: "192.168.9.20" },
  storages: [{ name: "local-lvm", type: "lvmthin", content: "images,rootdir", totalGiB: 200, usedGiB: 20 }],
  guests: [{ vmid: 100, name: "web", kind: "qemu", node: "two" }],
};

const dir = mkdtempSync(join(tmpdir(), "jarvis-pair-"));
let house: House;
beforeAll(async () => {
  const file = join(dir, "world.json");
  writeFileSync(file, JSON.stringify(WORLD));
  house = await openHouse(10, {}, ["--world", file]);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const reading = async () => {
  const [, now] = await Promise.all([guests.read(house.ctx), cluster.read(house.ctx)]);
  return { now, alerts: (cluster.alerts?.(now, { before: now, open: [] }) ?? []).map(({ key }) => key) };
};

test("its vote carries one node, and without it none may go", async () => {
  const { now, alerts } = await reading();
  expect(now.quorum).toEqual({ votes: 3, of: 3, needed: 2, margin: 1, quorate: true });
  expect([now.device?.answers, alerts]).toEqual([true, []]);
  expect((await look(house.ctx, nodeShutdown, { node: "one" })).facts?.votes).toBe("2 of 3 votes stay");

  await house.lab.break("qdevice-down");
  expect(await words(look(house.ctx, nodeShutdown, { node: "one" }))).toContain("Without one only 1 of 3 votes would stay and 2 are needed");
  const silent = await reading();
  expect([silent.now.quorum.margin, silent.alerts]).toEqual([0, ["qdevice-silent"]]);

  await house.lab.heal("qdevice-down");
  await look(house.ctx, nodeShutdown, { node: "one" });
  expect((await reading()).alerts).toEqual([]);
}, 60_000);

test("one node that loses its power leaves the cluster quorate, and no margin is told wrongly", async () => {
  await house.lab.break("node-down", "node/two");
  const { now, alerts } = await reading();
  expect(now.quorum).toMatchObject({ votes: 2, of: 3, quorate: true, margin: 0 });
  expect(alerts.sort()).toEqual(["node-offline", "quorum-margin"]);
  await house.lab.heal("node-down");
}, 60_000);
