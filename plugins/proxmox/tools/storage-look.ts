// proxmox_storage_list and proxmox_storage_get: every storage with its room, and one explained: who uses it, where it cannot be reached, when it is full. Reads only; it asks the monitors' last reading and never touches a mount that may hang (hazard 45).
import { JarvisError, type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { inGib, named } from "../forecast/picture.ts";
import { isUnseen, StorageState, storagesOf } from "../monitors/store-state.ts";
import { ask } from "../probe/ask.ts";
import { compact } from "../shapes/compact.ts";
import type { Entry } from "../shapes/resources.ts";
import { type Definition, Definitions } from "../shapes/store.ts";
import { recentEntries } from "./locate.ts";

const Row = StorageState.pick({ name: true, node: true, shared: true, available: true, sort: true, content: true, diskBytes: true, diskTotalBytes: true }).extend({
  id: z.string(),
  usedPercent: z.number().optional(),
  /** None of its nodes is in sight: how it is is unknown. */
  unseen: z.literal(true).optional(),
});
type Row = z.output<typeof Row>;

const Channel = z.object({ storages: z.record(z.string(), StorageState) });

const percentOf = (used: number | undefined, total: number | undefined): number | undefined => (used === undefined || !total ? undefined : Math.round((used / total) * 100));

const rowOf = (id: string, store: StorageState): Row => {
  const { name, node, shared, available, sort, content, diskBytes, diskTotalBytes } = store;
  const unseen = isUnseen(store) ? (true as const) : undefined;
  return compact({ id, name, node, shared, available, sort, content, diskBytes, diskTotalBytes, usedPercent: percentOf(diskBytes, diskTotalBytes), unseen });
};

const roomWords = ({ diskBytes, diskTotalBytes, usedPercent, available, unseen }: Row): string => {
  if (unseen) return "unknown: its node is out of sight";
  if (!available) return "not available";
  return diskBytes === undefined || diskTotalBytes === undefined ? "how full is not told" : `${usedPercent} % of ${inGib(diskTotalBytes)} used`;
};

const lineOf = (row: Row): string => `${row.name}${row.node === undefined ? " (shared)" : ` on ${row.node}`}: ${row.sort ?? "?"}, ${roomWords(row)}`;

const ListInput = z.object({ node: z.string().max(100).optional().describe("Only what this node has of its own, and the shared ones") });

export const storageList: Tool<Config, Client, typeof ListInput> = {
  title: "List storages",
  about: "Lists the storages of the cluster: type, what they hold, how full, whether available. Shared ones once.",
  effect: "read",
  input: ListInput,
  output: z.object({ storages: z.array(Row) }),
  run: async (ctx, { node }) => {
    const all = Object.entries(storagesOf(await recentEntries(ctx))).map(([id, state]) => rowOf(id, state));
    const storages = all.filter((row) => node === undefined || row.node === undefined || row.node.toLowerCase() === node.toLowerCase().replace(/^node\//, ""));
    return { text: [`${storages.length} storages.`, ...storages.map(lineOf)].join("\n").slice(0, 30_000), data: { storages } };
  },
};

const GetInput = z.object({
  storage: z.string().min(1).max(200).describe("Its name, such as local-lvm, or its id, storage/pve/local-lvm"),
  node: z.string().max(100).optional().describe("Of a local one: on which node"),
});
const Detail = Row.extend({
  nodes: z.array(z.string()),
  server: z.string().optional(),
  fullInDays: z.number().optional(),
  troubles: z.record(z.string(), z.string()),
  guests: z.array(z.object({ vmid: z.number(), name: z.string(), node: z.string() })),
  wrong: z.array(z.string()),
  unread: z.array(z.string()),
});
type Detail = z.output<typeof Detail>;

const chosen = (rows: readonly Row[], { storage, node }: z.output<typeof GetInput>): Row => {
  const wanted = storage.toLowerCase();
  const fits = rows.filter(
    (row) => (row.id === wanted || row.name.toLowerCase() === wanted) && (node === undefined || row.node === undefined || row.node.toLowerCase() === node.toLowerCase()),
  );
  const [first, second] = fits;
  if (first === undefined)
    throw new JarvisError("not_found", {
      message: `There is no storage ${storage}${node === undefined ? "" : ` on ${node}`} (${named([...new Set(rows.map((row) => row.name))])}).`,
    });
  if (second === undefined) return first;
  throw new JarvisError("ambiguous", {
    message: `${storage} is local to each of ${named(fits.flatMap((row) => row.node ?? []))}: say which node.`,
    data: { candidates: fits.map((row) => ({ id: row.id, name: row.name })) },
  });
};

/** By their configurations as last read. */
const usersOf = (ctx: Ctx, row: Row, entries: readonly Entry[]): Detail["guests"] =>
  entries.flatMap(({ vmid, name, node }) => {
    if (vmid === undefined || node === undefined || (row.node !== undefined && row.node !== node)) return [];
    return ctx.client.memory.facts.get(vmid)?.facts?.storages.includes(row.name) ? [{ vmid, name: name ?? `guest ${vmid}`, node }] : [];
  });

const THIN = new Set(["lvmthin", "zfspool"]);

const wrongOf = (row: Row, state: StorageState | undefined, guests: Detail["guests"]): string[] => {
  const stops = guests.length === 0 ? "" : `; ${guests.length} guests have disks there`;
  const full = row.usedPercent ?? 0;
  const effect = THIN.has(row.sort ?? "") ? "when it is full, every guest on it stops writing" : "when it is full, what is written to it fails";
  return [
    ...(row.available || row.unseen ? [] : [`it is not available${stops}`]),
    ...Object.entries(state?.troubles ?? {}).map(([node, trouble]) => `on ${node} it is ${trouble.state} since ${trouble.at}: ${trouble.words}`),
    ...(full >= 80 ? [`it is ${full} % full; ${effect}${stops}. proxmox_storage_trim may give room back`] : []),
    ...(state?.fullInDays !== undefined && state.fullInDays <= 30 ? [`as it grows, it is full in about ${Math.round(state.fullInDays)} days`] : []),
  ];
};

const detailOf = async (ctx: Ctx, row: Row, entries: readonly Entry[]): Promise<Detail> => {
  const [definitions, readings] = await Promise.all([ask(ctx.client.get(ctx, "/storage", Definitions)), ctx.state("proxmox/storage")]);
  const state = Channel.safeParse(readings["proxmox/storage"]?.value).data?.storages[row.id];
  const definition: Definition | undefined = definitions.value?.find((one) => one.storage === row.name);
  const guests = usersOf(ctx, row, entries);
  return compact({
    ...row,
    nodes: entries.flatMap((entry) =>
      entry.type === "storage" && entry.storage === row.name && entry.node !== undefined && (row.node === undefined || row.node === entry.node) ? [entry.node] : [],
    ),
    server: definition?.server,
    fullInDays: state?.fullInDays,
    troubles: Object.fromEntries(Object.entries(state?.troubles ?? {}).map(([node, trouble]) => [node, trouble.words])),
    guests,
    wrong: wrongOf(row, state, guests),
    unread: [
      ...(row.unseen ? ["how it is, since its node is out of sight"] : []),
      ...(definitions.words === undefined ? [] : [`its definition could not be read (${definitions.words.replace(/\.$/, "")})`]),
    ],
  });
};

export const storageGet: Tool<Config, Client, typeof GetInput> = {
  title: "Explain a storage",
  about: "Tells how one storage stands: room, growth, which nodes reach it, which guests have disks on it, what is wrong with it and what that leads to.",
  effect: "read",
  input: GetInput,
  output: Detail,
  run: async (ctx, input) => {
    const entries = await recentEntries(ctx);
    const rows = Object.entries(storagesOf(entries)).map(([id, state]) => rowOf(id, state));
    const data = await detailOf(ctx, chosen(rows, input), entries);
    const lines = [
      `${lineOf(data)}.`,
      `It holds ${data.content ?? "what is not told"}${data.server === undefined ? "" : `, served by ${data.server}`}, and is listed on ${named(data.nodes)}.`,
      data.guests.length === 0 ? "No guest is known to have disks on it." : `Guests with disks on it: ${named(data.guests.map(({ name, vmid }) => `${name} (${vmid})`))}.`,
      data.wrong.length === 0 ? "Nothing wrong is seen." : `Wrong: ${data.wrong.join("; ")}.`,
      ...data.unread.map((words) => `Not known: ${words}.`),
    ];
    return { text: lines.join("\n"), data };
  },
};
