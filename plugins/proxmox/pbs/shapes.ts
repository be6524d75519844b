// What a backup server answers, as far as it is read here: how full datastores are, their garbage collection, their snapshots, their tasks. Times are seconds.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";

export const Usages = looseRows(z.object({ store: z.string(), total: looseNumber, used: looseNumber, "estimated-full-date": looseNumber, error: looseText }));

export const Collections = looseRows(
  z.object({ store: z.string(), schedule: looseText, "last-run-endtime": looseNumber, "last-run-state": looseText, "pending-bytes": looseNumber }),
);

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
