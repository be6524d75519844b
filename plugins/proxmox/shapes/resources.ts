// The entries of GET /cluster/resources, one loose shape for all types (proxmox.md 7).
import { z } from "jarvis";
import { looseFlag, looseNumber, looseRows, looseText } from "./loose.ts";

export const Entry = z
  .object({
    type: z.string(),
    node: looseText,
    status: looseText,
    name: looseText,
    vmid: looseNumber,
    template: looseFlag,
    uptime: looseNumber,
    cpu: looseNumber,
    maxcpu: looseNumber,
    mem: looseNumber,
    maxmem: looseNumber,
    disk: looseNumber,
    maxdisk: looseNumber,
    netin: looseNumber,
    netout: looseNumber,
    diskread: looseNumber,
    diskwrite: looseNumber,
    lock: looseText,
    tags: looseText,
    hastate: looseText,
    pool: looseText,
    level: looseText,
    storage: looseText,
    plugintype: looseText,
    content: looseText,
    shared: looseFlag,
  })
  .partial({ node: true, status: true });
/** `hidden`: it is not listed any more for want of a right, and why (monitors/hidden.ts). */
export type Entry = z.output<typeof Entry> & { readonly hidden?: string };

export const Entries = looseRows(Entry);

/** Nodes the cluster does not see. */
const darkOf = (entries: readonly Entry[]): Set<string> =>
  new Set(entries.flatMap(({ type, node, status }) => (type === "node" && node !== undefined && status === "offline" ? [node] : [])));

const LIES_ON_A_NODE: ReadonlySet<string> = new Set(["qemu", "lxc", "storage"]);

/** Of a node that is gone Proxmox tells guests and storages for five more minutes as they were: how they are now is unknown. The same list where all are seen. */
export const asSeen = (entries: readonly Entry[]): readonly Entry[] => {
  const dark = darkOf(entries);
  if (dark.size === 0) return entries;
  return entries.map((entry) => (LIES_ON_A_NODE.has(entry.type) && dark.has(entry.node ?? "") ? { ...entry, status: "unknown" } : entry));
};
