// A node goes dark: Proxmox tells its guests and storages for five more minutes as they were; what is counted of them is unknown, never up, never down.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { guests } from "../../../plugins/proxmox/monitors/guests.ts";
import { poolsOf } from "../../../plugins/proxmox/monitors/pools.ts";
import { resourceOf, storagesOf } from "../../../plugins/proxmox/monitors/store-state.ts";
import { asSeen, Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { clusterOverview } from "../../../plugins/proxmox/tools/cluster-overview.ts";
import { guestList } from "../../../plugins/proxmox/tools/guest-list.ts";
import { nodeGet } from "../../../plugins/proxmox/tools/node-get.ts";
import { storageGet, storageList } from "../../../plugins/proxmox/tools/storage-look.ts";
import { until } from "../../support/until.ts";
import { fakeApi } from "./fake-api.ts";
import { type House, openHouse } from "./house.ts";

const store = (node: string, name: string, shared: 0 | 1) => ({
  type: "storage",
  storage: name,
  node,
  status: "available",
  shared,
  plugintype: shared ? "nfs" : "lvmthin",
  disk: 1,
  maxdisk: 9,
});
const rows = Entries.parse([
  { type: "node", node: "a", status: "offline" },
  { type: "node", node: "b", status: "online" },
  { type: "pool", pool: "prod" },
  { type: "qemu", vmid: 101, node: "a", status: "running", pool: "prod", uptime: 5 },
  { type: "lxc", vmid: 102, node: "b", status: "running", pool: "prod" },
  { type: "lxc", vmid: 103, node: "a", status: "stopped", pool: "prod" },
  store("a", "local-lvm", 0),
  store("b", "local-lvm", 0),
  store("a", "nas", 1),
  store("b", "nas", 1),
]);

describe("what lies on a node that is out of sight", () => {
  test("is of unknown status, and everything else is as it was told", () => {
    const seen = asSeen(rows);
    expect(seen.filter(({ status }) => status === "unknown").map(({ node, vmid, storage }) => `${node} ${vmid ?? storage}`)).toEqual(["a 101", "a 103", "a local-lvm", "a nas"]);
    expect(seen.filter(({ node }) => node !== "a")).toEqual(rows.filter(({ node }) => node !== "a"));
    const all = rows.filter(({ type }) => type !== "node");
    expect(asSeen(all)).toBe(all);
  });

  test("is in no figure of its pool but its own", () => {
    expect(poolsOf(rows).pools.prod).toEqual({ name: "prod", guests: [101, 102, 103], running: 1, unknown: 2 });
  });

  test("a storage of its own is unknown and not up; a shared one is seen from the others", () => {
    const drawn = Object.entries(storagesOf(rows)).map((one) => [one[0], resourceOf(one).status]);
    expect(Object.fromEntries(drawn)).toEqual({ "storage/a/local-lvm": "unknown", "storage/b/local-lvm": "up", "storage/shared/nas": "up" });
    expect(storagesOf(rows)["storage/a/local-lvm"]).toMatchObject({ available: false, nodes: [] });
    expect(storagesOf(rows)["storage/a/local-lvm"]?.diskBytes).toBeUndefined();
  });
});

test("guests of a node that is dark for long keep the names they were told by, though Proxmox lists their numbers alone; a new name counts at once", async () => {
  const listed = (name: string | undefined) => [
    { type: "node", node: "a", status: name === undefined ? "offline" : "online" },
    { type: "lxc", vmid: 105, node: "a", status: name === undefined ? "unknown" : "running", ...(name === undefined ? {} : { name }) },
  ];
  let list = listed("jellyfin");
  const api = fakeApi(({ path }) => (path === "/cluster/resources" ? { body: { data: list } } : { status: 500, statusText: "not here", body: { data: null } }));
  const nameAfter = async (next: typeof list): Promise<string | undefined> => {
    list = next;
    api.forward(10_000);
    return (await guests.read(api.ctx)).guests["105"]?.name;
  };
  expect(await nameAfter(listed("jellyfin"))).toBe("jellyfin");
  expect(await nameAfter(listed(undefined))).toBe("jellyfin");
  expect(await nameAfter(listed(undefined))).toBe("jellyfin");
  expect(await nameAfter(listed("films"))).toBe("films");
});

describe("asked about a house with a dark node", () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse(10);
    await house.lab.break("node-down", "node/Home");
    await until(async () => (await clusterOverview.run(house.ctx, {}, {})).text.includes("3 of 4 nodes online"), { withinMs: 20_000, what: "Home to be gone" });
  }, 60_000);
  afterAll(() => house?.stop());

  test("the overview counts its guests and storages as unknown, and calls no storage away that nobody can look at", async () => {
    const { text, data } = await clusterOverview.run(house.ctx, {}, {});
    expect(data).toMatchObject({ guests: { unknown: 6 }, unavailable: [], unseen: ["local-lvm on Home", "local on Home"].sort() });
    expect(clusterOverview.output?.safeParse(data).success).toBe(true);
    expect(text).toContain("6 guests whose state is not known");
    expect(text).toMatch(/Not known: how the storages local on Home, local-lvm on Home are: their node is out of sight\./);
  });

  test("so do the lists, the node and the storage itself", async () => {
    expect((await guestList.run(house.ctx, { node: "Home" }, {})).text).toStartWith("6 guests, 0 running, 6 unknown.");
    expect((await nodeGet.run(house.ctx, { node: "Home" }, {})).text).toContain("Guests: 0 running, 0 stopped, 6 unknown.");
    expect((await storageList.run(house.ctx, {}, {})).text).toContain("local-lvm on Home: lvmthin, unknown: its node is out of sight");
    const { text, data } = await storageGet.run(house.ctx, { storage: "local-lvm", node: "Home" }, {});
    expect(data).toMatchObject({ available: false, unseen: true, wrong: [] });
    expect(text).toContain("Not known: how it is, since its node is out of sight.");
  });
});
