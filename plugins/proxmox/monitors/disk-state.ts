// The disks of a node as they are told. Decides nothing about what is wrong.
import { z } from "jarvis";

export const Disk = z.object({
  devpath: z.string(),
  type: z.string().optional(),
  model: z.string().optional(),
  serial: z.string().optional(),
  sizeBytes: z.number().optional(),
  /** What it is used for, in Proxmox's word: ZFS, LVM, ... */
  used: z.string().optional(),
  /** PASSED, OK, FAILED; UNKNOWN when SMART does not tell. */
  health: z.string(),
  /** Of a solid-state disk: what is left of its life. */
  wearLeftPercent: z.number().optional(),
  pending: z.number().optional(),
  uncorrectable: z.number().optional(),
  reallocated: z.number().optional(),
  crcErrors: z.number().optional(),
  /** Since it was first seen in this run. */
  crcGrown: z.number().optional(),
  mediaErrors: z.number().optional(),
  temperatureC: z.number().optional(),
  smartAt: z.string().optional(),
});
export type Disk = z.output<typeof Disk>;
export const NodeDisks = z.object({ name: z.string(), at: z.string(), disks: z.array(Disk), unknown: z.string().optional() });
export type NodeDisks = z.output<typeof NodeDisks>;
export const Disks = z.object({ nodes: z.record(z.string(), NodeDisks) });
