// Monitor `storage`: storages and how full they are, drawn from the shared answer of /cluster/resources; it never asks Proxmox itself.
import { type Monitor, type Resource, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import type { Entry } from "../shapes/resources.ts";
import { placeAfterReading } from "./rounds.ts";

const FRESH_MS = 15_000;

const StorageState = z.object({
  name: z.string(),
  /** Absent for a shared one. */
  node: z.string().optional(),
  shared: z.boolean(),
  available: z.boolean(),
  sort: z.string().optional(),
  content: z.string().optional(),
  diskBytes: z.number().optional(),
  diskTotalBytes: z.number().optional(),
});
type StorageState = z.output<typeof StorageState>;
const Storages = z.object({ storages: z.record(z.string(), StorageState) });

const idPart = (name: string): string => name.toLowerCase().replace(/[^a-z0-9._@-]/g, "-");
const idOf = (entry: Entry): string => (entry.shared ? `storage/shared/${idPart(entry.storage ?? "")}` : `storage/${idPart(entry.node ?? "")}/${idPart(entry.storage ?? "")}`);

/** A shared storage is listed once for each node: it is there when any node sees it, with that node's figures. */
export const storagesOf = (entries: readonly Entry[]): Record<string, StorageState> => {
  const found = new Map<string, StorageState>();
  for (const entry of entries) {
    if (entry.type !== "storage" || entry.storage === undefined || entry.node === undefined) continue;
    const available = entry.status === "available";
    const id = idOf(entry);
    if (found.get(id)?.available) continue;
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
      }),
    );
  }
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)));
};

const resourceOf = ([id, storage]: [string, StorageState]): Resource =>
  compact({
    id,
    kind: "storage" as const,
    name: storage.name,
    parent: storage.node === undefined ? undefined : `node/${storage.node.toLowerCase()}`,
    status: storage.available ? ("up" as const) : ("unknown" as const),
    figures: compact({
      ...(storage.diskBytes === undefined ? {} : { diskBytes: storage.diskBytes }),
      ...(storage.diskTotalBytes === undefined ? {} : { diskTotalBytes: storage.diskTotalBytes }),
    }),
    labels: {
      shared: storage.shared ? "yes" : "no",
      ...(storage.sort === undefined ? {} : { type: storage.sort }),
      ...(storage.content === undefined ? {} : { content: storage.content }),
    },
  });

export const storage: Monitor<Config, Client, typeof Storages> = {
  title: "Storage",
  every: "10s",
  place: placeAfterReading,
  state: Storages,
  read: async (ctx: Ctx) => ({ storages: storagesOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries) }),
  resources: (now) => Object.entries(now.storages).map(resourceOf),
};
