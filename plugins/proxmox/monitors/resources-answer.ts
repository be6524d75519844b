// Reads /cluster/resources once for all who draw from it, and refuses an answer that says less than it can mean: missing is unknown, never gone.
import { JarvisError } from "jarvis";
import type { Caller, Client } from "../client/client.ts";
import type { Answer } from "../client/memory.ts";
import { Entries, type Entry } from "../shapes/resources.ts";
import { hiddenFrom } from "./hidden.ts";

/** A list that lost more than half of at least this many guests is believed only when it comes again and again. */
const FEW = 4;
const BELIEVED_AFTER = 3;
/** A node that guests still name but that has no row any more: a cut list, or (seldom) a removed node whose folder was left behind. */
const NODES_BELIEVED_AFTER = 30;

export const isGuest = (entry: Entry): boolean => (entry.type === "qemu" || entry.type === "lxc") && entry.vmid !== undefined;
export const guestIds = (entries: readonly Entry[]): Set<number> => new Set(entries.flatMap((entry) => (isGuest(entry) && entry.vmid !== undefined ? [entry.vmid] : [])));

const nodesOf = (entries: readonly Entry[]): Set<string> => new Set(entries.flatMap((entry) => (entry.type === "node" && entry.node !== undefined ? [entry.node] : [])));

/** Nodes that `before` listed, that have no row in `entries`, and on which `entries` has guests all the same. */
const cutNodes = (entries: readonly Entry[], before: readonly Entry[]): string[] => {
  const listed = nodesOf(entries);
  const named = new Set(entries.filter(isGuest).map((entry) => entry.node));
  return [...nodesOf(before)].filter((node) => !listed.has(node) && named.has(node));
};

/** What speaks against the answer, or undefined. `before`: the last answer that was believed. `seenShort`: how often in a row a list as short as this came before. */
export const doubt = (entries: readonly Entry[], before: readonly Entry[], known: ReadonlySet<number>, seenShort: number): JarvisError | undefined => {
  if (nodesOf(entries).size === 0) return new JarvisError("upstream_garbage", { message: "/cluster/resources names no node; I keep what I knew.", data: { reason: "no-nodes" } });
  const guests = guestIds(entries);
  if (known.size > 0 && guests.size === 0)
    return new JarvisError("upstream_denied", {
      message: `/cluster/resources lists none of the ${known.size} guests any more; the token may have lost VM.Audit on /vms. I keep what I knew.`,
      data: { reason: "no-guests" },
    });
  const cut = cutNodes(entries, before);
  if (cut.length > 0 && seenShort + 1 < NODES_BELIEVED_AFTER)
    return new JarvisError("upstream_garbage", {
      message: `/cluster/resources has guests on ${cut.join(", ")} but not the node itself; I take it for half a list.`,
      data: { reason: "short-list" },
    });
  const lost = [...known].filter((vmid) => !guests.has(vmid)).length;
  if (known.size >= FEW && lost * 2 > known.size && seenShort + 1 < BELIEVED_AFTER)
    return new JarvisError("upstream_garbage", {
      message: `/cluster/resources lost ${lost} of ${known.size} guests at once; I wait whether that stays so.`,
      data: { reason: "short-list" },
    });
  return undefined;
};

/** Of guests whose node is dark Proxmox tells the number alone: they keep the name they were last told by. */
const withNames = (told: readonly Entry[], before: readonly Entry[]): readonly Entry[] => {
  if (!told.some((entry) => isGuest(entry) && entry.name === undefined)) return told;
  const names = new Map(before.flatMap((entry) => (isGuest(entry) && entry.name !== undefined ? [[entry.vmid, entry.name]] : [])));
  return told.map((entry) => (isGuest(entry) && entry.name === undefined && names.has(entry.vmid) ? { ...entry, name: names.get(entry.vmid) } : entry));
};

export interface ResourcesReader {
  /** `known`: the guests of the last good reading; `past`: what an earlier run knew. What our rights hide stays in the list as unknown. Throws what `doubt` finds. */
  read(ctx: Caller, client: Client, known: ReadonlySet<number>, past: readonly Entry[]): Promise<Answer>;
}

export const createResourcesReader = (): ResourcesReader => {
  let short = 0;
  return {
    async read(ctx, client, known, past) {
      try {
        const before = client.memory.latest()?.entries;
        const told = withNames(await client.get(ctx, "/cluster/resources", Entries), before ?? past);
        const entries = [...told, ...(await hiddenFrom(ctx, client, told, before ?? past))];
        const problem = doubt(entries, before ?? [], known, short);
        short = problem?.details.data?.reason === "short-list" ? short + 1 : 0;
        if (problem) throw problem;
        const answer = { at: ctx.now(), entries };
        client.memory.answered(answer);
        return answer;
      } catch (error) {
        client.memory.failed(error);
        throw error;
      }
    },
  };
};
