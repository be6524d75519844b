// The rows of nodes and the cluster: what is told when a machine, its daemons or the bonds between them fail.
import type { Row } from "./row.ts";

/** A monitor that takes the nodes in turn has seen all four of a home within so many readings. */
const ALL_IN_TURN = 5;
const SLOW_ANSWERS = { fault: "api-slow", target: "node/pve" } as const;
const PLANNED_REBOOT = { fault: "node-rebooting-planned", target: "node/agent" } as const;

export const nodes: readonly Row[] = [
  {
    row: 12,
    what: "a node lost power",
    fault: "node-down",
    target: "node/agent",
    alert: { key: "node-offline", resource: "node/agent", cause: "host-down", severity: "critical" },
    channel: "proxmox/cluster",
    lookAlikes: [PLANNED_REBOOT],
  },
  {
    row: 12,
    what: "a node lives and the others do not see it",
    fault: "node-isolated",
    target: "node/agent",
    alert: { key: "node-offline", resource: "node/agent", cause: "network", severity: "critical" },
    channel: "proxmox/cluster",
    lookAlikes: [],
  },
  {
    row: 13,
    what: "pveproxy died, the node lives",
    fault: "pveproxy-dead",
    target: "node/pve",
    alert: { key: "node-api-down", resource: "node/pve", cause: "service", severity: "warning" },
    channel: "proxmox/nodes",
    readings: ALL_IN_TURN,
    lookAlikes: [SLOW_ANSWERS],
  },
  {
    row: 13,
    what: "pvedaemon hangs, the node lives",
    fault: "pvedaemon-stuck",
    target: "node/pve",
    alert: { key: "node-api-stuck", resource: "node/pve", cause: "service", severity: "warning" },
    channel: "proxmox/nodes",
    readings: ALL_IN_TURN,
    lookAlikes: [],
  },
  {
    row: 15,
    what: "the nodes no longer see one another",
    fault: "quorum-lost",
    target: "cluster/homelab",
    alert: { key: "quorum-lost", resource: "cluster/homelab", cause: "quorum", severity: "critical" },
    channel: "proxmox/cluster",
    lookAlikes: [],
  },
  {
    row: 22,
    what: "a node's root file system is nearly full",
    fault: "node-root-full",
    target: "node/pve",
    alert: { key: "node-root-full", resource: "node/pve", cause: "storage", severity: "critical" },
    channel: "proxmox/nodes",
    readings: ALL_IN_TURN,
    lookAlikes: [{ fault: "node-root-full", target: "node/pve", options: { percent: 85 } }],
  },
  {
    row: 23,
    what: "the cluster's file system is gone on a node",
    fault: "pmxcfs-down",
    target: "node/pve",
    alert: { key: "node-pmxcfs-down", resource: "node/pve", cause: "service", severity: "critical" },
    channel: "proxmox/nodes",
    readings: ALL_IN_TURN,
    lookAlikes: [],
  },
];
