// The storages of a node as they are now, and whether an act would leave them room (P11, hazard 38). What is not told refuses.
import { z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { looseFlag, looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { type Disk, inGib } from "./guest-disks.ts";
import { refused } from "./guest-task.ts";

const LEAST_FREE = 0.1;
const MOST_THIN = 0.8;
const THIN = new Set(["lvmthin", "zfspool"]);

const Store = z.object({
  storage: z.string(),
  type: looseText,
  content: looseText,
  active: looseFlag,
  enabled: looseFlag,
  shared: looseFlag,
  total: looseNumber,
  used: looseNumber,
  avail: looseNumber,
});
export type Store = z.output<typeof Store>;

/** Every storage the node has, with its room. Dear: it touches each of them. */
export const storesOn = (ctx: Ctx, node: string): Promise<Store[]> => ctx.client.get(ctx, path`/nodes/${node}/storage`, looseRows(Store));

export const isUp = (store: Store): boolean => store.active === true && store.enabled !== false;

/** Why the storage must not take so much more; undefined: it may. */
export const tooTight = (store: Store, addBytes: number, node: string): string | undefined => {
  if (!isUp(store)) return `Storage ${store.storage} is not online on ${node}.`;
  if (store.total === undefined || store.avail === undefined || store.total <= 0) return `How full storage ${store.storage} on ${node} is could not be learned.`;
  const left = (store.avail - addBytes) / store.total;
  if (left >= LEAST_FREE) return undefined;
  return `Storage ${store.storage} on ${node} has ${inGib(store.avail)} free of ${inGib(store.total)}; with ${inGib(addBytes)} more it would have ${Math.max(0, Math.round(left * 100))} % free, and 10 % must stay.`;
};

/** A snapshot makes every later write cost room: not on a thin pool that is nearly full already. */
export const refuseThin = (stores: readonly Store[], disks: readonly Disk[], node: string): void => {
  for (const name of new Set(disks.map((disk) => disk.storage))) {
    const store = stores.find((one) => one.storage === name);
    if (store === undefined || !isUp(store)) throw refused(`Storage ${name} is not online on ${node}.`);
    const { total, used, type } = store;
    if (!THIN.has(type ?? "")) continue;
    if (total === undefined || used === undefined || total <= 0) throw refused(`How full storage ${name} on ${node} is could not be learned.`);
    if (used / total >= MOST_THIN)
      throw refused(
        `Thin storage ${name} on ${node} is ${Math.round((used / total) * 100)} % full; above 80 % a snapshot can fill it, and then every guest on it stops. Free room first.`,
      );
  }
};
