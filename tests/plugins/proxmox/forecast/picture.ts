// A small cluster on paper for the forecasts: four nodes, shared and local disks, one service under HA.
import type { GuestNow, NodeNow, Picture } from "../../../../plugins/proxmox/forecast/picture.ts";

export const GIB = 1024 ** 3;

export const node = (name: string, more: Partial<NodeNow> = {}): NodeNow => ({
  name,
  online: true,
  address: undefined,
  memoryBytes: 8 * GIB,
  memoryTotalBytes: 32 * GIB,
  lrm: "active",
  ...more,
});

export const guest = (vmid: number, at: string, more: Partial<GuestNow> = {}): GuestNow => ({
  vmid,
  name: `g${vmid}`,
  kind: "vm",
  node: at,
  running: true,
  template: false,
  memoryTotalBytes: 4 * GIB,
  storages: ["nas"],
  bound: [],
  addresses: [],
  ha: undefined,
  ...more,
});

export const HA = { state: "started", wanted: "started" };
const NAMES = ["a", "b", "c", "d"];

export const picture = (more: Partial<Picture> = {}): Picture => ({
  atMs: Date.parse("2026-03-01T12:00:00Z"),
  quorate: true,
  nodes: NAMES.map((name) => node(name)),
  guests: [],
  stores: [
    { name: "nas", type: "nfs", shared: true, nodes: undefined, server: "10.0.0.9", available: NAMES },
    { name: "lvm", type: "lvmthin", shared: false, nodes: undefined, server: undefined, available: NAMES },
    { name: "tank", type: "zfspool", shared: false, nodes: ["a"], server: undefined, available: ["a"] },
  ],
  affinities: [],
  replicas: [],
  unread: [],
  ...more,
});
