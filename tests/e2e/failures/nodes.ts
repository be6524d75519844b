// The rows of nodes and the cluster: what is told when a machine, its daemons or the bonds between them fail.
import type { Row } from "./row.ts";

export const nodes: readonly Row[] = [
  {
    row: 12,
    what: "a node lost power",
    fault: "node-down",
    target: "node/agent",
    alert: { key: "node-offline", resource: "node/agent", cause: "host-down", severity: "critical" },
    channel: "proxmox/cluster",
    lookAlikes: [],
  },
];
