// The parts of a backup server, each asked alone: one that cannot be read says why and leaves what it told last, and the others stand. What an older release does not know yet is asked its older way.
import { JarvisError, type z } from "jarvis";
import type { Query } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { perClient } from "../monitors/turns.ts";
import { type Asked, ask } from "../probe/ask.ts";
import { readPbs, type Server } from "./client.ts";
import { Collection, Collections, Configured, Namespaces, type PbsTask, PbsTasks, Snapshots, Usages } from "./shapes.ts";

const [MOST_TASKS, MOST_NAMESPACES, MOST_DAMAGED, AT_ONCE] = [500, 20, 20, 4];
const LONGEST_WORDS = 300;

/** What it told now, or the last time; `words`: why it could not be read now. */
export interface Told<T> {
  readonly value: T | undefined;
  readonly words: string | undefined;
}

export type Usage = z.output<typeof Usages>[number];
export type Collecting = z.output<typeof Collection>;

/** Groups by namespace whose newest snapshot is damaged. */
export interface Seen {
  readonly count: number;
  readonly namespaces: number;
  readonly damaged: readonly { readonly ns: string; readonly group: string }[];
}

const kept = <T>() => perClient(() => new Map<string, T>());
const [usagesBy, tasksBy, collectionsBy, seenBy] = [kept<Usage[]>(), kept<PbsTask[]>(), kept<Collecting>(), kept<Seen>()];

const recall = <T>(last: Map<string, T>, key: string, { value, words }: Asked<T>): Told<T> => {
  if (value !== undefined) last.set(key, value);
  return { value: value ?? last.get(key), words: words?.slice(0, LONGEST_WORDS) };
};

const isUnknownPath = (thrown: unknown): boolean => thrown instanceof JarvisError && thrown.details.data?.reason === "unknown-path";

export const createParts = (ctx: Ctx, server: Server) => {
  const get = <S extends z.ZodType>(path: string, shape: S, query?: Query): Promise<z.output<S>> => readPbs(ctx, server, path, shape, query);
  const at = (store: string, what: string): string => `/admin/datastore/${encodeURIComponent(store)}/${what}`;

  /** Undefined: a release before 3.2, which tells of one datastore at a time. */
  const collections = async (): Promise<Collecting[] | undefined> => {
    try {
      return await get("/admin/gc", Collections);
    } catch (thrown) {
      if (isUnknownPath(thrown)) return undefined;
      throw thrown;
    }
  };

  /** Before 3.2: what it frees from its status, when it ran from the tasks, how often it should from the configuration. */
  const older = async (store: string, tasks: readonly PbsTask[]): Promise<Collecting> => {
    const [status, configured] = await Promise.all([get(at(store, "gc"), Collection), ask(get("/config/datastore", Configured))]);
    const [ran] = tasks
      .filter(({ worker_type, worker_id, endtime }) => worker_type === "garbage_collection" && worker_id === store && endtime !== undefined)
      .sort((a, b) => (b.endtime ?? 0) - (a.endtime ?? 0));
    const schedule = configured.value?.find(({ name }) => name === store)?.["gc-schedule"];
    return { ...status, store, schedule, "last-run-endtime": ran?.endtime, "last-run-state": ran?.status };
  };

  const collectionOf = async (store: string, all: Asked<Collecting[] | undefined>, tasks: readonly PbsTask[]): Promise<Told<Collecting>> => {
    if (all.words !== undefined) return recall(collectionsBy(ctx.client), store, { words: all.words });
    if (all.value === undefined) return recall(collectionsBy(ctx.client), store, await ask(older(store, tasks)));
    const own = all.value.find((one) => one.store === store);
    return own === undefined ? { value: undefined, words: undefined } : recall(collectionsBy(ctx.client), store, { value: own });
  };

  /** Before 2.2 there is only the root. */
  const namespacesOf = async (store: string): Promise<string[]> => {
    try {
      return (await get(at(store, "namespace"), Namespaces)).map(({ ns }) => ns ?? "");
    } catch (thrown) {
      if (isUnknownPath(thrown)) return [""];
      throw thrown;
    }
  };

  const damagedIn = async (store: string, ns: string): Promise<{ count: number; damaged: string[] }> => {
    const snapshots = await get(at(store, "snapshots"), Snapshots, ns === "" ? {} : { ns });
    const newest = new Map<string, { at: number; bad: boolean }>();
    for (const one of snapshots) {
      const [group, when] = [`${one["backup-type"]}/${one["backup-id"]}`, one["backup-time"] ?? 0];
      if ((newest.get(group)?.at ?? -1) < when) newest.set(group, { at: when, bad: one.verification?.state === "failed" });
    }
    return { count: snapshots.length, damaged: [...newest].flatMap(([group, { bad }]) => (bad ? [group] : [])) };
  };

  /** All namespaces or an error: half of them would look like backups that are gone. */
  const survey = async (store: string): Promise<Seen> => {
    const all = await namespacesOf(store);
    const asked = all.slice(0, MOST_NAMESPACES);
    const seen: { ns: string; count: number; damaged: string[] }[] = [];
    for (let first = 0; first < asked.length; first += AT_ONCE)
      seen.push(...(await Promise.all(asked.slice(first, first + AT_ONCE).map(async (ns) => ({ ns, ...(await damagedIn(store, ns)) })))));
    return {
      count: seen.reduce((sum, { count }) => sum + count, 0),
      namespaces: all.length,
      damaged: seen.flatMap(({ ns, damaged }) => damaged.map((group) => ({ ns, group }))).slice(0, MOST_DAMAGED),
    };
  };

  /** One that the server cannot read itself has its room of before beside the error. */
  const usages = async (): Promise<Told<Usage[]>> => {
    const before = usagesBy(ctx.client).get("all") ?? [];
    const now = await ask(get("/status/datastore-usage", Usages));
    const value = now.value?.map((row) => {
      const last = row.error === undefined ? undefined : before.find(({ store }) => store === row.store);
      return { ...row, total: row.total ?? last?.total, used: row.used ?? last?.used };
    });
    return recall(usagesBy(ctx.client), "all", value === undefined ? { words: now.words ?? "no answer" } : { value });
  };

  return {
    usages,
    tasks: async (): Promise<Told<PbsTask[]>> => recall(tasksBy(ctx.client), "all", await ask(get("/nodes/localhost/tasks", PbsTasks, { limit: MOST_TASKS }))),
    collections: (): Promise<Asked<Collecting[] | undefined>> => ask(collections()),
    collectionOf,
    snapshots: async (store: string): Promise<Told<Seen>> => recall(seenBy(ctx.client), store, await ask(survey(store))),
    /** Of one that the server itself cannot read: what was seen last, with the server's words. */
    lastSeen: (store: string, words: string): Told<Seen> => recall(seenBy(ctx.client), store, { words }),
  };
};
