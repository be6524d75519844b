// Updates that pile up, a reboot a newer kernel waits for, and nodes on different versions. For information: nothing is broken, and nothing is ever rebooted unasked. A few waiting updates are everyday.
import type { Alert } from "jarvis";
import { isOlder } from "../shapes/upkeep.ts";
import { alertOf, nodeId } from "./tell.ts";

interface Node {
  name: string;
  at: string;
  waiting?: readonly string[] | undefined;
  runningKernel?: string | undefined;
  newestKernel?: string | undefined;
}

const MANY = 10;

/** `6.17.2-2-pve (2026-...)` -> `6.17.2-2-pve` */
const bare = (kernel: string): string => kernel.split(" ")[0] ?? kernel;

export const updateAlerts = ({ name, at, waiting = [], runningKernel, newestKernel }: Node): Alert[] => {
  const reboot = runningKernel !== undefined && newestKernel !== undefined && isOlder(bare(runningKernel), newestKernel);
  if (!reboot && waiting.length < MANY) return [];
  const words = [
    ...(reboot ? [`it runs ${bare(runningKernel)} and would run ${newestKernel}`] : []),
    ...(waiting.length > 0 ? [`${waiting.length} of Proxmox's packages wait`] : []),
  ].join("; ");
  return [
    alertOf({
      key: "node-updates",
      resource: nodeId(name),
      severity: "info",
      title: reboot ? `${name} waits for a reboot into a newer kernel` : `${waiting.length} updates wait on ${name}`,
      why: `${words}: security fixes take effect only then. One node at a time, its guests moved first and quorum with a vote to spare`,
      cause: "update",
      evidence: [{ what: `${words}${waiting.length > 0 ? `: ${waiting.slice(0, MANY).join(", ")}` : ""}`, source: `GET /nodes/${name}/apt/versions`, at }],
    }),
  ];
};

interface Versioned {
  name: string;
  at: string;
  version?: string | undefined;
}

/** Told at one node of the fewest that differ; during a rolling update that is true for some hours. */
export const versionAlerts = (nodes: readonly Versioned[]): Alert[] => {
  const known = nodes.flatMap(({ name, at, version }) => (version === undefined ? [] : [{ name, at, version }]));
  const groups = [...new Set(known.map(({ version }) => version))].map((version) => ({ version, members: known.filter((node) => node.version === version) }));
  const [fewest, ...others] = groups.sort((a, b) => a.members.length - b.members.length || (isOlder(a.version, b.version) ? -1 : 1));
  const odd = fewest?.members[0];
  if (!fewest || !odd || others.length === 0) return [];
  return [
    alertOf({
      key: "node-version-mixed",
      resource: nodeId(odd.name),
      severity: "info",
      title: `${fewest.members.map(({ name }) => name).join(", ")} runs another Proxmox VE than the others`,
      why: `${odd.version} there, ${others.map(({ version }) => version).join(", ")} elsewhere: live migrations to the older release may fail. Bring all to the same version`,
      cause: "update",
      evidence: known.map(({ name, at, version }) => ({ what: `${name}: pve-manager ${version}`, source: `GET /nodes/${name}/status`, at })),
    }),
  ];
};
