// One storage as the monitors tell it: how full, where it cannot be reached, and in how many days it is full. Decides nothing about what is wrong.
import { byText, type Resource, z } from "jarvis";
import { compact } from "../shapes/compact.ts";
import { asSeen, Entry } from "../shapes/resources.ts";
import { storeId } from "../shapes/store.ts";

export const Trouble = z.object({
  /** `offline`: enabled and not active. `hung`: whoever touches it waits. */
  state: z.enum(["offline", "hung"]),
  words: z.string(),
  at: z.string(),
});
export type Trouble = z.output<typeof Trouble>;

export const StorageState = z.object({
  name: z.string(),
  /** Absent for a shared one. */
  node: z.string().optional(),
  shared: z.boolean(),
  available: z.boolean(),
  sort: z.string().optional(),
  content: z.string().optional(),
  /** Who serves it over the network: an address or a name. */
  server: z.string().optional(),
  diskBytes: z.number().optional(),
  diskTotalBytes: z.number().optional(),
  /** It lies on the node's root file system, whose fullness the node itself tells. */
  onRoot: z.boolean().optional(),
  /** Nodes that list it and are members now. */
  nodes: z.array(z.string()),
  /** By node. */
  troubles: z.record(z.string(), Trouble).optional(),
  /** What the next garbage collection of the backup server frees. */
  pendingBytes: z.number().optional(),
  /** By the daily samples kept of it; absent while there are too few, or when it does not grow. */
  fullInDays: z.number().optional(),
  /** Proxmox does not list it to us any more: `unknown: needs Datastore.Audit on /storage`. */
  hidden: z.string().optional(),
});
export type StorageState = z.output<typeof StorageState>;

export const Storages = z.object({
  storages: z.record(z.string(), StorageState),
  /** Who is out of reach is not known for all yet. */
  unsettled: z.literal(true).optional(),
  /** What our rights do not show, `unknown: needs X on Y`. */
  unknown: z.array(z.string()).optional(),
});

/** As the list would have named it, once for each node. */
export const entriesOf = ({ name, node, shared, sort, content, nodes, hidden }: StorageState): Entry[] =>
  (node === undefined ? nodes : [node]).map((at) => ({
    ...Entry.parse({ type: "storage", storage: name, node: at, shared: shared ? 1 : 0, plugintype: sort, content, status: "unknown" }),
    ...(hidden === undefined ? {} : { hidden }),
  }));

const isOnRoot = (entry: Entry, nodes: ReadonlyMap<string, Entry>): boolean | undefined => {
  const root = nodes.get(entry.node ?? "")?.maxdisk;
  return entry.plugintype === "dir" && root !== undefined && entry.maxdisk === root ? true : undefined;
};

/** None of its nodes is in sight: nobody can say how it is. */
export const isUnseen = ({ available, nodes, hidden }: StorageState): boolean => !available && nodes.length === 0 && hidden === undefined;

/** A shared storage is listed once for each node: it is there when any node sees it, with that node's figures. */
export const storagesOf = (entries: readonly Entry[]): Record<string, StorageState> => {
  const found = new Map<string, StorageState>();
  const nodes = new Map(entries.flatMap((entry) => (entry.type === "node" && entry.node !== undefined ? [[entry.node, entry] as const] : [])));
  for (const entry of asSeen(entries)) {
    if (entry.type !== "storage" || entry.storage === undefined || entry.node === undefined) continue;
    const available = entry.status === "available";
    const id = storeId(entry.storage, entry.shared ? undefined : entry.node);
    const known = found.get(id);
    const listed = [...(known?.nodes ?? []), ...(nodes.get(entry.node)?.status === "offline" ? [] : [entry.node])].sort();
    if (known?.available) {
      known.nodes = listed;
      continue;
    }
    found.set(
      id,
      compact({
        name: entry.storage,
        node: entry.shared ? undefined : entry.node,
        shared: entry.shared ?? false,
        available,
        sort: entry.plugintype,
        content: entry.content,
        diskBytes: available ? entry.disk : undefined,
        diskTotalBytes: available ? entry.maxdisk : undefined,
        onRoot: isOnRoot(entry, nodes),
        nodes: listed,
        hidden: entry.hidden,
      }),
    );
  }
  return Object.fromEntries([...found].sort(([a], [b]) => byText(a, b)));
};

const labelsOf = (storage: StorageState): Record<string, string> => {
  const away = Object.entries(storage.troubles ?? {}).map(([node, { state }]) => `${state} on ${node}`);
  const known = {
    shared: storage.shared ? "yes" : "no",
    type: storage.sort,
    content: storage.content,
    server: storage.server?.slice(0, 300),
    state: storage.hidden ?? (away.length === 0 ? undefined : away.join(", ").slice(0, 500)),
  };
  return Object.fromEntries(Object.entries(known).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
};

export const resourceOf = ([id, storage]: [string, StorageState]): Resource =>
  compact({
    id,
    kind: "storage" as const,
    name: storage.name,
    parent: storage.node === undefined ? undefined : `node/${storage.node.toLowerCase()}`,
    servedBy: storage.server,
    status: storage.available ? ("up" as const) : ("unknown" as const),
    figures: Object.fromEntries(
      (["diskBytes", "diskTotalBytes", "fullInDays"] as const).flatMap((key) => {
        const value = storage[key];
        return value === undefined ? [] : [[key, value]];
      }),
    ),
    labels: labelsOf(storage),
  });
