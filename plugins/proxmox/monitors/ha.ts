// Monitor `ha`: what the HA manager says of its services and of each node's local manager, with what is known of ongoing work on a node, so that maintenance left behind is told from maintenance.
import { type Monitor, z } from "jarvis";
import { maintenanceAlerts } from "../alerts/ha-maintenance.ts";
import { serviceAlerts } from "../alerts/ha-service.ts";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { HaRows, HaService, haOf, Lrm } from "../shapes/ha.ts";
import { type Task, Tasks } from "../shapes/task.ts";
import { perClient } from "./turns.ts";

/** What a person or an update does on a node under maintenance. */
const WORK = new Set(["vncshell", "termproxy", "aptupdate", "qmigrate", "vzmigrate", "hamigrate", "startall", "stopall", "migrateall", "reboot", "shutdown"]);

const Maintained = z.object({
  node: z.string(),
  /** Since when it was seen so, and when work on it was last seen; ISO times. */
  since: z.string(),
  workAt: z.string().optional(),
  work: z.string().optional(),
  quietSeconds: z.number(),
});

const Ha = z.object({
  master: z.string().optional(),
  lrms: z.array(Lrm),
  services: z.array(HaService),
  maintained: z.array(Maintained),
});
type Ha = z.output<typeof Ha>;

interface Work {
  since: number;
  workAt: number | undefined;
  work: string | undefined;
}
const keptBy = perClient(() => new Map<string, Work>());

const iso = (ms: number): string => new Date(ms).toISOString();

/** A running task of a person on the node is work now; an ended one was work until its end. */
const workOn = (ctx: Ctx, listed: readonly Task[], node: string): { at: number; what: string } | undefined => {
  const tasks = listed.filter((task) => task.node === node && WORK.has(task.type));
  const times = tasks.map((task) => ({ at: task.exit === undefined ? ctx.now() : (task.endedAt ?? task.startedAt), what: `${task.type} by ${task.user}` }));
  return times.sort((a, b) => b.at - a.at)[0];
};

/** Of a node that is newly in maintenance the tasks are read anew: what began with it is in no list from before. */
const tasksNow = async (ctx: Ctx, inIt: ReadonlySet<string>): Promise<readonly Task[]> => {
  const kept = keptBy(ctx.client);
  const listed = [...inIt].some((node) => !kept.has(node)) ? await ctx.client.get(ctx, "/cluster/tasks", Tasks).catch(() => undefined) : undefined;
  return listed ?? [...(ctx.client.memory.tasks?.values() ?? [])];
};

const maintained = async (ctx: Ctx, lrms: readonly Lrm[]): Promise<Ha["maintained"]> => {
  const kept = keptBy(ctx.client);
  const now = ctx.now();
  const inIt = new Set(lrms.filter(({ mode }) => mode === "maintenance").map(({ node }) => node));
  const listed = await tasksNow(ctx, inIt);
  for (const node of kept.keys()) if (!inIt.has(node)) kept.delete(node);
  return [...inIt].map((node) => {
    const known = kept.get(node) ?? { since: now, workAt: undefined, work: undefined };
    const seen = workOn(ctx, listed, node);
    if (seen && seen.at > (known.workAt ?? 0)) Object.assign(known, { workAt: seen.at, work: seen.what });
    kept.set(node, known);
    // Without a trace of work it has been quiet since it was first seen; maintenance that began before us is as old as its last work.
    const quietSince = known.workAt ?? known.since;
    return compact({
      node,
      since: iso(known.since),
      workAt: known.workAt === undefined ? undefined : iso(known.workAt),
      work: known.work,
      quietSeconds: Math.max(0, Math.floor((now - quietSince) / 60_000) * 60),
    });
  });
};

const read = async (ctx: Ctx): Promise<Ha> => {
  const { master, lrms, services } = haOf(await ctx.client.get(ctx, "/cluster/ha/status/current", HaRows));
  return compact({ master, lrms, services, maintained: await maintained(ctx, lrms) });
};

export const ha: Monitor<Config, Client, typeof Ha> = {
  title: "High availability",
  every: "60s",
  state: Ha,
  read,
  alerts: (now, { open }) => [...serviceAlerts(now.services), ...maintenanceAlerts(now.maintained, open)],
};
