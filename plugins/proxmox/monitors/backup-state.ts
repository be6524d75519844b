// Backups as they are told: jobs, each guest's newest, the last run that failed. Decides nothing about what is wrong.
import { z } from "jarvis";

export const Failure = z.object({
  upid: z.string(),
  node: z.string(),
  /** Of the run. */
  startedAt: z.string(),
  endedAt: z.string(),
  storage: z.string().optional(),
  /** storage, lock, agent, network, backup */
  kind: z.string(),
  words: z.string(),
});
export type Failure = z.output<typeof Failure>;

const JobState = z.object({ id: z.string(), enabled: z.boolean(), schedule: z.string().optional(), storage: z.string().optional(), comment: z.string().optional() });
const GuestState = z.object({
  vmid: z.number().int(),
  name: z.string(),
  cover: z.enum(["yes", "disabled", "excluded", "no"]),
  running: z.boolean(),
  uptimeSeconds: z.number().optional(),
  /** A backup of it is at work. */
  busy: z.boolean().optional(),
  lastAt: z.string().optional(),
  lastOn: z.string().optional(),
  /** What the backup server found of the newest: ok, failed. */
  verification: z.string().optional(),
  backups: z.number().int().optional(),
  /** Its backups may not be listed to us: that there is none is not known. */
  hidden: z.boolean().optional(),
  /** How old the newest may be, by its jobs and the owner's limit. */
  limitHours: z.number(),
  failure: Failure.optional(),
});
export type GuestBackups = z.output<typeof GuestState>;
export const Backups = z.object({
  at: z.string(),
  jobs: z.array(JobState),
  guests: z.record(z.string(), GuestState),
  /** Every storage that holds backups was read lately. */
  complete: z.boolean(),
  /** Storages that were not. */
  silent: z.array(z.string()),
  /** Why some are not, for want of a right. */
  unknown: z.array(z.string()).optional(),
  /** The last run that failed as a whole. */
  failure: Failure.optional(),
});
export type Backups = z.output<typeof Backups>;
