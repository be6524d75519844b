// A node that was left in HA maintenance: nobody has worked on it for hours, and its services stay away. While somebody has a shell there or tasks run it is maintenance.
import type { Alert } from "jarvis";
import { alertOf, isOpen, nodeId } from "./tell.ts";

interface Maintained {
  node: string;
  since: string;
  workAt?: string | undefined;
  work?: string | undefined;
  quietSeconds: number;
}

const KEY = "node-maintenance-left";
const HOUR_S = 3600;
const QUIET_S = 4 * HOUR_S;

export const maintenanceAlerts = (maintained: readonly Maintained[], open: readonly Alert[]): Alert[] =>
  maintained.flatMap(({ node, since, workAt, work, quietSeconds }) => {
    const resource = nodeId(node);
    // Somebody who comes back to it takes it up again: then it is no longer left.
    if (quietSeconds < (isOpen(open, KEY, resource) ? HOUR_S / 4 : QUIET_S)) return [];
    return [
      alertOf({
        key: KEY,
        resource,
        severity: "warning",
        title: `${node} is still in HA maintenance`,
        why: `nobody has worked on it for ${Math.floor(quietSeconds / HOUR_S)} h${work === undefined ? "" : ` (the last was ${work})`}: HA keeps its services away from it, so one node less can take over. \`ha-manager crm-command node-maintenance disable ${node}\` ends it`,
        cause: "user",
        evidence: [
          { what: `lrm of ${node}: maintenance mode`, source: "GET /cluster/ha/status/current", at: since },
          ...(workAt === undefined ? [] : [{ what: work ?? "", source: "GET /cluster/tasks", at: workAt }]),
        ],
      }),
    ];
  });
