// What Proxmox stopped listing although it may still be there: it leaves out without a word what our token has no right to see. Such a guest, storage or pool stays in the list as unknown, with the right it needs; only what we could see and is not listed is gone.
import type { Caller, Client } from "../client/client.ts";
import { holds, type Permissions } from "../client/rights.ts";
import type { Entry } from "../shapes/resources.ts";

/** How old the rights may be by which something stays hidden; for what just left the list they are read now. */
const YOUNG_MS = 60_000;

const isGuest = ({ type, vmid }: Entry): boolean => (type === "qemu" || type === "lxc") && vmid !== undefined;

const keyOf = (entry: Entry): string | undefined => {
  if (isGuest(entry)) return `guest/${entry.vmid}`;
  if (entry.type === "storage" && entry.storage !== undefined && entry.node !== undefined) return `storage/${entry.node}/${entry.storage}`;
  return entry.type === "pool" && entry.pool !== undefined ? `pool/${entry.pool}` : undefined;
};

interface Right {
  readonly privileges: readonly [string, ...string[]];
  /** The nearest first; one that holds is enough. */
  readonly paths: readonly string[];
  readonly top: string;
}

/** A guest that was in a pool would be listed by the pool's right while it is there. */
const rightFor = ({ type, vmid, storage, pool }: Entry): Right => {
  if (type === "storage") return { privileges: ["Datastore.Audit", "Datastore.AllocateSpace"], paths: [`/storage/${storage}`], top: "/storage" };
  if (type === "pool") return { privileges: ["Pool.Audit"], paths: [`/pool/${pool}`], top: "/pool" };
  return { privileges: ["VM.Audit"], paths: [`/vms/${vmid}`, ...(pool === undefined ? [] : [`/pool/${pool}`])], top: "/vms" };
};

/** `unknown: needs VM.Audit on /vms`; undefined: it could be seen if it were there. */
const wordsFor = (tree: Permissions, entry: Entry): string | undefined => {
  const { privileges, paths, top } = rightFor(entry);
  if (paths.some((path) => privileges.some((privilege) => holds(tree, path, privilege)))) return undefined;
  const where = privileges.some((privilege) => holds(tree, top, privilege)) ? (paths[0] ?? top) : top;
  return `unknown: needs ${privileges[0]} on ${where}`;
};

/** What it is stays known; how it is does not. */
const shadowOf = (entry: Entry, hidden: string): Entry => ({
  ...entry,
  ...{ uptime: undefined, cpu: undefined, mem: undefined, disk: undefined, netin: undefined, netout: undefined, diskread: undefined, diskwrite: undefined },
  ...{ lock: undefined, hastate: undefined, status: "unknown", hidden },
});

/** `told`: the answer; `before`: the last one that was believed, with what was hidden then. Never throws. */
export const hiddenFrom = async (ctx: Caller, client: Client, told: readonly Entry[], before: readonly Entry[]): Promise<Entry[]> => {
  const listed = new Set(told.flatMap((entry) => keyOf(entry) ?? []));
  const nodes = new Set(told.flatMap(({ type, node }) => (type === "node" && node !== undefined ? [node] : [])));
  const lost = before.filter((entry) => {
    const key = keyOf(entry);
    return key !== undefined && !listed.has(key) && (entry.type === "pool" || nodes.has(entry.node ?? ""));
  });
  // What was hidden is seen again: what lacked may be held now.
  if (lost.length === 0 && before.some(({ hidden }) => hidden !== undefined)) client.doubt();
  if (lost.length === 0) return [];
  const isNew = lost.some(({ hidden }) => hidden === undefined);
  try {
    const tree = await client.tree(ctx, "read", isNew ? 0 : YOUNG_MS);
    return lost.flatMap((entry) => {
      const words = wordsFor(tree, entry);
      return words === undefined ? [] : [shadowOf(entry, words)];
    });
  } catch {
    // Whether the rights are back is not known: what was hidden stays so; of what left the list now the list itself is judged.
    return lost.filter(({ hidden }) => hidden !== undefined);
  }
};
