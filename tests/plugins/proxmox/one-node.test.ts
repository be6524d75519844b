// The most common house of all: one node in no cluster. Its corosync is enabled and never runs, /cluster/status has no row of a cluster, and none of that is a fault.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import plugin from "../../../plugins/proxmox/plugin.ts";
import { type House, openHouse } from "./house.ts";

const folder = mkdtempSync(join(tmpdir(), "jarvis-one-"));
let house: House;

beforeAll(async () => {
  const world = join(folder, "world.json");
  const node = { name: "solo", address: "192.168.7.2", cpus: 8, memoryGiB: 32 };
  const storages = [{ name: "local-lvm", type: "lvmthin", content: "images,rootdir", totalGiB: 400, usedGiB: 90 }];
  const guests = [
    { vmid: 100, name: "files", kind: "lxc", node: "solo" },
    { vmid: 101, name: "home", kind: "qemu", node: "solo" },
  ];
  writeFileSync(world, JSON.stringify({ nodes: [node], storages, guests }));
  // Both clocks at their own pace: a single node's is measured against ours.
  house = await openHouse(1, {}, ["--world", world]);
}, 60_000);
afterAll(async () => {
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("nothing of its node, its cluster or its daemons is told as wrong", async () => {
  const { ctx } = house;
  const { guests, cluster, services, nodes, ha, corosync } = plugin.monitors ?? {};
  const told: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    await guests?.read(ctx);
    const past = { before: undefined, open: [] };
    const membership = await cluster?.read(ctx);
    const daemons = await services?.read(ctx);
    const machines = await nodes?.read(ctx);
    const kept = await ha?.read(ctx);
    const links = await corosync?.read(ctx);
    told.push(
      ...(membership === undefined ? [] : (cluster?.alerts?.(membership, past) ?? [])).map(({ key }) => key),
      ...(daemons === undefined ? [] : (services?.alerts?.(daemons, past) ?? [])).map(({ key }) => key),
      ...(machines === undefined ? [] : (nodes?.alerts?.(machines, past) ?? [])).map(({ key }) => key),
      ...(kept === undefined ? [] : (ha?.alerts?.(kept, past) ?? [])).map(({ key }) => key),
      ...(links === undefined ? [] : (corosync?.alerts?.(links, past) ?? [])).map(({ key }) => key),
    );
    if (round > 0) expect(daemons?.nodes.solo).toMatchObject({ down: [] });
  }
  expect(told).toEqual([]);
}, 60_000);

test("the node explained has nothing wrong with it, though corosync is dead", async () => {
  const said = await plugin.tools?.node_get.run(house.ctx, { node: "solo" }, {});
  expect(said?.data).toMatchObject({ services: { corosync: "dead" }, wrong: [] });
});

test("a daemon that it needs and that does not run is told", async () => {
  await house.lab.break("pvestatd-dead", "node/solo");
  const said = await plugin.tools?.node_get.run(house.ctx, { node: "solo" }, {});
  expect(said?.text).toContain("Wrong: pvestatd is ");
});
