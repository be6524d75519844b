// Monitor `replication`: every job as its own node tells it, the nodes in turn: when it last went well, how often it failed since, and whether its target is there at all.

import type { Monitor, z } from "jarvis";
import { byText } from "jarvis";
import { replicationAlerts } from "../alerts/replication.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { Replications } from "../shapes/replication.ts";
import type { Entry } from "../shapes/resources.ts";
import { longestGapHours } from "../shapes/schedule.ts";
import { allowanceOf } from "./allowance.ts";
import { Jobs, type ReplicationJob } from "./replication-state.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
/** Every node once in four readings. */
const [SHARE, MOST_NODES, MOST_JOBS] = [4, 8, 200];
/** What Proxmox takes when a job names no schedule. */
const USUAL_HOURS = 0.25;

type Row = z.output<typeof Replications>[number];
const allowed = allowanceOf(3 * 60_000);
const keptBy = perClient(() => new Map<string, { at: number; rows: readonly Row[] }>());

const vmidOf = ({ guest, id }: Row): number => guest ?? Number(id.split("-")[0]);

/** Jobs of guests that our rights hide are left out as well: they stand as they were told last. */
const hiddenOf = (before: readonly Row[], now: readonly Row[], entries: readonly Entry[]): Row[] => {
  const hidden = new Set(entries.flatMap((entry) => (entry.hidden !== undefined && entry.vmid !== undefined ? [entry.vmid] : [])));
  return before.filter((row) => hidden.has(vmidOf(row)) && !now.some(({ id }) => id === row.id));
};

const read = async (ctx: Ctx): Promise<z.output<typeof Jobs>> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { all, online } = membersOf(entries);
  const kept = keptBy(ctx.client);
  keepOnly(kept, all);
  const due = inTurn(online, (name) => kept.get(name)?.at, Math.min(MOST_NODES, Math.ceil(online.length / SHARE)));
  for (const node of due.slice(0, allowed(ctx)(due.length))) {
    const rows = await ctx.client.get(ctx, path`/nodes/${node}/replication`, Replications).catch(() => undefined);
    if (rows !== undefined) kept.set(node, { at: ctx.now(), rows: [...rows, ...hiddenOf(kept.get(node)?.rows ?? [], rows, entries)].slice(0, MOST_JOBS) });
  }
  const names = new Map(entries.flatMap(({ vmid, name }) => (vmid === undefined || name === undefined ? [] : [[vmid, name] as const])));
  const found = new Map<string, ReplicationJob>();
  // A guest that moved is told by two nodes for a while: the younger word holds.
  for (const [node, { at, rows }] of [...kept].sort(([, a], [, b]) => a.at - b.at))
    for (const { id, guest, target = "?", ...row } of rows) {
      const vmid = guest ?? Number(id.split("-")[0]);
      if (!Number.isInteger(vmid)) continue;
      const job = {
        id,
        vmid,
        name: names.get(vmid) ?? `guest ${vmid}`,
        source: row.source ?? node,
        target,
        targetThere: online.includes(target),
        off: row.disable === true || row.remove_job !== undefined,
        running: row.pid !== undefined,
        intervalHours: longestGapHours(row.schedule ?? "") ?? USUAL_HOURS,
        lastSync: row.last_sync === undefined || row.last_sync <= 0 ? undefined : new Date(row.last_sync * 1000).toISOString(),
        failCount: row.fail_count ?? 0,
        error: row.error?.trim(),
        durationSeconds: row.duration,
        at: new Date(at).toISOString(),
      };
      found.set(id, compact(job));
    }
  return { jobs: Object.fromEntries([...found].sort(([a], [b]) => byText(a, b))), waiting: online.filter((name) => !kept.has(name)) };
};

export const replication: Monitor<Config, Client, typeof Jobs> = {
  title: "Replication",
  every: "3m",
  deadline: "30s",
  state: Jobs,
  read,
  alerts: (now) => replicationAlerts(Object.values(now.jobs)),
  // Which node has the job of an alert is not told by it: all must have been read.
  knows: (now) => now.waiting.length === 0,
};
