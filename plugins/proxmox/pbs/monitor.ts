// Monitor `pbs`: the datastores of the backup server: room, snapshots in all namespaces and their verification, garbage collection, tasks that hang. Each part is told by itself; without plugins.proxmox.pbs it asks nobody.
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
import type { Server } from "./client.ts";
import { hungOn } from "./hung.ts";
import { type Collecting, createParts, type Seen, type Told, type Usage } from "./parts.ts";
import { pendingBy } from "./pending.ts";
import type { PbsTask } from "./shapes.ts";
import { BackupServer, type Datastore } from "./state.ts";

const MOST_STORES = 8;

const iso = (seconds: number | undefined): string | undefined => (seconds === undefined || seconds <= 0 ? undefined : new Date(seconds * 1000).toISOString());

const onPbs = (store: string, definitions: readonly Definition[]): Definition[] => definitions.filter(({ type, datastore }) => type === "pbs" && datastore === store);

const resourceOf = (store: string, [known]: readonly Definition[]): string =>
  known === undefined ? `service/pbs/${store.toLowerCase().replace(/[^a-z0-9._@-]/g, "-")}` : storeId(known.storage, undefined);

/** Of no guest of this cluster: of another kind, of a number that is not here, or in a namespace that none of its storages uses. */
const isStrange = ({ ns, group }: Seen["damaged"][number], own: readonly Definition[], guests: ReadonlySet<string>): boolean =>
  !/^(?:vm|ct)\//.test(group) || !guests.has(group.split("/")[1] ?? "") || !(own.length === 0 ? ns === "" : own.some(({ namespace = "" }) => namespace === ns));

const labelOf = ({ ns, group }: Seen["damaged"][number]): string => (ns === "" ? group : `${ns}: ${group}`);

interface About {
  readonly usage: Usage;
  readonly room: string | undefined;
  readonly collection: Told<Collecting>;
  readonly seen: Told<Seen>;
  readonly tasks: Told<PbsTask[]>;
  readonly own: readonly Definition[];
  readonly guests: ReadonlySet<string>;
  readonly nowSeconds: number;
}

const datastoreOf = ({ usage, room, collection, seen, tasks, own, guests, nowSeconds }: About): Datastore => {
  const { store } = usage;
  const [running, gc, damaged] = [tasks.value ?? [], collection.value, seen.value?.damaged ?? []];
  const hung = hungOn(store, running, nowSeconds);
  return compact({
    store,
    resource: resourceOf(store, own),
    totalBytes: usage.total,
    usedBytes: usage.used,
    pendingBytes: gc?.["pending-bytes"],
    fullAt: iso(usage["estimated-full-date"]),
    snapshots: seen.value?.count,
    namespaces: seen.value?.namespaces,
    damaged: damaged.map(labelOf),
    strange: damaged.filter((one) => isStrange(one, own, guests)).map(labelOf),
    collectedAt: iso(gc?.["last-run-endtime"]),
    collected: gc?.["last-run-state"],
    collectEveryHours: gc?.schedule === undefined ? undefined : (longestGapHours(gc.schedule) ?? 24),
    collecting: running.some(
      ({ worker_type, worker_id, status, endtime }) => worker_type === "garbage_collection" && worker_id === store && status === undefined && endtime === undefined,
    ),
    unread: compact({ room: usage.error ?? room, collection: collection.words, snapshots: seen.words, tasks: tasks.words }),
    hung: hung === undefined ? undefined : compact({ ...hung, startedAt: iso(hung.startedAt) ?? "", hours: Math.floor(hung.hours) }),
  });
};

/** Throws the words of the first part when not one of them can be read. */
const survey = async (ctx: Ctx, server: Server): Promise<BackupServer> => {
  const parts = createParts(ctx, server);
  const [usages, collections, tasks, definitions] = await Promise.all([parts.usages(), parts.collections(), parts.tasks(), definitionsOf(ctx).catch(() => [])]);
  if (usages.value === undefined || (usages.words !== undefined && collections.words !== undefined && tasks.words !== undefined)) throw new Error(usages.words);
  const guests = new Set((ctx.client.memory.latest()?.entries ?? []).flatMap(({ vmid }) => (vmid === undefined ? [] : [String(vmid)])));
  const pending = pendingBy(ctx.client);
  pending.clear();
  const told: Datastore[] = [];
  for (const usage of usages.value.slice(0, MOST_STORES)) {
    const { store, error } = usage;
    const [collection, seen] = await Promise.all([
      parts.collectionOf(store, collections, tasks.value ?? []),
      error === undefined ? parts.snapshots(store) : parts.lastSeen(store, error),
    ]);
    const one = datastoreOf({ usage, room: usages.words, collection, seen, tasks, own: onPbs(store, definitions), guests, nowSeconds: ctx.now() / 1000 });
    if (one.pendingBytes !== undefined) pending.set(one.resource, one.pendingBytes);
    told.push(one);
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
    const seen = await survey(ctx, server);
    ctx.signal.throwIfAborted();
    last.seen = seen;
    return seen;
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
