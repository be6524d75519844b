// Monitor `pbs`: the datastores of the backup server: room, snapshots and their verification, garbage collection, tasks that hang. Without plugins.proxmox.pbs it asks nobody.
import type { Monitor } from "jarvis";
import { serverAlerts } from "../alerts/backup-server.ts";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { definitionsOf } from "../monitors/definitions.ts";
import { perClient } from "../monitors/turns.ts";
import { compact } from "../shapes/compact.ts";
import { longestGapHours } from "../shapes/schedule.ts";
import { type Definition, storeId } from "../shapes/store.ts";
import { readPbs, type Server } from "./client.ts";
import { hungOn } from "./hung.ts";
import { pendingBy } from "./pending.ts";
import { Collections, PbsTasks, Snapshots, Usages } from "./shapes.ts";
import { BackupServer, type Datastore } from "./state.ts";

const [MOST_STORES, MOST_TASKS, MOST_DAMAGED] = [8, 500, 20];

const iso = (seconds: number | undefined): string | undefined => (seconds === undefined || seconds <= 0 ? undefined : new Date(seconds * 1000).toISOString());

/** Groups whose newest snapshot is damaged. */
const damagedIn = (snapshots: readonly (typeof Snapshots)["_output"][number][]): string[] => {
  const newest = new Map<string, { at: number; bad: boolean }>();
  for (const one of snapshots) {
    const [group, at] = [`${one["backup-type"]}/${one["backup-id"]}`, one["backup-time"] ?? 0];
    if ((newest.get(group)?.at ?? -1) < at) newest.set(group, { at, bad: one.verification?.state === "failed" });
  }
  return [...newest].flatMap(([group, { bad }]) => (bad ? [group] : [])).slice(0, MOST_DAMAGED);
};

const resourceOf = (store: string, definitions: readonly Definition[]): string => {
  const known = definitions.find(({ type, datastore }) => type === "pbs" && datastore === store);
  return known === undefined ? `service/pbs/${store.toLowerCase().replace(/[^a-z0-9._@-]/g, "-")}` : storeId(known.storage, undefined);
};

const survey = async (ctx: Ctx, server: Server): Promise<BackupServer> => {
  const ask = <S extends Parameters<typeof readPbs>[3]>(path: string, shape: S, query?: Parameters<typeof readPbs>[4]) => readPbs(ctx, server, path, shape, query);
  const [usages, collections, tasks, definitions] = await Promise.all([
    ask("/status/datastore-usage", Usages),
    ask("/admin/gc", Collections),
    ask("/nodes/localhost/tasks", PbsTasks, { limit: MOST_TASKS }),
    definitionsOf(ctx).catch(() => []),
  ]);
  const guests = new Set((ctx.client.memory.latest()?.entries ?? []).flatMap(({ vmid }) => (vmid === undefined ? [] : [String(vmid)])));
  const pending = pendingBy(ctx.client);
  pending.clear();
  const told: Datastore[] = [];
  for (const usage of usages.slice(0, MOST_STORES)) {
    const { store } = usage;
    const snapshots = await ask(`/admin/datastore/${encodeURIComponent(store)}/snapshots`, Snapshots);
    const damaged = damagedIn(snapshots);
    const collection = collections.find((one) => one.store === store);
    const resource = resourceOf(store, definitions);
    const hung = hungOn(store, tasks, ctx.now() / 1000);
    const pendingBytes = collection?.["pending-bytes"];
    if (pendingBytes !== undefined) pending.set(resource, pendingBytes);
    told.push(
      compact({
        store,
        resource,
        totalBytes: usage.total,
        usedBytes: usage.used,
        pendingBytes,
        fullAt: iso(usage["estimated-full-date"]),
        snapshots: snapshots.length,
        damaged,
        strange: damaged.filter((group) => !/^(?:vm|ct)\//.test(group) || !guests.has(group.split("/")[1] ?? "")),
        collectedAt: iso(collection?.["last-run-endtime"]),
        collected: collection?.["last-run-state"],
        collectEveryHours: collection?.schedule === undefined ? undefined : (longestGapHours(collection.schedule) ?? 24),
        collecting: tasks.some(
          ({ worker_type, worker_id, status, endtime }) => worker_type === "garbage_collection" && worker_id === store && status === undefined && endtime === undefined,
        ),
        hung: hung === undefined ? undefined : compact({ ...hung, startedAt: iso(hung.startedAt) ?? "", hours: Math.floor(hung.hours) }),
      }),
    );
  }
  return { configured: true, at: new Date(ctx.now()).toISOString(), url: server.url, datastores: Object.fromEntries(told.map((one) => [one.store, one])) };
};

const lastBy = perClient((): { seen: BackupServer | undefined } => ({ seen: undefined }));

/** That it cannot be read is told beside what it told last: the cluster itself is in sight all the same. */
const read = async (ctx: Ctx): Promise<BackupServer> => {
  const { pbs: server } = ctx.config;
  if (server === undefined || server === null) return { configured: false, datastores: {} };
  const last = lastBy(ctx.client);
  try {
    last.seen = await survey(ctx, server);
    return last.seen;
  } catch (thrown) {
    if (ctx.signal.aborted) throw thrown;
    const unreadable = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 500);
    return { ...(last.seen ?? { configured: true, url: server.url, datastores: {} }), unreadable };
  }
};

export const pbs: Monitor<Config, Client, typeof BackupServer> = {
  title: "Backup server",
  every: "10m",
  deadline: "60s",
  state: BackupServer,
  read,
  alerts: (now, { open }) => serverAlerts(now, open),
};
