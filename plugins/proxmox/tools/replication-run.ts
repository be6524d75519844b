// proxmox_replication_run: one replication job now instead of at its next time. Refuses jobs that are switched off, whose target is away, and that are running.
import { JarvisError, type Preflight, type Progress, type Sent, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { mustFact, refused, withFacts } from "./guest-task.ts";
import { membershipNow } from "./node-look.ts";
import { lookAtGuest } from "./preflight.ts";
import { type Going, goingNow, type ReplicationJob, replicationJobs } from "./replication.ts";

const LOOK_AGAIN_MS = 5000;

const Input = z.object({
  id: z
    .string()
    .regex(/^\d{3,9}-\d{1,9}$/, "such as 101-0")
    .describe("The job, as proxmox_replication_list names it"),
});
type Input = z.output<typeof Input>;

const jobOf = async (ctx: Ctx, id: string): Promise<ReplicationJob> => {
  const { jobs } = await replicationJobs(ctx);
  const job = jobs.find((one) => one.id === id);
  if (job === undefined) throw new JarvisError("not_found", { message: `There is no replication job ${id} (${jobs.map((one) => one.id).join(", ") || "there is none at all"}).` });
  return job;
};

const isRunning = (going: Going): boolean => going.pid !== undefined && going.pid > 0;

const preflight = async (ctx: Ctx, { id }: Input): Promise<Preflight> => {
  const job = await jobOf(ctx, id);
  const [{ preflight: facts }, going, { nodes }] = await Promise.all([lookAtGuest(ctx, { vmid: job.vmid }, { memory: false }), goingNow(ctx, job.source, id), membershipNow(ctx)]);
  if (job.disabled) throw refused(`Replication job ${id} is switched off or being removed; enable it in Proxmox first.`);
  if (!nodes.some((node) => node.name === job.target && node.online)) throw refused(`${job.target}, where ${id} copies to, is offline.`);
  const running = isRunning(going) ? [{ what: `replication ${id}`, id: `pid ${going.pid}` }] : [];
  return withFacts(
    { ...facts, busy: [...(facts.busy ?? []), ...running] },
    { source: job.source, target: job.target, lastTry: String(going.last_try ?? 0), lastSync: String(going.last_sync ?? 0) },
  );
};

interface Since {
  readonly going: Going;
  readonly tried: boolean;
  readonly synced: boolean;
}

/** Proxmox gives no task for it: the job's own times tell, which only its scheduler moves. */
const since = async (ctx: Ctx, { id }: Input, sent: Sent): Promise<Since> => {
  const going = await goingNow(ctx, mustFact(sent, "source"), id);
  return { going, tried: (going.last_try ?? 0) > Number(mustFact(sent, "lastTry")), synced: (going.last_sync ?? 0) > Number(mustFact(sent, "lastSync")) };
};

const progress = async (ctx: Ctx, input: Input, sent: Sent): Promise<Progress> => {
  const { going, tried, synced } = await since(ctx, input, sent);
  if (synced && !isRunning(going)) return { ended: true, ok: true, text: `${input.id} was copied to ${mustFact(sent, "target")} in ${Math.round(going.duration ?? 0)} s.` };
  if (tried && !isRunning(going) && (going.error !== undefined || (going.fail_count ?? 0) > 0))
    return { ended: true, ok: false, text: `Replication ${input.id} failed: ${(going.error ?? "no reason told").trim()}`.slice(0, 4000) };
  return { ended: false, againMs: LOOK_AGAIN_MS };
};

const verify = async (ctx: Ctx, input: Input, sent: Sent): Promise<Verdict> => {
  const { going, synced } = await since(ctx, input, sent);
  const ok = synced && (going.fail_count ?? 0) === 0;
  const at = going.last_sync === undefined ? "never" : new Date(going.last_sync * 1000).toISOString();
  return { ok, words: `The last good copy by ${input.id} began at ${at}${ok ? "" : "; there is none since it was asked for"}.` };
};

const trace = async (ctx: Ctx, input: Input, sent: Sent): Promise<Trace> => {
  const { going, tried } = await since(ctx, input, sent);
  if (tried || isRunning(going)) return { found: "effect", words: `${input.id} has run or is running since it was asked for.` };
  return { found: "absence", words: `${input.id} has not run since ${new Date(Number(mustFact(sent, "lastTry")) * 1000).toISOString()}, and does not now.` };
};

export const replicationRun: Tool<Config, Client, typeof Input> = {
  title: "Replicate now",
  about: "Runs one replication job now, for instance before its node is shut down, and waits until the copy is made. Takes up to a minute to begin.",
  effect: "reversible",
  input: Input,
  output: z.object({ id: z.string(), source: z.string(), target: z.string() }),
  target: ({ id }) => `guest/${id.split("-")[0]}`,
  preflight,
  run: async (ctx, { id }, sent) => {
    const [source, target] = [mustFact(sent, "source"), mustFact(sent, "target")];
    await ctx.client.write(ctx, { method: "POST", path: path`/nodes/${source}/replication/${id}/schedule_now`, answer: z.unknown() });
    return { text: `Asked ${source} to replicate ${id} to ${target} now.`, data: { id, source, target } };
  },
  progress,
  verify,
  trace,
  deadlineSeconds: 6 * 3600,
  verifySeconds: 120,
};
