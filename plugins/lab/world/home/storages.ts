// Where the reference home keeps its disks, images and backups.
import type { WorldInput } from "../schema.ts";

export const storages: WorldInput["storages"] = [
  { name: "local", type: "dir", content: "iso,vztmpl,backup,snippets", totalGiB: 94, usedGiB: 21.4 },
  { name: "local-lvm", type: "lvmthin", content: "images,rootdir", totalGiB: 348, usedGiB: 141.7 },
  { name: "tank", type: "zfspool", content: "images,rootdir", nodes: ["pve"], totalGiB: 3580, usedGiB: 1922.3 },
  { name: "nas", type: "nfs", content: "iso,vztmpl,backup", shared: true, totalGiB: 7340, usedGiB: 4166.8 },
  { name: "backups", type: "pbs", content: "backup", shared: true, totalGiB: 1810, usedGiB: 764.5 },
];
