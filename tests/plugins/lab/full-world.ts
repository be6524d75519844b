// The reference home with one of everything besides: pools, snapshots, replication, jobs of each kind, a VM and a container under HA. For tests that want every list to hold something.
import { home } from "../../../plugins/lab/world/home/home.ts";
import type { WorldInput } from "../../../plugins/lab/world/schema.ts";

const SNAPSHOTS = [
  { name: "before-upgrade", hoursAgo: 90, description: "before the upgrade" },
  { name: "weekly", hoursAgo: 20 },
];

export const fullWorld: WorldInput = {
  ...home,
  guests: home.guests.map((guest) => ({
    ...guest,
    ...(guest.vmid === 101 || guest.vmid === 102 ? { pool: "web", snapshots: SNAPSHOTS } : {}),
    ...(guest.vmid === 108 ? { ha: true } : {}),
    ...(guest.vmid === 109 ? { storage: "tank" } : {}),
  })),
  storages: home.storages.map((storage) => (storage.name === "tank" ? { ...storage, nodes: ["pve", "agent1"] } : storage)),
  pools: [{ id: "web", comment: "what the world sees" }],
  backupJobs: [
    { id: "backup-nightly", schedule: "03:00", storage: "backups", all: true, exclude: [107, 900], prune: "keep-daily=7,keep-weekly=4" },
    { id: "backup-web", schedule: "sat 02:00", storage: "nas", mode: "stop", vmids: [114, 115], enabled: false },
  ],
  replication: [{ guest: 117, target: "agent1" }],
};
