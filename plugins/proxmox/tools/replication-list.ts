// proxmox_replication_list: every replication job with how it goes, and how much would be lost by its last copy. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { compact } from "../shapes/compact.ts";
import { type ReplicationJob, replicationJobs } from "./replication.ts";

const Input = z.object({});
const Job = z.object({
  id: z.string(),
  vmid: z.number(),
  source: z.string(),
  target: z.string(),
  schedule: z.string().optional(),
  /** `unknown`: its node could not be asked; `never`: no copy was made yet. */
  state: z.enum(["ok", "failing", "running", "never", "disabled", "unknown"]),
  lastSyncAt: z.string().optional(),
  nextSyncAt: z.string().optional(),
  ageSeconds: z.number().optional(),
  failures: z.number().optional(),
  error: z.string().optional(),
});
type Job = z.output<typeof Job>;

const stateOf = ({ disabled, going }: ReplicationJob): Job["state"] => {
  if (disabled) return "disabled";
  if (going === undefined) return "unknown";
  if (going.pid !== undefined && going.pid > 0) return "running";
  if ((going.fail_count ?? 0) > 0) return "failing";
  return (going.last_sync ?? 0) > 0 ? "ok" : "never";
};

const iso = (seconds: number | undefined): string | undefined => (seconds === undefined || seconds <= 0 ? undefined : new Date(seconds * 1000).toISOString());

const rowOf = (job: ReplicationJob, nowMs: number): Job => {
  const { id, vmid, source, target, schedule, going } = job;
  const last = going?.last_sync ?? 0;
  return compact({
    id,
    vmid,
    source,
    target,
    schedule,
    state: stateOf(job),
    lastSyncAt: iso(going?.last_sync),
    nextSyncAt: iso(going?.next_sync),
    ageSeconds: last > 0 ? Math.max(0, Math.round(nowMs / 1000 - last)) : undefined,
    failures: going?.fail_count,
    error: going?.error?.trim(),
  });
};

const lineOf = ({ id, source, target, state, ageSeconds, failures, error }: Job): string => {
  const age = ageSeconds === undefined ? "no copy known" : `last copy ${Math.round(ageSeconds / 60)} minutes old`;
  return `${id} ${source} -> ${target}: ${state}, ${age}${state === "failing" ? `, failed ${failures ?? "?"} times: ${error ?? "no reason told"}` : ""}`;
};

export const replicationList: Tool<Config, Client, typeof Input> = {
  title: "List replication",
  about: "Lists the replication jobs: from where to where, how old the last copy is (what would be lost with the node), and which fail and why.",
  effect: "read",
  input: Input,
  output: z.object({ jobs: z.array(Job), unread: z.array(z.string()) }),
  run: async (ctx) => {
    const { jobs, unread } = await replicationJobs(ctx);
    const rows = jobs.map((job) => rowOf(job, ctx.client.serverTime(ctx)));
    const lines = [rows.length === 0 ? "No guest is replicated." : `${rows.length} replication jobs.`, ...rows.map(lineOf), ...unread.map((words) => `Not known: ${words}.`)];
    return { text: lines.join("\n"), data: { jobs: rows, unread } };
  },
};
