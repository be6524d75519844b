// The backups that lie on the storages, read from each storage once: a shared one from one node, a local one from each. A storage that cannot be read is told, never taken for empty.
import { JarvisError, z } from "jarvis";
import { backupEye } from "../client/backup-eye.ts";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { looseFlag, looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { isUp, type Store, storesOn } from "./guest-room.ts";

const MOST_STORAGES = 200;

const Row = z.object({
  volid: z.string().max(500),
  ctime: looseNumber,
  size: looseNumber,
  vmid: looseNumber,
  notes: looseText,
  protected: looseFlag,
  verification: z
    .unknown()
    .optional()
    .transform((value) => z.object({ state: looseText }).safeParse(value).data?.state),
});

/** `at`: epoch seconds. `verified`: undefined where nobody verifies. */
export interface Backup {
  readonly volid: string;
  readonly vmid: number | undefined;
  readonly storage: string;
  readonly at: number;
  readonly sizeBytes: number | undefined;
  readonly notes: string | undefined;
  readonly protected: boolean;
  readonly verified: "ok" | "failed" | undefined;
}

export const keepsBackups = (store: Store): boolean => store.content?.split(",").includes("backup") === true;

/** Newest first. Throws upstream_denied where what is asked for would be left out of the list. */
export const backupsOn = async (ctx: Ctx, node: string, storage: string, vmid?: number): Promise<Backup[]> => {
  const eye = await backupEye(ctx);
  const hidden = vmid === undefined ? eye.blind(storage) : eye.hides(storage, vmid);
  if (hidden !== undefined) throw new JarvisError("upstream_denied", { message: `${hidden}.`, data: { reason: "denied", definitive: true } });
  const rows = await eye.get(path`/nodes/${node}/storage/${storage}/content`, looseRows(Row), { content: "backup", vmid });
  return rows
    .map(({ volid, ctime, size, vmid: owner, notes, protected: kept, verification }) => ({
      volid,
      vmid: owner,
      storage,
      at: ctime ?? 0,
      sizeBytes: size,
      notes,
      protected: kept ?? false,
      verified: verification === "ok" ? ("ok" as const) : verification === undefined || verification === "none" ? undefined : ("failed" as const),
    }))
    .sort((a, b) => b.at - a.at);
};

export interface Shelves {
  /** Newest first. */
  readonly backups: readonly Backup[];
  /** What could not be read, in words. */
  readonly unread: readonly string[];
  /** Some of this guest's backups are left out of the lists for want of a right. */
  hides(vmid: number): boolean;
}

/** All backups those nodes can see. */
export const backupsSeen = async (ctx: Ctx, nodes: readonly string[], vmid?: number): Promise<Shelves> => {
  const lists = await Promise.all(nodes.map(async (node) => ({ node, ...(await ask(storesOn(ctx, node))) })));
  const unread = lists.flatMap(({ node, words }) => (words === undefined ? [] : [`the storages of ${node}: ${words}`]));
  const shelves = new Map<string, { node: string; store: Store }>();
  for (const { node, value = [] } of lists)
    for (const store of value.filter(keepsBackups)) {
      const key = store.shared === true ? store.storage : `${node}/${store.storage}`;
      const known = shelves.get(key);
      if (known === undefined || (!isUp(known.store) && isUp(store))) shelves.set(key, { node, store });
    }
  const read = await Promise.all(
    [...shelves.values()].slice(0, MOST_STORAGES).map(async ({ node, store }) => {
      if (!isUp(store)) return { words: `storage ${store.storage} on ${node}: it is not online` };
      const { value, words } = await ask(backupsOn(ctx, node, store.storage, vmid));
      return value === undefined ? { words: `storage ${store.storage} on ${node}: ${words}` } : { value };
    }),
  );
  const dark = read.flatMap((one) => (one.words === undefined ? [] : [one.words]));
  const eye = await ask(backupEye(ctx));
  const seen = [...shelves.values()].map(({ store }) => store.storage);
  const left = shelves.size > MOST_STORAGES ? [`${shelves.size - MOST_STORAGES} more storages: too many`] : [];
  return {
    backups: read.flatMap((one) => one.value ?? []).sort((a, b) => b.at - a.at),
    unread: [...unread, ...dark, ...left],
    hides: (one) => eye.value === undefined || seen.some((storage) => eye.value.hides(storage, one) !== undefined),
  };
};
