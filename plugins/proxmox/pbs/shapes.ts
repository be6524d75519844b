// What a backup server answers, as far as it is read here: how full datastores are, their garbage collection, their snapshots, their tasks. Times are seconds.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";

export const Usages = looseRows(z.object({ store: z.string(), total: looseNumber, used: looseNumber, "estimated-full-date": looseNumber, error: looseText }));

export const Collection = z.object({ store: looseText, schedule: looseText, "last-run-endtime": looseNumber, "last-run-state": looseText, "pending-bytes": looseNumber });
export const Collections = looseRows(Collection);

/** The datastores as configured. */
export const Configured = looseRows(z.object({ name: z.string(), "gc-schedule": looseText }));

/** The root is the empty one. */
export const Namespaces = looseRows(z.object({ ns: looseText }));

export const Snapshots = looseRows(
  z.object({
    "backup-type": z.string(),
    "backup-id": z.string(),
    "backup-time": looseNumber,
    verification: z.object({ state: looseText }).optional().catch(undefined),
  }),
);

export const PbsTasks = looseRows(z.object({ upid: z.string(), starttime: looseNumber, endtime: looseNumber, status: looseText, worker_type: z.string(), worker_id: looseText }));
export type PbsTask = z.output<typeof PbsTasks>[number];
