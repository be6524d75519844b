// Whether a guest is in a backup job, and if not, whether somebody wanted it so. Pure.
import type { Job } from "../shapes/backup.ts";

/** `excluded`: left out by a person (named in a job's exclusions and never backed up, or tagged). `disabled`: only in jobs that are switched off. */
export type Cover = "yes" | "disabled" | "excluded" | "no";

export interface Covered {
  readonly vmid: number;
  readonly node: string | undefined;
  readonly pool: string | undefined;
  readonly tags: readonly string[];
}

const names = (job: Job, { vmid, pool }: Covered): boolean => {
  if (job.pool !== undefined) return job.pool === pool;
  return job.all === true ? !job.exclude.includes(vmid) : job.vmid.includes(vmid);
};

export const jobsOf = (jobs: readonly Job[], guest: Covered): Job[] => jobs.filter((job) => (job.node === undefined || job.node === guest.node) && names(job, guest));

interface About {
  readonly jobs: readonly Job[];
  readonly excludeTags: readonly string[];
  /** What Proxmox itself lists as in no job; undefined when it may not be asked. */
  readonly bare: ReadonlySet<number> | undefined;
  readonly hasBackup: boolean;
}

export const coverOf = (guest: Covered, { jobs, excludeTags, bare, hasBackup }: About): Cover => {
  const mine = jobsOf(jobs, guest);
  if (mine.some(({ enabled }) => enabled !== false)) return "yes";
  if (guest.tags.some((tag) => excludeTags.includes(tag.toLowerCase()))) return "excluded";
  if (mine.length > 0) return "disabled";
  if (bare !== undefined && !bare.has(guest.vmid)) return "yes";
  // Named as an exception and never backed up: meant. Once backed up and now an exception: somebody relies on it.
  return !hasBackup && jobs.some(({ exclude }) => exclude.includes(guest.vmid)) ? "excluded" : "no";
};
