// The questions about nodes, storages, HA and the whole cluster, asked of the lab: what they answer, what they name as wrong, and what they say of what they may not see.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import plugin from "../../../../plugins/proxmox/plugin.ts";
import { clusterOverview } from "../../../../plugins/proxmox/tools/cluster-overview.ts";
import { haStatus } from "../../../../plugins/proxmox/tools/ha-status.ts";
import { nodeGet } from "../../../../plugins/proxmox/tools/node-get.ts";
import { nodeLossForecast, nodeMaintenanceCheck } from "../../../../plugins/proxmox/tools/node-loss.ts";
import { storageGet, storageList } from "../../../../plugins/proxmox/tools/storage-look.ts";
import { type House, openHouse } from "../house.ts";
import { words } from "./act.ts";

let house: House;
beforeAll(async () => {
  house = await openHouse(10);
}, 60_000);
afterAll(() => house?.stop());

const asked = async (tool: typeof clusterOverview | typeof haStatus): Promise<string> => (await tool.run(house.ctx, {}, {})).text;

test("the plugin has at most 45 tools", () => {
  expect(Object.keys(plugin.tools ?? {}).length).toBeLessThanOrEqual(45);
});

describe("the whole cluster", () => {
  test("is one page: quorum, guests by state, memory, HA, tags", async () => {
    const { text, data } = await clusterOverview.run(house.ctx, {}, {});
    expect(text).toStartWith("homelab: 4 of 4 nodes online, quorate (4 of 4 votes, 3 needed).");
    expect(text).toMatch(/Guests: \d+ running, 2 stopped, 1 templates\. Memory of the nodes: /);
    expect(text).toContain("Under HA: 1 started.");
    expect(data).toMatchObject({ tags: { media: 3 }, quorum: { quorate: true, votes: 4, of: 4, needed: 3 }, unknown: [] });
    expect(clusterOverview.output?.safeParse(data).success).toBe(true);
  });

  test("HA's services are named with their state, one in error with what to do", async () => {
    expect(await asked(haStatus)).toContain("homeassistant (vm:104) on Home: started");
    const loss = await nodeLossForecast.run(house.ctx, { node: "Home" }, {});
    expect(loss.text).toMatch(/homeassistant \(104\): HA would move it to .*, and it could not start there/);
    await house.lab.break("ha-service-error", "guest/104");
    expect(await asked(haStatus)).toContain("homeassistant (vm:104) on Home: error - HA gave up after its tries");
    expect(await asked(clusterOverview)).toContain("HA has vm:104 in error on Home");
    await house.lab.heal("ha-service-error");
  }, 60_000);
});

describe("a node", () => {
  test("that is well says so; one whose service died names it", async () => {
    const { text, data } = await nodeGet.run(house.ctx, { node: "PVE" }, {});
    expect(text).toContain("Nothing is wrong with it.");
    expect(data).toMatchObject({ name: "pve", online: true, services: { pveproxy: "running" }, wrong: [] });
    await house.lab.break("pvestatd-dead", "node/pve");
    expect((await nodeGet.run(house.ctx, { node: "pve" }, {})).text).toMatch(/Wrong: pvestatd is (?:dead|failed)/);
    await house.lab.heal("pvestatd-dead");
  }, 60_000);

  test("whose loss is forecast: local disks keep guests down, quorum has no margin", async () => {
    const { text, data } = await nodeLossForecast.run(house.ctx, { node: "home" }, {});
    expect(nodeLossForecast.output?.safeParse(data).success).toBe(true);
    expect(text).toContain("Quorum holds: 3 of 4 votes would stay, 3 are needed; no further node may go.");
    expect(text).toContain("jellyfin (105): down until the node is back: its disks are on local-lvm of Home alone");
    expect(data).toMatchObject({ node: "Home", unread: [], quorum: { margin: 0, survives: true } });
  });

  test("is not ready while guests run, and each has its way", async () => {
    const { text, data } = await nodeMaintenanceCheck.run(house.ctx, { node: "agent" }, {});
    expect(text).toStartWith("agent is not ready to go down.");
    expect(data).toMatchObject({
      ready: false,
      blockers: [],
      steps: [
        { vmid: 103, way: "stop" },
        { vmid: 116, way: "stop" },
      ],
    });
  });

  test("that does not exist is not found, with those that do", async () => {
    const said = "not_found: There is no node nas in this cluster (";
    for (const tool of [nodeGet, nodeLossForecast, nodeMaintenanceCheck]) expect(await words(Promise.resolve(tool.run(house.ctx, { node: "nas" }, {})))).toStartWith(said);
  });
});

describe("storages", () => {
  test("are listed, shared ones once", async () => {
    const { text } = await storageList.run(house.ctx, {}, {});
    expect(text.match(/nas \(shared\)/g)?.length).toBe(1);
    expect(text).toContain("local-lvm on pve: lvmthin, ");
  });

  test("one is explained; a name that several nodes have must say which", async () => {
    expect(await words(Promise.resolve(storageGet.run(house.ctx, { storage: "local-lvm" }, {})))).toStartWith("ambiguous: local-lvm is local to each of ");
    const { data, text } = await storageGet.run(house.ctx, { storage: "local-lvm", node: "pve" }, {});
    expect(data).toMatchObject({ id: "storage/pve/local-lvm", available: true, nodes: ["pve"], wrong: [] });
    expect(text).toContain("Nothing wrong is seen.");
    expect(await words(Promise.resolve(storageGet.run(house.ctx, { storage: "nowhere" }, {})))).toStartWith("not_found: There is no storage nowhere (");
  });
});
