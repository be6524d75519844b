// Which storages cannot be reached from which node, proved by that node's own answer: offline, hanging (two silences, and its daemon well), or merely switched off. Asks only under suspicion: a storage without figures on a living node, or a node whose numbers stand still.
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
/** Another question through the same daemon is answered in half that time, or it is the daemon, the node or the way there that is slow. */
const WITNESS_MS = PATIENCE_MS / 2;
const [MOST_SUSPECTS, AGAIN_MS] = [6, 30_000];
/** One silence proves nothing: it is asked about once more at the next reading. */
const SECOND_LOOK_MS = 9000;
/** A storage without numbers is asked; one on a node that stands still is tried too, when touching it can hang. */
const MOUNTS = new Set(["nfs", "cifs", "cephfs", "glusterfs"]);

interface Seen {
  readonly checkedAt: number;
  readonly trouble: Trouble | undefined;
  /** How often in a row no answer came. */
  readonly silences: number;
}

interface Memory {
  /** Epoch ms of the first look of this run. */
  since: number;
  /** Whom the last look suspected and could not ask any more, or not often enough to know. */
  undecided: number;
  readonly told: Map<string, { uptime: number | undefined; at: number }>;
  readonly seen: Map<string, Seen>;
}

const memoryOf = perClient((): Memory => ({ since: Number.NaN, undecided: 0, told: new Map(), seen: new Map() }));

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

/** Asked of pvedaemon, as the storage is, and touches none: an answer says that it is not the daemon that is stuck. A refusal is pveproxy's own and says nothing. */
const daemonAnswers = (ctx: Ctx, node: string): Promise<boolean> =>
  inTime(ctx, (mine) => ctx.client.get(mine, path`/nodes/${node}/services/pvestatd/state`, z.unknown()), WITNESS_MS).then(
    () => true,
    () => false,
  );

/** `undefined`: in order, or switched off on purpose, or not to be known (a right lacks, another error). */
const answerOf = async (ctx: Ctx, { node, storage }: Suspect, at: string): Promise<Trouble | "silence" | undefined> => {
  try {
    const { active, enabled } = await inTime(ctx, (mine) => ctx.client.get(mine, path`/nodes/${node}/storage/${storage}/status`, StoreStatus));
    return active !== false || enabled === false ? undefined : { state: "offline", words: `${node} says: enabled, and not active`, at };
  } catch (thrown) {
    return isSilence(thrown) ? "silence" : undefined;
  }
};

/** It hangs when it was silent twice and, the second time, pvedaemon answered another question meanwhile. Once it hangs, silence is enough: those who ask come to sit in it, all workers in the end. */
const look = async (ctx: Ctx, suspect: Suspect, before: Seen | undefined, witness: () => Promise<boolean>): Promise<Seen> => {
  const at = new Date(ctx.now()).toISOString();
  const known = before?.trouble?.state === "hung" ? before.trouble : undefined;
  const again = (before?.silences ?? 0) > 0;
  const [answer, daemon] = await Promise.all([answerOf(ctx, suspect, at), again && known === undefined ? witness() : false]);
  const checkedAt = ctx.now();
  if (answer !== "silence") return { checkedAt, trouble: answer, silences: 0 };
  const hung: Trouble = { state: "hung", words: `${suspect.node} twice gave no answer about it in ${PATIENCE_MS / 1000} s, while its pvedaemon answered another question`, at };
  return { checkedAt, trouble: known ?? (daemon ? hung : undefined), silences: (before?.silences ?? 0) + 1 };
};

/** Whom to ask now: who was silent once, whatever else is asked this minute, for it is one call more in a suspicion; and of those whose turn it is as many as may be. */
const dueOf = (ctx: Ctx, suspects: readonly Suspect[], seen: ReadonlyMap<string, Seen>): Suspect[] => {
  const isOnce = ({ key }: Suspect): boolean => seen.get(key)?.silences === 1 && seen.get(key)?.trouble === undefined;
  const waited = ({ key }: Suspect): number => ctx.now() - (seen.get(key)?.checkedAt ?? Number.NEGATIVE_INFINITY);
  const once = suspects.filter((one) => isOnce(one) && waited(one) >= SECOND_LOOK_MS).slice(0, MOST_SUSPECTS);
  const others = suspects.filter((one) => !isOnce(one) && waited(one) >= AGAIN_MS).slice(0, MOST_SUSPECTS - once.length);
  return [...once, ...others.slice(0, laneOf(ctx.client).take(ctx.now(), others.length))];
};

/** By storage id, then by node. Forgets what is no suspect any more. */
export const troublesOf = async (ctx: Ctx, entries: readonly Entry[]): Promise<Map<string, Record<string, Trouble>>> => {
  const memory = memoryOf(ctx.client);
  if (Number.isNaN(memory.since)) memory.since = ctx.now();
  const suspects = suspectsOf(entries, stillNodes(memory, entries, ctx.now()));
  const keys = new Set(suspects.map(({ key }) => key));
  for (const key of memory.seen.keys()) if (!keys.has(key)) memory.seen.delete(key);
  const now = dueOf(ctx, suspects, memory.seen);
  const witnesses = new Map<string, Promise<boolean>>();
  const witnessOf = (node: string): Promise<boolean> => {
    const asked = witnesses.get(node) ?? daemonAnswers(ctx, node);
    witnesses.set(node, asked);
    return asked;
  };
  await Promise.all(now.map(async (suspect) => memory.seen.set(suspect.key, await look(ctx, suspect, memory.seen.get(suspect.key), () => witnessOf(suspect.node)))));
  memory.undecided = suspects.filter(({ key }) => {
    const seen = memory.seen.get(key);
    return seen === undefined || (seen.silences > 0 && seen.trouble === undefined);
  }).length;
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
  const { since, undecided } = memoryOf(ctx.client);
  return ctx.now() - since > STILL_MS + AGAIN_MS && undecided === 0;
};
