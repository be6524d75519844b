// A backup server's datastores as they are told. Decides nothing about what is wrong.
import { z } from "jarvis";

/** `room`: how full it is. */
export const Part = z.enum(["room", "collection", "snapshots", "tasks"]);

export const Datastore = z.object({
  store: z.string(),
  /** The storage Proxmox VE knows it as, else a service of its own. */
  resource: z.string(),
  totalBytes: z.number().optional(),
  usedBytes: z.number().optional(),
  pendingBytes: z.number().optional(),
  /** By the server's own reckoning. */
  fullAt: z.string().optional(),
  /** In all namespaces; absent: they were never read. */
  snapshots: z.number().int().optional(),
  namespaces: z.number().int().optional(),
  /** Groups whose newest snapshot failed verification: `vm/101`, `host/nas`, `cabin: vm/101` in a namespace. */
  damaged: z.array(z.string()),
  /** Of these, those of no guest of this cluster: nobody else tells of them. */
  strange: z.array(z.string()),
  collectedAt: z.string().optional(),
  collected: z.string().optional(),
  /** How far apart garbage collections are meant to be; absent without a schedule. */
  collectEveryHours: z.number().optional(),
  collecting: z.boolean(),
  /** What could not be read of it now, and why; what it told last stands in its place. */
  unread: z.partialRecord(Part, z.string()),
  hung: z.object({ upid: z.string(), type: z.string(), startedAt: z.string(), hours: z.number(), medianHours: z.number().optional(), lockedOut: z.string().optional() }).optional(),
});
export type Datastore = z.output<typeof Datastore>;

export const BackupServer = z.object({
  configured: z.boolean(),
  at: z.string().optional(),
  url: z.string().optional(),
  /** Why nothing of it could be read now; the rest is what it told last. */
  unreadable: z.string().optional(),
  datastores: z.record(z.string(), Datastore),
});
export type BackupServer = z.output<typeof BackupServer>;
