// When a storage without room is told, by what it is for, and what only looks like it.
import { describe, expect, test } from "bun:test";
import { Alert } from "../../../../core/contract/resource.ts";
import { roomAlert } from "../../../../plugins/proxmox/alerts/storage-room.ts";
import { daysLeft } from "../../../../plugins/proxmox/monitors/growth.ts";
import type { StorageState } from "../../../../plugins/proxmox/monitors/store-state.ts";

const GIB = 1024 ** 3;
const store = (percent: number, more: Partial<StorageState> = {}): StorageState => ({
  name: "data",
  node: "pve",
  shared: false,
  available: true,
  sort: "lvmthin",
  content: "images,rootdir",
  diskBytes: percent * GIB,
  diskTotalBytes: 100 * GIB,
  nodes: ["pve"],
  ...more,
});
const ID = "storage/pve/data";
const told = (state: StorageState, open: readonly Alert[] = []): Alert | undefined => {
  const alert = roomAlert(ID, state, open);
  return alert === undefined ? undefined : Alert.parse(alert);
};

describe("a storage that runs out of room", () => {
  test.each([
    ["lvmthin", 80, 95, "thin-pool-full"],
    ["zfspool", 80, 92, "zfs-pool-full"],
    ["pbs", 90, 97, "backup-target-full"],
    ["nfs", 90, 97, "storage-full"],
  ])("%s is told from %i %, and is critical from %i %", (sort, warn, critical, key) => {
    expect(told(store(warn - 1, { sort }))).toBeUndefined();
    expect(told(store(warn, { sort }))).toMatchObject({ key, severity: "warning", cause: "storage", resource: ID });
    expect(told(store(critical, { sort }))).toMatchObject({ key, severity: "critical" });
  });

  test("it says the figure, what is left and what it leads to, and asks to stand first", () => {
    const alert = told(store(96));
    expect(alert?.title).toBe("The thin pool data of pve is 96 % full");
    expect(alert?.why).toContain("above 95 % for 1 min, 4.0 GiB left");
    expect(alert?.evidence?.[0]).toMatchObject({ source: "GET /cluster/resources" });
    expect(told(store(85))?.afterSeconds).toBeGreaterThanOrEqual(240);
  });

  test("full, it is told at once and is the root of what fails on it; with a little room it is not", () => {
    expect(told(store(98))?.explains).toBeUndefined();
    const full = told(store(99));
    expect(full).toMatchObject({ key: "thin-pool-full", severity: "critical", explains: true });
    expect(full?.afterSeconds).toBeUndefined();
    expect(full?.why).toContain("99 % and more used, 1.0 GiB left");
  });

  test("once told it stays told until there is room again", () => {
    const open = [told(store(81))].flatMap((alert) => alert ?? []);
    expect(told(store(78), open)?.key).toBe("thin-pool-full");
    expect(told(store(76), open)).toBeUndefined();
    expect(told(store(78))).toBeUndefined();
  });

  test("what garbage collection will free is not counted", () => {
    const state = store(92, { sort: "pbs", content: "backup", pendingBytes: 30 * GIB });
    expect(told(state)).toBeUndefined();
    expect(told({ ...state, diskBytes: 99 * GIB, pendingBytes: 2 * GIB })).toMatchObject({ severity: "critical" });
  });

  test("without figures, or on the node's own root file system, nothing is told", () => {
    const { diskBytes: _, ...blind } = store(99);
    expect(told(blind)).toBeUndefined();
    expect(told(store(99, { sort: "dir", onRoot: true }))).toBeUndefined();
  });

  test("a storage half full that will not last a week is told by its pace, one that will is not", () => {
    expect(told(store(70, { fullInDays: 5 }))).toMatchObject({ key: "storage-filling", severity: "warning", title: "data of pve will be full in 5 days" });
    expect(told(store(70, { fullInDays: 9 }))).toBeUndefined();
    expect(told(store(20, { fullInDays: 5 }))).toBeUndefined();
    const open = [told(store(70, { fullInDays: 5 }))].flatMap((alert) => alert ?? []);
    expect(told(store(70, { fullInDays: 9 }), open)?.key).toBe("storage-filling");
    expect(told(store(96, { fullInDays: 1 }))?.why).toContain("full in 1 days");
  });
});

describe("the pace", () => {
  const samples = (...bytes: number[]): [number, number][] => bytes.map((used, day) => [day, used]);

  test("comes from at least four daily samples", () => {
    expect(daysLeft(samples(10, 20, 30), 30, 100)).toBeUndefined();
    expect(daysLeft(samples(10, 20, 30, 40), 40, 100)).toBe(6);
  });

  test("is none where nothing grows, or only in years", () => {
    expect(daysLeft(samples(40, 40, 40, 40), 40, 100)).toBeUndefined();
    expect(daysLeft(samples(40, 30, 20, 10), 10, 100)).toBeUndefined();
    expect(daysLeft(samples(10, 10.01, 10.02, 10.03), 10.03, 100)).toBeUndefined();
  });
});
