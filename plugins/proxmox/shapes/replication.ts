// Replication jobs as the node that runs them tells: GET /nodes/N/replication. Times are seconds; 0 is never.
import { z } from "jarvis";
import { looseFlag, looseNumber, looseRows, looseText } from "./loose.ts";

export const Replications = looseRows(
  z.object({
    id: z.string(),
    guest: looseNumber,
    source: looseText,
    target: looseText,
    schedule: looseText,
    disable: looseFlag,
    remove_job: looseText,
    last_sync: looseNumber,
    last_try: looseNumber,
    next_sync: looseNumber,
    fail_count: looseNumber,
    duration: looseNumber,
    error: looseText,
    pid: looseNumber,
  }),
);
