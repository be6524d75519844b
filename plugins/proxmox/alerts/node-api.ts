// A node that is a member of the cluster and whose API is not there: its proxy dead or stuck, its daemon dead or stuck, or /etc/pve gone. A slow answer is none of these, nor is one lost answer (a daemon restarted by an update).
import type { Alert } from "jarvis";
import type { NodeState } from "../monitors/node-state.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

/** Readings in a row; the monitor asks a suspect each time. */
const MISSES = 2;

const WORDS = {
  refused: {
    key: "node-api-down",
    title: (name: string) => `The API of ${name} is down, the node lives`,
    why: "it is a member of the cluster, and nothing listens on its port 8006: pveproxy has died. Its guests run on, but cannot be seen or steered from there",
  },
  silent: {
    key: "node-api-stuck",
    title: (name: string) => `The API of ${name} takes calls and does not answer, the node lives`,
    why: "it is a member of the cluster, and its API gave no answer in 15 s: pveproxy is stuck, or the machine is. Its guests run on, but cannot be seen or steered",
  },
  "no-files": {
    key: "node-pmxcfs-down",
    title: (name: string) => `The cluster's file system (/etc/pve) is gone on ${name}`,
    why: "the cluster has quorum, and yet its API cannot reach pmxcfs: nothing on this node can be started, changed or backed up until pve-cluster runs again",
  },
} as const;

export const apiAlert = (node: NodeState, open: readonly Alert[]): Alert | undefined => {
  if (node.reach === "answers" || node.reach === "denied") return undefined;
  const { key, title, why } = WORDS[node.reach];
  const resource = nodeId(node.name);
  if (node.misses < MISSES && !isOpen(open, key, resource)) return undefined;
  return alertOf({
    key,
    resource,
    severity: node.reach === "no-files" ? "critical" : "warning",
    title: title(node.name),
    why: `${MISSES} readings in a row: ${why}`,
    cause: "service",
    evidence: [{ what: node.words ?? "no answer", source: `GET /nodes/${node.name}/status`, at: node.at }],
  });
};

interface Workers {
  readonly name: string;
  readonly at: string;
  readonly stuck?: { readonly readings: number; readonly words: string } | undefined;
}

/** Half of the API: pveproxy answers, and what it hands to pvedaemon does not come back. */
export const stuckAlerts = ({ name, at, stuck }: Workers, open: readonly Alert[]): Alert[] => {
  const { key } = WORDS.silent;
  const resource = nodeId(name);
  if (stuck === undefined || (stuck.readings < MISSES && !isOpen(open, key, resource))) return [];
  return [
    alertOf({
      key,
      resource,
      severity: "warning",
      title: `pvedaemon does not answer on ${name}, the node lives`,
      why: `${MISSES} readings in a row: pveproxy answers for itself, and what it hands to pvedaemon does not come back: its workers are stuck or dead. Its guests run on, but cannot be seen or steered`,
      cause: "service",
      evidence: [
        { what: stuck.words, source: `GET /nodes/${name}/services`, at },
        { what: "its clock is told", source: `GET /nodes/${name}/time`, at },
      ],
    }),
  ];
};
