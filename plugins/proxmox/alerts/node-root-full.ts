// A node's root file system that is nearly full: at the end journals stop, tasks fail and pmxcfs cannot write. Kept until there is room again, so that it does not flap at the line.
import type { Alert } from "jarvis";
import type { NodeState } from "../monitors/node-state.ts";
import { alertOf, gib, isOpen, nodeId, shareOf } from "./tell.ts";

const KEY = "node-root-full";
const [RAISE_PERCENT, CRITICAL_PERCENT, KEEP_PERCENT] = [90, 95, 87];

export const rootFullAlert = (node: NodeState, open: readonly Alert[]): Alert | undefined => {
  const resource = nodeId(node.name);
  const percent = shareOf(node.rootBytes, node.rootTotalBytes);
  // A reading without the figure proves neither.
  if (percent === undefined || node.rootBytes === undefined || node.rootTotalBytes === undefined) return undefined;
  if (percent < (isOpen(open, KEY, resource) ? KEEP_PERCENT : RAISE_PERCENT)) return undefined;
  const left = gib(node.rootTotalBytes - node.rootBytes);
  return alertOf({
    key: KEY,
    resource,
    severity: percent >= CRITICAL_PERCENT ? "critical" : "warning",
    title: `The root file system of ${node.name} is ${Math.round(percent)} % full`,
    why: `more than ${RAISE_PERCENT} % is used and ${left} are left: when it is full, journals, tasks and /etc/pve cannot be written. Old journals, package caches, ISOs and dumps in \`local\` are the usual growers`,
    cause: "storage",
    evidence: [{ what: `rootfs: ${gib(node.rootBytes)} of ${gib(node.rootTotalBytes)} used`, source: `GET /nodes/${node.name}/status`, at: node.at }],
  });
};
