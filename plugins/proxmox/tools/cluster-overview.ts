// proxmox_cluster_overview: the whole cluster on one page, worst first: quorum, nodes, guests by state, storages, HA, tasks, pools and tags, and what our rights do not show. Reads only.
import { byText, type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { inGib, named } from "../forecast/picture.ts";
import { ballotKept } from "../monitors/ballot.ts";
import { isUnseen, storagesOf } from "../monitors/store-state.ts";
import { type Asked, ask } from "../probe/ask.ts";
import { type Ha, HaRows, haOf } from "../shapes/ha.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import type { Entry } from "../shapes/resources.ts";
import { endedWell, type Task, Tasks } from "../shapes/task.ts";
import { countOf } from "../shapes/votes.ts";
import { recentEntries } from "./locate.ts";
import { membershipNow } from "./node-look.ts";

const DAY_MS = 86_400_000;
const NEARLY_FULL = 85;
const MOST = 50;

const Input = z.object({});
const Count = z.record(z.string(), z.number());
const Output = z.object({
  name: z.string().optional(),
  quorum: z.object({ quorate: z.boolean(), votes: z.number(), of: z.number(), needed: z.number() }),
  nodes: z.object({ online: z.array(z.string()), offline: z.array(z.string()) }),
  memory: z.object({ usedBytes: z.number(), totalBytes: z.number() }).optional(),
  /** By state, templates apart. */
  guests: Count,
  tight: z.array(z.object({ storage: z.string(), usedPercent: z.number() })),
  unavailable: z.array(z.string()),
  /** Storages none of whose nodes is in sight. */
  unseen: z.array(z.string()),
  ha: Count,
  running: z.array(z.object({ type: z.string(), id: z.string(), node: z.string(), user: z.string(), upid: z.string() })),
  failed: z.array(z.object({ type: z.string(), id: z.string(), node: z.string(), exit: z.string(), upid: z.string() })),
  pools: z.array(z.object({ id: z.string(), comment: z.string().optional(), guests: z.number() })),
  tags: Count,
  wrong: z.array(z.string()),
  unknown: z.array(z.string()),
});
type Output = z.output<typeof Output>;

const Pools = looseRows(z.object({ poolid: z.string(), comment: looseText }));

const isGuest = ({ type }: Entry): boolean => type === "qemu" || type === "lxc";

const counted = (words: readonly string[]): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || byText(a, b)));
};

const memoryOf = (entries: readonly Entry[]): Output["memory"] => {
  const told = entries.filter((entry) => entry.type === "node" && entry.status === "online" && entry.mem !== undefined && entry.maxmem !== undefined);
  if (told.length === 0) return undefined;
  return { usedBytes: told.reduce((sum, { mem = 0 }) => sum + mem, 0), totalBytes: told.reduce((sum, { maxmem = 0 }) => sum + maxmem, 0) };
};

const failedOf = (tasks: readonly Task[], nowMs: number): Task[] =>
  tasks.filter((task) => task.exit !== undefined && !endedWell(task.exit) && nowMs - (task.endedAt ?? task.startedAt) < DAY_MS).slice(0, MOST);

const wrongOf = ({ quorum, nodes, tight, unavailable, failed, guests }: Output, ha: Ha | undefined): string[] => [
  ...(quorum.quorate ? [] : ["the cluster has no quorum: nothing can be started, moved or changed"]),
  ...(nodes.offline.length === 0 ? [] : [`offline: ${named(nodes.offline)}`]),
  ...(quorum.quorate && quorum.of > 1 && quorum.votes === quorum.needed && nodes.offline.length > 0 ? ["no further node may go without losing quorum"] : []),
  ...(ha?.services ?? []).filter(({ state }) => /error|fence|recovery/.test(state)).map(({ sid, state, node }) => `HA has ${sid} in ${state} on ${node}`),
  ...(ha?.lrms ?? []).filter(({ mode }) => mode === "maintenance" || mode === "drift").map(({ node, mode }) => `${node} is in ${mode === "drift" ? "time drift" : mode} for HA`),
  ...(unavailable.length === 0 ? [] : [`storages not available: ${named(unavailable)}`]),
  ...tight.map(({ storage, usedPercent }) => `storage ${storage} is ${usedPercent} % full`),
  ...(guests.unknown === undefined ? [] : [`${guests.unknown} guests whose state is not known`]),
  ...(failed.length === 0 ? [] : [`${failed.length} tasks failed within a day: ${named(failed.map(({ type, id, node }) => `${type}${id === "" ? "" : ` ${id}`} on ${node}`))}`]),
];

const storesOf = (entries: readonly Entry[]): Pick<Output, "tight" | "unavailable" | "unseen"> => {
  const all = Object.values(storagesOf(entries)).map((store) => ({ ...store, label: store.node === undefined ? store.name : `${store.name} on ${store.node}` }));
  const tight = all.flatMap(({ label, diskBytes, diskTotalBytes }) => {
    const usedPercent = diskBytes === undefined || !diskTotalBytes ? 0 : Math.round((diskBytes / diskTotalBytes) * 100);
    return usedPercent >= NEARLY_FULL ? [{ storage: label, usedPercent }] : [];
  });
  const unseen = all.filter(isUnseen);
  const unavailable = all.filter((store) => !store.available && store.hidden === undefined && !unseen.includes(store));
  return { tight: tight.slice(0, MOST), unavailable: unavailable.map(({ label }) => label), unseen: unseen.map(({ label }) => label) };
};

const read = async (ctx: Ctx): Promise<Output> => {
  const { client } = ctx;
  const [membership, entries, ha, tasks, pools] = await Promise.all([
    membershipNow(ctx),
    recentEntries(ctx),
    ask(client.get(ctx, "/cluster/ha/status/current", HaRows).then(haOf)),
    ask(client.get(ctx, "/cluster/tasks", Tasks)),
    ask(client.get(ctx, "/pools", Pools)),
  ]);
  const ballot = await ballotKept(ctx, membership.nodes);
  const guests = entries.filter((entry) => isGuest(entry) && entry.template !== true);
  const memory = memoryOf(entries);
  const stores = storesOf(entries);
  const asked: Record<string, Asked<unknown>> = { HA: ha, tasks, pools };
  const missing = (["guests", "storages", "pools", "nodes"] as const).flatMap((feature) => client.missing(feature)).map(({ words }) => words);
  const picture: Output = {
    ...(membership.name === undefined ? {} : { name: membership.name }),
    quorum: { quorate: membership.quorate, ...countOf(membership.nodes, membership.quorate, ballot) },
    nodes: { online: membership.nodes.filter((node) => node.online).map((node) => node.name), offline: membership.nodes.filter((node) => !node.online).map((node) => node.name) },
    ...(memory === undefined ? {} : { memory }),
    guests: {
      ...counted(guests.map(({ status }) => status ?? "unknown")),
      ...(entries.some((entry) => entry.template) ? { templates: entries.filter((entry) => entry.template).length } : {}),
    },
    ...stores,
    ha: counted((ha.value?.services ?? []).map(({ state }) => state)),
    running: (tasks.value ?? [])
      .filter((task) => task.exit === undefined)
      .slice(0, MOST)
      .map(({ type, id, node, user, upid }) => ({ type, id, node, user, upid })),
    failed: failedOf(tasks.value ?? [], client.serverTime(ctx)).map(({ type, id, node, exit = "?", upid }) => ({ type, id, node, exit, upid })),
    pools: (pools.value ?? [])
      .slice(0, MOST)
      .map(({ poolid, comment }) => ({ id: poolid, ...(comment === undefined ? {} : { comment }), guests: guests.filter(({ pool }) => pool === poolid).length })),
    tags: counted(guests.flatMap(({ tags }) => tags?.split(/[;,\s]+/).filter(Boolean) ?? [])),
    wrong: [],
    unknown: [
      ...(ballot?.doubt === undefined ? [] : [`whether the votes are right: ${ballot.doubt}`]),
      ...Object.entries(asked).flatMap(([what, { words }]) => (words === undefined ? [] : [`${what} (${words.replace(/\.$/, "")})`])),
      ...(stores.unseen.length === 0 ? [] : [`how the storages ${named(stores.unseen)} are: their node is out of sight`]),
      ...missing,
    ],
  };
  return { ...picture, wrong: wrongOf(picture, ha.value) };
};

const sums = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");

const onlineWords = ({ online, offline }: Output["nodes"]): string => `${online.length} of ${online.length + offline.length} nodes online`;

const wordsOf = (all: Output): string =>
  [
    `${all.name ?? "This node"}: ${onlineWords(all.nodes)}, ${all.quorum.quorate ? "quorate" : "NO QUORUM"} (${all.quorum.votes} of ${all.quorum.of} votes, ${all.quorum.needed} needed).`,
    all.wrong.length > 0 ? `Wrong: ${all.wrong.join("; ")}.` : all.unknown.length > 0 ? "Nothing wrong is seen." : "Nothing is wrong.",
    `Guests: ${sums(all.guests) || "none"}.${all.memory === undefined ? "" : ` Memory of the nodes: ${inGib(all.memory.usedBytes)} of ${inGib(all.memory.totalBytes)} used.`}`,
    ...(Object.keys(all.ha).length === 0 ? [] : [`Under HA: ${sums(all.ha)}.`]),
    ...(all.running.length === 0 ? [] : [`Running: ${named(all.running.map(({ type, id, node, user }) => `${type}${id === "" ? "" : ` ${id}`} on ${node} by ${user}`))}.`]),
    ...(all.pools.length === 0 ? [] : [`Pools: ${named(all.pools.map(({ id, guests }) => `${id} (${guests})`))}.`]),
    ...(Object.keys(all.tags).length === 0 ? [] : [`Tags: ${named(Object.entries(all.tags).map(([tag, count]) => `${tag} (${count})`))}.`]),
    ...all.unknown.map((words) => `Not known: ${words}.`),
  ].join("\n");

export const clusterOverview: Tool<Config, Client, typeof Input> = {
  title: "The cluster on one page",
  about: "The first thing to ask: quorum, nodes, guests by state, storages that are full or away, HA, running and failed tasks, pools and tags, and what is wrong now.",
  effect: "read",
  input: Input,
  output: Output,
  run: async (ctx) => {
    const data = await read(ctx);
    return { text: wordsOf(data).slice(0, 30_000), data };
  },
};
