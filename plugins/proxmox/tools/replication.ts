// The cluster's replication jobs and how each goes, as its guest's node tells it. Reads only; a node that cannot be asked leaves its jobs without figures, never with zeros.
import { z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import type { Replica } from "../forecast/picture.ts";
import { ask } from "../probe/ask.ts";
import { looseFlag, looseNumber, looseRows, looseText } from "../shapes/loose.ts";

const Jobs = looseRows(z.object({ id: z.string(), guest: looseNumber, source: looseText, target: looseText, schedule: looseText, disable: looseFlag, remove_job: looseText }));

/** Times in epoch seconds of the node; 0: never. `pid`: it runs now. */
export const Going = z.object({
  id: z.string(),
  last_sync: looseNumber,
  last_try: looseNumber,
  next_sync: looseNumber,
  fail_count: looseNumber,
  duration: looseNumber,
  error: looseText,
  pid: looseNumber,
});
export type Going = z.output<typeof Going>;
const Goings = looseRows(Going);

export interface ReplicationJob {
  readonly id: string;
  readonly vmid: number;
  readonly source: string;
  readonly target: string;
  readonly schedule: string | undefined;
  readonly disabled: boolean;
  /** Undefined: its node could not be asked. */
  readonly going: Going | undefined;
}

export const replicationJobs = async (ctx: Ctx): Promise<{ jobs: ReplicationJob[]; unread: string[] }> => {
  const rows = await ctx.client.get(ctx, "/cluster/replication", Jobs);
  const sources = [...new Set(rows.flatMap((row) => (row.source === undefined ? [] : [row.source])))];
  const answers = await Promise.all(sources.map(async (node) => ({ node, ...(await ask(ctx.client.get(ctx, path`/nodes/${node}/replication`, Goings))) })));
  const jobs = rows.flatMap((row): ReplicationJob[] => {
    const { id, guest, source, target } = row;
    if (guest === undefined || source === undefined || target === undefined) return [];
    const going = answers.find((answer) => answer.node === source)?.value?.find((one) => one.id === id);
    return [{ id, vmid: guest, source, target, schedule: row.schedule, disabled: row.disable === true || row.remove_job !== undefined, going }];
  });
  return { jobs, unread: answers.flatMap(({ node, words }) => (words === undefined ? [] : [`the replication of ${node} could not be read (${words.replace(/\.$/, "")})`])) };
};

export const replicasOf = async (ctx: Ctx): Promise<Replica[]> =>
  (await replicationJobs(ctx)).jobs.map(({ id, vmid, target, going }) => ({
    id,
    vmid,
    target,
    lastSyncMs: going?.last_sync === undefined || going.last_sync === 0 ? undefined : going.last_sync * 1000,
    failing: (going?.fail_count ?? 0) > 0,
  }));

/** One job as it goes right now. */
export const goingNow = (ctx: Ctx, node: string, id: string): Promise<Going> => ctx.client.get(ctx, path`/nodes/${node}/replication/${id}/status`, Going);
