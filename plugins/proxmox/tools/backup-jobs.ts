// The cluster's backup jobs, and which of them take a guest along. Reads and decides only.
import { z } from "jarvis";
import type { Ctx } from "../context.ts";
import { looseFlag, looseRows, looseText } from "../shapes/loose.ts";

const Job = z.object({
  id: z.string(),
  enabled: looseFlag,
  schedule: looseText,
  storage: looseText,
  mode: looseText,
  all: looseFlag,
  // Lists of many numbers are longer than other texts.
  vmid: z.unknown().optional(),
  exclude: z.unknown().optional(),
  pool: looseText,
  node: looseText,
});
export type Job = z.output<typeof Job>;

export const jobsOf = (ctx: Ctx): Promise<Job[]> => ctx.client.get(ctx, "/cluster/backup", looseRows(Job));

const names = (list: unknown, vmid: number): boolean =>
  String(list ?? "")
    .split(/[,;\s]+/)
    .includes(String(vmid));

/** A job without the word `enabled` is. */
export const isOn = (job: Job): boolean => job.enabled !== false;

export const covers = (job: Job, guest: { vmid: number; node: string; pool?: string | undefined }): boolean => {
  if (job.node !== undefined && job.node !== guest.node) return false;
  if (job.pool !== undefined) return guest.pool === job.pool;
  return job.all === true ? !names(job.exclude, guest.vmid) : names(job.vmid, guest.vmid);
};
