// Reads /cluster/resources once for all who draw from it, and refuses an answer that says less than it can mean: missing is unknown, never gone.
import { JarvisError } from "jarvis";
import type { Caller, Client } from "../client/client.ts";
import type { Answer } from "../client/memory.ts";
import { Entries, type Entry } from "../shapes/resources.ts";

/** A list that lost more than half of at least this many guests is believed only when it comes again and again. */
const FEW = 4;
const BELIEVED_AFTER = 3;

export const isGuest = (entry: Entry): boolean => (entry.type === "qemu" || entry.type === "lxc") && entry.vmid !== undefined;
export const guestIds = (entries: readonly Entry[]): Set<number> => new Set(entries.flatMap((entry) => (isGuest(entry) && entry.vmid !== undefined ? [entry.vmid] : [])));

/** What speaks against the answer, or undefined. `seenShort`: how often in a row a list as short as this came before. */
export const doubt = (entries: readonly Entry[], known: ReadonlySet<number>, seenShort: number): JarvisError | undefined => {
  if (!entries.some((entry) => entry.type === "node" && entry.node !== undefined))
    return new JarvisError("upstream_garbage", { message: "/cluster/resources names no node; I keep what I knew.", data: { reason: "no-nodes" } });
  const guests = guestIds(entries);
  if (known.size > 0 && guests.size === 0)
    return new JarvisError("upstream_denied", {
      message: `/cluster/resources lists none of the ${known.size} guests any more; the token may have lost VM.Audit on /vms. I keep what I knew.`,
      data: { reason: "no-guests" },
    });
  const lost = [...known].filter((vmid) => !guests.has(vmid)).length;
  if (known.size >= FEW && lost * 2 > known.size && seenShort + 1 < BELIEVED_AFTER)
    return new JarvisError("upstream_garbage", {
      message: `/cluster/resources lost ${lost} of ${known.size} guests at once; I wait whether that stays so.`,
      data: { reason: "short-list" },
    });
  return undefined;
};

export interface ResourcesReader {
  /** `known`: the guests of the last good reading. Throws what `doubt` finds. */
  read(ctx: Caller, client: Client, known: ReadonlySet<number>): Promise<Answer>;
}

export const createResourcesReader = (): ResourcesReader => {
  let short = 0;
  return {
    async read(ctx, client, known) {
      try {
        const entries = await client.get(ctx, "/cluster/resources", Entries);
        const problem = doubt(entries, known, short);
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
