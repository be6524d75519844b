// Which storages a guest needs, as resource ids, and whether they are there on its node. Pure; a storage nobody lists is not needed and not missing: it is unknown.
import type { Entry } from "../shapes/resources.ts";
import { storeId } from "../shapes/store.ts";

/** Storages by node and name. */
export type Reach = ReadonlyMap<string, { id: string; available: boolean }>;

const keyOf = (node: string, name: string): string => `${node}/${name}`;
const MOST = 50;

export const reachOf = (entries: readonly Entry[]): Reach =>
  new Map(
    entries.flatMap((entry) => {
      if (entry.type !== "storage" || entry.node === undefined || entry.storage === undefined) return [];
      return [[keyOf(entry.node, entry.storage), { id: storeId(entry.storage, entry.shared ? undefined : entry.node), available: entry.status === "available" }] as const];
    }),
  );

export const needsOf = (storages: readonly string[], node: string, reach: Reach): string[] => storages.flatMap((name) => reach.get(keyOf(node, name))?.id ?? []).slice(0, MOST);

export const isReady = (storages: readonly string[], node: string, reach: Reach): boolean => storages.every((name) => reach.get(keyOf(node, name))?.available !== false);
