// One node as the channel proxmox/nodes carries it: whether its own API answers, and what it says of itself. Pure; what was not told is absent, never zero.
import { JarvisError, type Resource, z } from "jarvis";
import { compact } from "../shapes/compact.ts";
import { kernelOf, type Machine, versionOf } from "../shapes/machine.ts";
import { Pressure } from "../shapes/pressure.ts";

/**
 * `reach`: `answers`; `refused`: nothing listens on its 8006 while other nodes answer; `silent`: it takes the call and does not answer;
 * `no-files`: its API lives but /etc/pve does not; `denied`: we may not ask. `misses`: readings in a row that ended like this last one.
 */
export const NodeState = z.object({
  name: z.string(),
  at: z.string(),
  reach: z.enum(["answers", "refused", "silent", "no-files", "denied"]),
  misses: z.number().int(),
  /** Why it did not answer. */
  words: z.string().optional(),
  cpuPercent: z.number().optional(),
  waitPercent: z.number().optional(),
  load1: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
  swapBytes: z.number().optional(),
  swapTotalBytes: z.number().optional(),
  rootBytes: z.number().optional(),
  rootTotalBytes: z.number().optional(),
  kernel: z.string().optional(),
  version: z.string().optional(),
  pressure: Pressure.optional(),
});
export type NodeState = z.output<typeof NodeState>;

const percent = (share: number | undefined): number | undefined => (share === undefined ? undefined : Math.round(share * 1000) / 10);

export const answered = (name: string, machine: z.output<typeof Machine>, at: string, pressure: Pressure | undefined): NodeState =>
  compact({
    name,
    at,
    reach: "answers" as const,
    misses: 0,
    cpuPercent: percent(machine.cpu),
    waitPercent: percent(machine.wait),
    load1: machine.loadavg?.[0],
    memoryBytes: machine.memory?.used,
    memoryTotalBytes: machine.memory?.total,
    swapBytes: machine.swap?.used,
    swapTotalBytes: machine.swap?.total,
    rootBytes: machine.rootfs?.used,
    rootTotalBytes: machine.rootfs?.total,
    kernel: kernelOf(machine),
    version: versionOf(machine),
    pressure,
  });

/** The texts of a pmxcfs that is gone or does not answer. */
const NO_FILES = /ipcc_send_rec|cluster filesystem|Transport endpoint is not connected|\/etc\/pve|Unable to load access control list|RPCEnvironment init request failed/i;

const reachOf = (thrown: unknown): NodeState["reach"] => {
  if (!(thrown instanceof JarvisError)) return "silent";
  if (NO_FILES.test(thrown.message)) return "no-files";
  if (thrown.type === "upstream_denied" || thrown.type === "upstream_auth") return "denied";
  return thrown.type === "upstream_refused" ? "refused" : "silent";
};

/** What was known of it stays beside the failure. */
export const failed = (name: string, thrown: unknown, at: string, before: NodeState | undefined): NodeState => {
  const reach = reachOf(thrown);
  const words = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);
  return { ...before, name, at, reach, misses: before?.reach === reach ? before.misses + 1 : 1, words };
};

/** Worth asking how much waits: the cheap figures say it is busy. */
export const isBusy = (machine: z.output<typeof Machine>): boolean => {
  const share = (pair: { total?: number | undefined; used?: number | undefined } | undefined): number =>
    pair?.total !== undefined && pair.total > 0 && pair.used !== undefined ? pair.used / pair.total : 0;
  return (machine.cpu ?? 0) > 0.9 || (machine.wait ?? 0) > 0.15 || share(machine.memory) > 0.93 || share(machine.swap) > 0.5;
};

const FIGURES = ["waitPercent", "load1", "swapBytes", "swapTotalBytes", "rootBytes", "rootTotalBytes"] as const;

const present = <V>(pairs: readonly (readonly [string, V | undefined])[]): Record<string, V> =>
  Object.fromEntries(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** Only adds to what the cluster tells of the node; whether it is up is the cluster's word. */
export const resourceOf = (node: NodeState): Resource => ({
  id: `node/${node.name.toLowerCase()}`,
  kind: "node",
  name: node.name,
  status: "unknown",
  figures: present([...FIGURES.map((name) => [name, node[name]] as const), ...Object.entries(node.pressure ?? {})]),
  labels: present([["kernel", node.kernel] as const, ["version", node.version] as const, ["api", node.reach === "answers" ? undefined : node.reach] as const]),
});
