// Monitor `backups`: the jobs, who is in none, each guest's newest backup, and whose last run failed. Pruning and restoring are not its matter.
import type { Monitor } from "jarvis";
import { backupAlerts } from "../alerts/backup.ts";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { type Job, Jobs, NotBackedUp } from "../shapes/backup.ts";
import { compact } from "../shapes/compact.ts";
import type { Entry } from "../shapes/resources.ts";
import { longestGapHours } from "../shapes/schedule.ts";
import { allowanceOf } from "./allowance.ts";
import { newestBackups } from "./backup-content.ts";
import { coverOf, jobsOf } from "./backup-cover.ts";
import { busyNow, setPicture, watchRuns } from "./backup-early.ts";
import { readFailures } from "./backup-runs.ts";
import { Backups } from "./backup-state.ts";
import { membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
const MOST_JOBS = 200;
/** The jobs, and who is in none. */
const CALLS = 2;
/** A run takes its time: a backup carries the time of its beginning. */
const RUN_HOURS = 2;

const limitOf = (mine: readonly Job[], maxAgeHours: number): number => {
  const gaps = mine.flatMap(({ enabled, schedule }) => (enabled === false || schedule === undefined ? [] : (longestGapHours(schedule) ?? [])));
  return gaps.length === 0 ? maxAgeHours : Math.max(maxAgeHours, Math.min(...gaps) + RUN_HOURS);
};

const isGuest = (entry: Entry): boolean => (entry.type === "qemu" || entry.type === "lxc") && entry.vmid !== undefined && entry.template !== true;

const EVERY_MS = 10 * 60_000;
const allowed = allowanceOf(EVERY_MS);
const runBy = perClient(() => ({ begun: false }));

const look = async (ctx: Ctx): Promise<Backups> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const allow = allowed(ctx);
  // A run's first reading comes in a minute whose rounds have only begun.
  laneOf(ctx.client).appointed(ctx.now(), runBy(ctx.client).begun ? CALLS : 0, EVERY_MS, "backups");
  runBy(ctx.client).begun = true;
  const jobs = (await ctx.client.get(ctx, "/cluster/backup", Jobs)).filter(({ type }) => type === undefined || type === "vzdump").slice(0, MOST_JOBS);
  const bare = await ctx.client.get(ctx, "/cluster/backup-info/not-backed-up", NotBackedUp).then(
    (rows) => new Set(rows.flatMap(({ vmid }) => vmid ?? [])),
    () => undefined,
  );
  const { newest, complete, silent, unknown, hides } = await newestBackups(ctx, allow, membersOf(entries));
  const failures = await readFailures(ctx, new Map([...newest].map(([vmid, { at }]) => [vmid, at])));
  const { maxAgeHours, excludeTags } = ctx.config.backups;
  const busy = busyNow(ctx, entries);
  const guests = entries.filter(isGuest).map((entry) => {
    const [vmid, last] = [entry.vmid ?? 0, newest.get(entry.vmid ?? 0)];
    const about = { vmid, node: entry.node, pool: entry.pool, tags: entry.tags?.split(/[;, ]+/) ?? [] };
    const failure = failures.get(String(vmid));
    return compact({
      vmid,
      name: entry.name ?? `guest ${vmid}`,
      cover: coverOf(about, { jobs, excludeTags, bare: entry.hidden === undefined ? bare : undefined, hasBackup: last !== undefined }),
      running: entry.status === "running",
      uptimeSeconds: entry.uptime === undefined ? undefined : Math.floor(entry.uptime / 3600) * 3600,
      busy: busy(vmid) ? true : undefined,
      hidden: hides(vmid) ? true : undefined,
      lastAt: last === undefined ? undefined : new Date(last.at).toISOString(),
      lastOn: last?.storage,
      verification: last?.verification,
      backups: last?.count,
      limitHours: limitOf(jobsOf(jobs, about), maxAgeHours),
      failure,
    });
  });
  const told = jobs.map(({ id, enabled, schedule, storage, comment }) => compact({ id, enabled: enabled !== false, schedule, storage, comment }));
  return compact({
    at: new Date(ctx.now()).toISOString(),
    jobs: told,
    guests: Object.fromEntries(guests.sort((a, b) => a.vmid - b.vmid).map((guest) => [String(guest.vmid), guest])),
    complete,
    silent,
    unknown: unknown.length === 0 ? undefined : unknown,
    failure: failures.get("0"),
  });
};

const read = async (ctx: Ctx): Promise<Backups> => {
  setPicture(ctx, undefined);
  const now = await look(ctx);
  setPicture(ctx, now);
  return now;
};

export const backups: Monitor<Config, Client, typeof Backups> = {
  title: "Backups",
  every: "10m",
  deadline: "60s",
  state: Backups,
  read,
  watch: watchRuns,
  alerts: (now, { open }) => backupAlerts(now, open),
  // Whether a backup is damaged is told by its storage, and those are read by and by.
  knows: (now, { key }) => now.complete || key !== "backup-damaged",
};
