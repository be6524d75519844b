// A replication job as it is told. Decides nothing about what is wrong.
import { z } from "jarvis";

const Job = z.object({
  id: z.string(),
  vmid: z.number().int(),
  name: z.string(),
  source: z.string(),
  target: z.string(),
  /** Whether the target is a member of the cluster now. */
  targetThere: z.boolean(),
  /** Disabled, or on its way out. */
  off: z.boolean(),
  running: z.boolean(),
  intervalHours: z.number(),
  lastSync: z.string().optional(),
  failCount: z.number(),
  error: z.string().optional(),
  durationSeconds: z.number().optional(),
  /** When its node told this. */
  at: z.string(),
});
export type ReplicationJob = z.output<typeof Job>;
/** `waiting`: members that were not read yet in this run. */
export const Jobs = z.object({ jobs: z.record(z.string(), Job), waiting: z.array(z.string()) });
