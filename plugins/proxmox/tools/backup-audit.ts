// proxmox_backup_audit: which guests are not safe: in no job, never backed up, too old, damaged, or failed at the last run, each with its evidence; or how one guest stands. Reads only; what it could not see it calls unknown.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { isGuest } from "../monitors/resources-answer.ts";
import { type Asked, ask } from "../probe/ask.ts";
import type { Entry } from "../shapes/resources.ts";
import { endedWell, type Task, Tasks } from "../shapes/task.ts";
import { covers, isOn, type Job, jobsOf } from "./backup-jobs.ts";
import { BackupOfGuest, backupOfGuest } from "./backup-of-guest.ts";
import { type Backup, backupsSeen } from "./backup-volumes.ts";
import { freshEntries, guestInput, locateInput, vmidOf } from "./locate.ts";
import { ageWords } from "./snapshots.ts";

const DEFAULT_HOURS = 30;
const HOUR_S = 3600;
const DAY_MS = 86_400_000;
const TASKS = 100;

const Input = z
  .object({
    ...guestInput,
    maxAgeHours: z.number().int().min(1).max(8760).optional().describe("Of all guests: how old the newest good backup may be, 30 unless said"),
  })
  .refine(({ vmid, guest }) => vmid === undefined || guest === undefined, "give vmid or guest for one guest, or neither for all of them");

const Finding = z.object({ vmid: z.number(), name: z.string(), node: z.string(), kind: z.enum(["in-no-job", "job-disabled", "never", "stale", "damaged"]), words: z.string() });
type Finding = z.output<typeof Finding>;
const Run = z.object({ upid: z.string(), node: z.string(), startedAt: z.string(), exit: z.string() });

export interface Known {
  readonly jobs: Asked<readonly Job[]>;
  readonly backups: readonly Backup[];
  /** Some storage could not be read: then a backup that is not seen may be there. */
  readonly blind: boolean;
  /** Backups of this guest may be left out of the lists: that none is seen says nothing. */
  readonly hides?: (vmid: number) => boolean;
  readonly nowS: number;
  readonly maxAgeHours: number;
}

/** What is wrong with one guest's backups. Pure. */
export function* findings(guest: { vmid: number; name: string; node: string; pool?: string | undefined }, known: Known): Generator<Finding> {
  const { vmid, name, node } = guest;
  const tell = (kind: Finding["kind"], words: string): Finding => ({ vmid, name, node, kind, words });
  const jobs = known.jobs.value?.filter((job) => covers(job, guest));
  if (jobs?.length === 0) yield tell("in-no-job", `${name} (${vmid}) is in no backup job.`);
  else if (jobs?.some(isOn) === false) yield tell("job-disabled", `${name} (${vmid}) is only in jobs that are disabled (${jobs.map((job) => job.id).join(", ")}).`);
  const own = known.backups.filter((backup) => backup.vmid === vmid);
  const [newest] = own;
  const good = own.find((backup) => backup.verified !== "failed");
  const unseen = known.blind ? " on the storages that could be read" : "";
  if (newest?.verified === "failed") yield tell("damaged", `The newest backup of ${name} (${vmid}) failed its verification: ${newest.volid}.`);
  if (known.hides?.(vmid) === true) return;
  if (good === undefined) yield tell("never", `${name} (${vmid}) has no good backup${unseen}.`);
  else if (known.nowS - good.at > known.maxAgeHours * HOUR_S)
    yield tell("stale", `The newest good backup of ${name} (${vmid})${unseen} is ${ageWords(known.nowS - good.at)} old: ${good.volid}.`);
}

const guestOf = (entry: Entry) =>
  isGuest(entry) && entry.vmid !== undefined && entry.node !== undefined && entry.template !== true
    ? [{ vmid: entry.vmid, name: entry.name ?? `guest ${entry.vmid}`, node: entry.node, pool: entry.pool }]
    : [];

const failedRuns = async (ctx: Ctx, nodes: readonly string[]): Promise<{ runs: Task[]; unread: string[] }> => {
  const since = Math.floor((ctx.client.serverTime(ctx) - DAY_MS) / 1000);
  const lists = await Promise.all(
    nodes.map((node) => ask(ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { typefilter: "vzdump", since, source: "archive", limit: TASKS }))),
  );
  const unread = lists.flatMap(({ words }, index) => (words === undefined ? [] : [`the tasks of ${nodes[index]}: ${words}`]));
  return { runs: lists.flatMap(({ value = [] }) => value).filter((task) => task.type === "vzdump" && task.exit !== undefined && !endedWell(task.exit)), unread };
};

export const backupAudit: Tool<Config, Client, typeof Input> = {
  title: "Check the backups",
  about:
    "Tells which guests are not backed up as they should be: in no job, in disabled jobs only, never, too long ago, or damaged; and which backup runs failed in the last day. Of one guest: its last good backup, the age, the job or none.",
  effect: "read",
  input: Input,
  output: z.object({ guests: z.number(), findings: z.array(Finding), failedRuns: z.array(Run), unread: z.array(z.string()), guest: BackupOfGuest.optional() }),
  deadlineSeconds: 120,
  run: async (ctx, { maxAgeHours = DEFAULT_HOURS, ...one }) => {
    if (one.vmid !== undefined || one.guest !== undefined) {
      const { text, data: guest } = await backupOfGuest(ctx, vmidOf(one) ?? (await locateInput(ctx, one)).vmid);
      return { text, data: { guests: 1, findings: [], failedRuns: [], unread: [], guest } };
    }
    const entries = await freshEntries(ctx);
    const guests = entries.flatMap(guestOf).sort((a, b) => a.vmid - b.vmid);
    const online = entries.flatMap((entry) => (entry.type === "node" && entry.status === "online" && entry.node !== undefined ? [entry.node] : []));
    const [jobs, shelves, failed] = await Promise.all([ask(jobsOf(ctx)), backupsSeen(ctx, online), failedRuns(ctx, online)]);
    const unread = [...shelves.unread, ...failed.unread, ...(jobs.words === undefined ? [] : [`the backup jobs: ${jobs.words}`])];
    const known: Known = { jobs, backups: shelves.backups, blind: shelves.unread.length > 0, hides: shelves.hides, nowS: ctx.client.serverTime(ctx) / 1000, maxAgeHours };
    const found = guests.flatMap((guest) => [...findings(guest, known)]);
    const runs = failed.runs.map(({ upid, node, startedAt, exit = "" }) => ({ upid, node, startedAt: new Date(startedAt).toISOString(), exit: exit.slice(0, 300) }));
    const hidden = guests.filter(({ vmid }) => shelves.hides(vmid)).map(({ vmid }) => vmid);
    const safe = guests.length - new Set([...found.map(({ vmid }) => vmid), ...hidden]).size;
    const lines = [
      `${safe} of ${guests.length} guests have a good backup not older than ${maxAgeHours} hours and a job that makes the next.`,
      ...(hidden.length === 0 ? [] : [`Unknown for ${hidden.length} guests, whose backups may not be listed to Jarvis: ${hidden.slice(0, 20).join(", ")}.`]),
      ...found.map(({ words }) => words),
      ...runs.map((run) => `Backup run on ${run.node} at ${run.startedAt} failed: ${run.exit} (${run.upid}).`),
      ...unread.map((words) => `Unknown, could not be read: ${words}`),
    ];
    return {
      text: lines.join("\n").slice(0, 60_000),
      data: { guests: guests.length, findings: found, failedRuns: runs, unread },
      warnings: unread.slice(0, 20).map((words) => `not read: ${words}`.slice(0, 500)),
    };
  },
};
