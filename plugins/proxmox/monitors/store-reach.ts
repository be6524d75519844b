// Which storages cannot be reached from which node, proved by that node's own answer: offline, hanging, or merely switched off. Asks only under suspicion: a storage without figures on a living node, or a node whose numbers stand still.
import { JarvisError, z } from "jarvis";
import { laneOf } from "../client/lane.ts";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import type { Entry } from "../shapes/resources.ts";
import { StoreStatus, storeId } from "../shapes/store.ts";
import type { Trouble } from "./store-state.ts";
import { perClient } from "./turns.ts";

/** pvestatd tells every 10 s; a round that takes this long waits for something. */
const STILL_MS = 35_000;
/** Just after a boot storages come one after the other. */
const BOOTING_S = 180;
const PATIENCE_MS = 8000;
/** What touches no storage is answered in a blink, or it is the node or the way there that is slow. */
const PROMPT_MS = 2000;
const [MOST_SUSPECTS, AGAIN_MS] = [6, 30_000];
/** A storage without numbers is asked; one on a node that stands still is tried too, when touching it can hang. */
const MOUNTS = new Set(["nfs", "cifs", "cephfs", "glusterfs"]);

interface Seen {
  readonly checkedAt: number;
  readonly trouble: Trouble | undefined;
}

interface Memory {
  /** Epoch ms of the first look of this run. */
  since: number;
  /** Whom the last look suspected and could not ask any more. */
  unasked: number;
  readonly told: Map<string, { uptime: number | undefined; at: number }>;
  readonly seen: Map<string, Seen>;
}

const memoryOf = perClient((): Memory => ({ since: Number.NaN, unasked: 0, told: new Map(), seen: new Map() }));

interface Suspect {
  readonly key: string;
  readonly node: string;
  readonly storage: string;
}

/** Nodes whose numbers stand still: `uptime` is told anew every round. */
const stillNodes = (memory: Memory, entries: readonly Entry[], now: number): Set<string> => {
  const still = new Set<string>();
  for (const { type, node, uptime, status } of entries) {
    if (type !== "node" || node === undefined) continue;
    const known = memory.told.get(node);
    if (status === "offline") memory.told.delete(node);
    // Without the right to see its numbers they do not stand still: they are not told.
    else if (known === undefined || (uptime === undefined && status === "online") || (uptime !== undefined && uptime !== known.uptime)) memory.told.set(node, { uptime, at: now });
    else if (now - known.at >= STILL_MS) still.add(node);
  }
  return still;
};

const suspectsOf = (entries: readonly Entry[], still: ReadonlySet<string>): Suspect[] => {
  const nodes = new Map(entries.flatMap((entry) => (entry.type === "node" && entry.node !== undefined ? [[entry.node, entry] as const] : [])));
  return entries.flatMap((entry) => {
    const at = nodes.get(entry.node ?? "");
    if (entry.type !== "storage" || entry.storage === undefined || at?.node === undefined || at.status === "offline" || entry.hidden !== undefined) return [];
    const booting = at.uptime !== undefined && at.uptime < BOOTING_S;
    const silent = entry.status !== "available" && at.status === "online" && !booting;
    const mayHang = still.has(at.node) && MOUNTS.has(entry.plugintype ?? "");
    return silent || mayHang ? [{ key: `${at.node}/${entry.storage}`, node: at.node, storage: entry.storage }] : [];
  });
};

/** Given up by us before the client does, so that the endpoint is not taken for a slow one: it only waits for the node. */
const inTime = <T>(ctx: Ctx, ask: (mine: Ctx & { cause: string }) => Promise<T>, withinMs = PATIENCE_MS): Promise<T> => {
  const mine = new AbortController();
  return Promise.race([
    ask({ ...ctx, signal: AbortSignal.any([ctx.signal, mine.signal]), cause: "suspicion" }),
    ctx.pause(withinMs).then((): never => {
      mine.abort();
      throw new JarvisError("upstream_timeout", { message: `no answer within ${withinMs / 1000} s`, data: { reason: "timeout" } });
    }),
  ]);
};

const isSilence = (thrown: unknown): boolean => thrown instanceof JarvisError && thrown.type === "upstream_timeout" && thrown.details.data?.reason !== "proxy";

/** The node answers at once what touches no storage: so it is the storage that hangs, and not the way there. */
const answersElse = (ctx: Ctx, node: string): Promise<boolean> =>
  inTime(ctx, (mine) => ctx.client.get(mine, path`/nodes/${node}/version`, z.unknown()), PROMPT_MS).then(
    () => true,
    () => false,
  );

/** `undefined`: in order, or switched off on purpose, or not to be known (a right lacks, the node does not answer either). */
const look = async (ctx: Ctx, { node, storage }: Suspect): Promise<Trouble | undefined> => {
  const at = new Date(ctx.now()).toISOString();
  try {
    const { active, enabled } = await inTime(ctx, (mine) => ctx.client.get(mine, path`/nodes/${node}/storage/${storage}/status`, StoreStatus));
    if (active !== false || enabled === false) return undefined;
    return { state: "offline", words: `${node} says: enabled, and not active`, at };
  } catch (thrown) {
    if (!isSilence(thrown) || !(await answersElse(ctx, node))) return undefined;
    return { state: "hung", words: `${node} gave no answer about it in ${PATIENCE_MS / 1000} s, and answers everything else at once`, at };
  }
};

/** By storage id, then by node. Forgets what is no suspect any more. */
export const troublesOf = async (ctx: Ctx, entries: readonly Entry[]): Promise<Map<string, Record<string, Trouble>>> => {
  const memory = memoryOf(ctx.client);
  if (Number.isNaN(memory.since)) memory.since = ctx.now();
  const suspects = suspectsOf(entries, stillNodes(memory, entries, ctx.now()));
  const keys = new Set(suspects.map(({ key }) => key));
  for (const key of memory.seen.keys()) if (!keys.has(key)) memory.seen.delete(key);
  const due = suspects.filter(({ key }) => ctx.now() - (memory.seen.get(key)?.checkedAt ?? Number.NEGATIVE_INFINITY) >= AGAIN_MS).slice(0, MOST_SUSPECTS);
  const now = due.slice(0, laneOf(ctx.client).take(ctx.now(), due.length));
  await Promise.all(
    now.map(async (suspect) => {
      const trouble = await look(ctx, suspect);
      memory.seen.set(suspect.key, { checkedAt: ctx.now(), trouble });
    }),
  );
  memory.unasked = suspects.filter(({ key }) => !memory.seen.has(key)).length;
  const shared = new Set(entries.flatMap((entry) => (entry.type === "storage" && entry.shared ? [entry.storage] : [])));
  const found = new Map<string, Record<string, Trouble>>();
  for (const { key, node, storage } of suspects) {
    const trouble = memory.seen.get(key)?.trouble;
    if (trouble === undefined) continue;
    const id = storeId(storage, shared.has(storage) ? undefined : node);
    found.set(id, { ...found.get(id), [node]: trouble });
  }
  return found;
};

/** False while a trouble of before this run may stand and could not have been found yet: that a node stands still takes its time to be seen, and suspects are asked by and by. */
export const isSettled = (ctx: Ctx): boolean => {
  const { since, unasked } = memoryOf(ctx.client);
  return ctx.now() - since > STILL_MS + AGAIN_MS && unasked === 0;
};
