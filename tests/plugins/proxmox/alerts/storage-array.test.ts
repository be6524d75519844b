// When a ZFS pool or a thin pool's metadata is told, and that a scrub is nothing.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { arrayAlerts } from "../../../../plugins/proxmox/alerts/storage-array.ts";
import type { Thin, Zfs } from "../../../../plugins/proxmox/monitors/array-state.ts";
import { arrays } from "../../../../plugins/proxmox/monitors/arrays.ts";
import { Entries } from "../../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "../fake-api.ts";

const AT = "2026-06-01T12:00:00.000Z";
const pool = (more: Partial<Zfs> = {}): Zfs => ({
  name: "tank",
  resource: "storage/pve/tank",
  isStorage: true,
  health: "ONLINE",
  dataErrors: "No known data errors",
  members: [],
  ...more,
});
const thin = (percent: number): Thin => ({
  name: "pve/data",
  resource: "storage/pve/local-lvm",
  usedBytes: 40,
  sizeBytes: 100,
  metadataUsedBytes: percent,
  metadataSizeBytes: 100,
});
const told = (zfs: readonly Zfs[], pools: readonly Thin[] = [], open: readonly Alert[] = []): Alert[] =>
  arrayAlerts([{ name: "pve", at: AT, zfs: [...zfs], thin: [...pools] }], open).map((alert) => Alert.parse(alert));

describe("a ZFS pool", () => {
  test("that lost a disk is critical and names it with its serial", () => {
    const [alert, ...more] = told([pool({ health: "DEGRADED", members: [{ name: "ata-WDC_WD40-WX11", state: "UNAVAIL", errors: 0 }] })]);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ key: "zfs-degraded", resource: "storage/pve/tank", severity: "critical", cause: "disk" });
    expect(alert?.why).toContain("ata-WDC_WD40-WX11 is UNAVAIL");
    expect(alert?.explains).toBeUndefined();
  });

  test("that is gone explains what stands on it", () => {
    expect(told([pool({ health: "SUSPENDED" })])[0]).toMatchObject({ key: "zfs-degraded", explains: true });
  });

  test("whose member counts errors is a warning, with data lost critical", () => {
    const members = [{ name: "ata-X", state: "ONLINE", errors: 30 }];
    expect(told([pool({ members })])[0]).toMatchObject({ key: "zfs-errors", severity: "warning" });
    expect(told([pool({ members, dataErrors: "12 data errors, use '-v' for a list" })])[0]).toMatchObject({ key: "zfs-errors", severity: "critical" });
  });

  test("in a scrub, or of unknown health, is nothing", () => {
    expect(told([pool({ scan: "scrub in progress since Sun Nov  8 03:36:45 2026" })])).toEqual([]);
    expect(told([pool({ health: "UNKNOWN" })])).toEqual([]);
  });

  test("tells its room only where no storage lies on it", () => {
    const full = { usedBytes: 90, sizeBytes: 100 };
    expect(told([pool(full)])).toEqual([]);
    expect(told([pool({ ...full, isStorage: false, resource: "node/pve" })])[0]).toMatchObject({ key: "zfs-pool-full", resource: "node/pve" });
  });
});

test("metadata of a thin pool is told from 80 %, critical from 95 %, and until below 77 %", () => {
  expect(told([], [thin(79)])).toEqual([]);
  const open = told([], [thin(81)]);
  expect(open[0]).toMatchObject({ key: "thin-metadata-full", resource: "storage/pve/local-lvm", severity: "warning" });
  expect(told([], [thin(97)])[0]?.severity).toBe("critical");
  expect(told([], [thin(78)], open)).toHaveLength(1);
  expect(told([], [thin(76)], open)).toEqual([]);
});

test("a node's pools are read in turn and given to the storages that lie on them; one that may not be asked says what it needs", async () => {
  const api = fakeApi(({ path }) => {
    if (path === "/storage")
      return {
        body: {
          data: [
            { storage: "tank", type: "zfspool", pool: "tank/vms", nodes: "pve" },
            { storage: "local-lvm", type: "lvmthin", vgname: "pve", thinpool: "data" },
          ],
        },
      };
    if (path === "/nodes/Home/disks/zfs" || path === "/nodes/Home/disks/lvmthin") return { status: 403, statusText: "Permission check failed (/nodes/Home, Sys.Audit)" };
    if (path === "/nodes/pve/disks/zfs") return { body: { data: [{ name: "tank", health: "ONLINE", size: "100", alloc: 10 }] } };
    if (path === "/nodes/pve/disks/zfs/tank")
      return {
        body: {
          data: {
            state: "DEGRADED",
            scan: "none",
            children: [
              {
                name: "tank",
                children: [
                  {
                    name: "mirror-0",
                    children: [
                      { name: "ata-A", state: "ONLINE" },
                      { name: "ata-B", state: "UNAVAIL" },
                    ],
                  },
                ],
              },
            ],
          },
        },
      };
    if (path === "/nodes/pve/disks/lvmthin") return { body: { data: [{ vg: "pve", lv: "data", lv_size: 10, used: 1, metadata_size: 10, metadata_used: 9 }] } };
    return {};
  });
  const rows = ["Home", "pve"].map((node) => ({ type: "node", node, status: "online" }));
  api.client.memory.answered({ at: api.ctx.now(), entries: Entries.parse(rows) });
  await arrays.read(api.ctx);
  const { nodes } = arrays.state.parse(await arrays.read(api.ctx));
  expect(nodes.Home?.unknown).toContain("Sys.Audit on /nodes/Home");
  expect(nodes.pve).toMatchObject({
    zfs: [{ resource: "storage/pve/tank", health: "DEGRADED", members: [{ name: "ata-B", state: "UNAVAIL" }] }],
    thin: [{ resource: "storage/pve/local-lvm", metadataUsedBytes: 9 }],
  });
  expect(arrayAlerts(Object.values(nodes), []).map(({ key }) => key)).toEqual(["zfs-degraded", "thin-metadata-full"]);
});

test("a node without ZFS tells its thin pools, and one that does not answer keeps no other waiting", async () => {
  const api = fakeApi(({ path }) => {
    if (path === "/storage") return { body: { data: [] } };
    if (path.startsWith("/nodes/Home/")) return { fails: "upstream_timeout" };
    if (path === "/nodes/pve/disks/zfs") return { status: 500, statusText: "zfsutils-linux not installed", body: { data: null } };
    return { body: { data: [{ vg: "pve", lv: "data", lv_size: 10, used: 1, metadata_size: 10, metadata_used: 9 }] } };
  });
  const entries = Entries.parse(["Home", "pve"].map((node) => ({ type: "node", node, status: "online" })));
  for (let round = 0; round < 2; round += 1) {
    api.forward(4 * 60_000);
    api.client.memory.answered({ at: api.ctx.now(), entries });
    await arrays.read(api.ctx);
  }
  api.client.memory.answered({ at: api.ctx.now(), entries });
  const { nodes } = arrays.state.parse(await arrays.read(api.ctx));
  expect(nodes.Home).toBeUndefined();
  expect(nodes.pve).toMatchObject({ zfs: [], thin: [{ name: "pve/data" }] });
  expect(nodes.pve?.unknown).toBeUndefined();
});
