// The rows of containers: what is told when one dies, is killed for memory, or fails its own check. Played where Docker is seen, beside the matrix of Proxmox.
import type { Row } from "./row.ts";

const CONTAINERS = "docker/containers";
const SOMEBODY = { fault: "container-user-stop", target: "container/mgmt/ntfy" } as const;

export const containers: readonly Row[] = [
  {
    row: 31,
    what: "a container fails its own check",
    fault: "container-unhealthy",
    target: "container/mgmt/prometheus",
    alert: { key: "container-unhealthy", resource: "container/mgmt/prometheus", cause: "unhealthy", severity: "warning" },
    channel: CONTAINERS,
    lookAlikes: [SOMEBODY],
  },
  {
    row: 33,
    what: "a container is killed for memory",
    fault: "container-crash",
    target: "container/mgmt/open-webui",
    options: { oom: "yes" },
    alert: { key: "container-died", resource: "container/mgmt/open-webui", cause: "oom", severity: "critical" },
    channel: CONTAINERS,
    lookAlikes: [SOMEBODY],
  },
  {
    row: 34,
    what: "a container ends though it should run",
    fault: "container-crash",
    target: "container/mgmt/dozzle",
    alert: { key: "container-died", resource: "container/mgmt/dozzle", cause: "crash", severity: "critical" },
    channel: CONTAINERS,
    lookAlikes: [SOMEBODY],
  },
];
