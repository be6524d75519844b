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
