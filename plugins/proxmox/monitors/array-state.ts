// ZFS pools and thin pools of a node as they are told. Decides nothing about what is wrong.
import { z } from "jarvis";

export const Zfs = z.object({
  name: z.string(),
  /** The storage on it, or the node. */
  resource: z.string(),
  /** Whether a storage on it tells its room already. */
  isStorage: z.boolean(),
  health: z.string(),
  sizeBytes: z.number().optional(),
  usedBytes: z.number().optional(),
  fragmentationPercent: z.number().optional(),
  scan: z.string().optional(),
  advice: z.string().optional(),
  dataErrors: z.string().optional(),
  /** Members that are not online or count errors. */
  members: z.array(z.object({ name: z.string(), state: z.string(), errors: z.number() })),
});
export type Zfs = z.output<typeof Zfs>;
export const Thin = z.object({
  name: z.string(),
  resource: z.string(),
  usedBytes: z.number().optional(),
  sizeBytes: z.number().optional(),
  metadataUsedBytes: z.number().optional(),
  metadataSizeBytes: z.number().optional(),
});
export type Thin = z.output<typeof Thin>;
export const NodeArrays = z.object({ name: z.string(), at: z.string(), zfs: z.array(Zfs), thin: z.array(Thin), unknown: z.string().optional() });
export type NodeArrays = z.output<typeof NodeArrays>;
export const Arrays = z.object({ nodes: z.record(z.string(), NodeArrays) });
