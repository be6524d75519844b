// proxmox_node_get: one node as it stands, its services among it, and in words what is wrong with it or why it is away. Reads only; a part that cannot be read is named, never shown as zero.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { inGib, named } from "../forecast/picture.ts";
import { ask } from "../probe/ask.ts";
import { compact } from "../shapes/compact.ts";
import { CLUSTER_ONLY } from "../shapes/daemons.ts";
import { HaRows, haOf } from "../shapes/ha.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import { kernelOf, Machine, versionOf } from "../shapes/machine.ts";
import type { Entry } from "../shapes/resources.ts";
import { recentEntries } from "./locate.ts";
import { type Member, memberOf, membershipNow, nodeInput, nodeTarget, runningOn } from "./node-look.ts";

const Input = z.object(nodeInput);
const Service = z.object({ service: looseText, state: looseText, "unit-state": looseText });
const Pair = z.object({ used: z.number(), total: z.number() });
const Output = z.object({
  name: z.string(),
  online: z.boolean(),
  address: z.string().optional(),
  version: z.string().optional(),
  kernel: z.string().optional(),
  uptimeSeconds: z.number().optional(),
  cpuPercent: z.number().optional(),
  waitPercent: z.number().optional(),
  load1: z.number().optional(),
  memoryBytes: Pair.optional(),
  rootBytes: Pair.optional(),
  swapBytes: Pair.optional(),
  ha: z.string().optional(),
  guests: z.object({ running: z.number(), stopped: z.number(), unknown: z.number().optional() }),
  /** Every service that is there, by name: running, dead, failed ... */
  services: z.record(z.string(), z.string()),
  tasks: z.array(z.object({ upid: z.string(), type: z.string(), id: z.string(), user: z.string() })),
  wrong: z.array(z.string()),
  unread: z.array(z.string()),
});
type Output = z.output<typeof Output>;

const pairOf = (pair: z.output<typeof Machine>["memory"]): { used: number; total: number } | undefined =>
  pair?.used === undefined || pair.total === undefined ? undefined : { used: pair.used, total: pair.total };

const Channel = z.object({
  nodes: z.record(
    z.string(),
    z.looseObject({ offlineSince: z.string().optional(), leaving: z.object({ at: z.string(), by: z.string() }).optional(), door: z.string().optional() }),
  ),
});

/** What the monitors remember of a node that is away. */
const absenceWords = async (ctx: Ctx, { name }: Member): Promise<string> => {
  const seen = Channel.safeParse((await ctx.state("proxmox/cluster"))["proxmox/cluster"]?.value).data?.nodes[name];
  const since = seen?.offlineSince === undefined ? "" : ` since ${seen.offlineSince}`;
  if (seen?.leaving !== undefined) return `it is offline${since}: ${seen.leaving.by} told it to go at ${seen.leaving.at}`;
  if (seen?.door === "answers") return `it is offline for the other nodes${since}, but its own API answers: its cluster network is gone, not the machine`;
  return `it is offline${since}, and nobody is on record who told it to go`;
};

const share = (pair: { used: number; total: number } | undefined): number => (pair === undefined || pair.total <= 0 ? 0 : Math.round((pair.used / pair.total) * 100));

/** Those that a node always needs; others may be off on purpose. */
const NEEDED = ["corosync", "pve-cluster", "pvedaemon", "pveproxy", "pvestatd", "pvescheduler", "pve-ha-lrm", "pve-ha-crm"];

/** A daemon that its owner disabled is no fault, nor is corosync on a node that is in no cluster. */
const lacksOf = (rows: readonly z.output<typeof Service>[], alone: boolean): string[] =>
  rows.flatMap(({ service, state, "unit-state": unit }) => {
    if (service === undefined || unit === "not-found" || (alone && service === CLUSTER_ONLY)) return [];
    const isMissed = NEEDED.includes(service) && state !== "running" && unit === "enabled";
    return state === "failed" || isMissed ? [`${service} is ${state ?? "in a state it does not tell"}`] : [];
  });

const wrongOf = ({ memoryBytes, rootBytes, swapBytes, waitPercent, ha }: Omit<Output, "wrong" | "unread">, lacks: readonly string[]): string[] => [
  ...lacks,
  ...(share(memoryBytes) >= 93 ? [`its memory is ${share(memoryBytes)} % used`] : []),
  ...(share(rootBytes) >= 90 ? [`its root file system is ${share(rootBytes)} % full`] : []),
  ...(share(swapBytes) >= 80 ? [`its swap is ${share(swapBytes)} % used`] : []),
  ...((waitPercent ?? 0) >= 15 ? [`its CPUs wait ${waitPercent} % of the time for disks`] : []),
  ...(/dead|drift|maintenance/i.test(ha ?? "") ? [`HA says: ${ha}`] : []),
];

const percent = (value: number | undefined): number | undefined => (value === undefined ? undefined : Math.round(value * 1000) / 10);

const countsOf = (own: readonly Entry[]): Output["guests"] => {
  const counted = (word: string): number => own.filter(({ status = "unknown" }) => status === word).length;
  return { running: counted("running"), stopped: counted("stopped"), ...(counted("unknown") === 0 ? {} : { unknown: counted("unknown") }) };
};

const read = async (ctx: Ctx, member: Member): Promise<Output> => {
  const { client } = ctx;
  const base = path`/nodes/${member.name}`;
  const away: { value?: undefined; words: string } = { words: "it is offline" };
  const [entries, ha, machine, services, tasks] = await Promise.all([
    recentEntries(ctx),
    ask(client.get(ctx, "/cluster/ha/status/current", HaRows).then(haOf)),
    member.online ? ask(client.get(ctx, `${base}/status`, Machine)) : away,
    member.online ? ask(client.get(ctx, `${base}/services`, looseRows(Service))) : away,
    member.online ? runningOn(ctx, member.name) : away,
  ]);
  const own = entries.filter((entry) => entry.node === member.name && (entry.type === "qemu" || entry.type === "lxc") && entry.template !== true);
  const now = machine.value;
  const nodes = entries.filter((entry) => entry.type === "node");
  const about = compact({
    name: member.name,
    online: member.online,
    address: member.address,
    version: now === undefined ? undefined : versionOf(now),
    kernel: now === undefined ? undefined : kernelOf(now),
    uptimeSeconds: now?.uptime,
    cpuPercent: percent(now?.cpu),
    waitPercent: percent(now?.wait),
    load1: now?.loadavg?.[0],
    memoryBytes: pairOf(now?.memory),
    rootBytes: pairOf(now?.rootfs),
    swapBytes: pairOf(now?.swap),
    ha: ha.value?.lrms.find((lrm) => lrm.node === member.name)?.words,
    guests: countsOf(own),
    services: Object.fromEntries(
      (services.value ?? []).flatMap((row) => (row.service === undefined || row["unit-state"] === "not-found" ? [] : [[row.service, row.state ?? "unknown"] as const])),
    ),
    tasks: (tasks.value ?? []).map(({ upid, type, id, user }) => ({ upid, type, id, user })),
  });
  const unread = Object.entries({ "its state": machine, "its services": services, "its tasks": tasks, HA: ha }).flatMap(([what, { words }]) =>
    words === undefined || !member.online ? [] : [`${what} could not be read (${words.replace(/\.$/, "")})`],
  );
  return { ...about, wrong: member.online ? wrongOf(about, lacksOf(services.value ?? [], nodes.length === 1)) : [await absenceWords(ctx, member)], unread };
};

const wordsOf = (node: Output): string => {
  const { name, online, version, kernel, uptimeSeconds, cpuPercent, memoryBytes, rootBytes, guests, tasks, wrong, unread } = node;
  const days = uptimeSeconds === undefined ? "" : `, up ${Math.floor(uptimeSeconds / 86_400)} d ${Math.floor((uptimeSeconds % 86_400) / 3600)} h`;
  return [
    `${name}: ${online ? "online" : "offline"}${version === undefined ? "" : `, Proxmox VE ${version}`}${kernel === undefined ? "" : `, kernel ${kernel}`}${days}.`,
    ...(memoryBytes === undefined
      ? []
      : [`CPU ${cpuPercent ?? "?"} %, memory ${inGib(memoryBytes.used)} of ${inGib(memoryBytes.total)}${rootBytes === undefined ? "" : `, root ${share(rootBytes)} %`}.`]),
    `Guests: ${guests.running} running, ${guests.stopped} stopped${guests.unknown === undefined ? "" : `, ${guests.unknown} unknown`}.`,
    ...(tasks.length === 0 ? [] : [`Running: ${named(tasks.map(({ type, id, user }) => `${type}${id === "" ? "" : ` ${id}`} by ${user}`))}.`]),
    wrong.length === 0 ? (unread.length === 0 ? "Nothing is wrong with it." : "Nothing wrong is seen.") : `Wrong: ${wrong.join("; ")}.`,
    ...unread.map((words) => `Not known: ${words}.`),
  ].join("\n");
};

export const nodeGet: Tool<Config, Client, typeof Input> = {
  title: "Explain a node",
  about: "Tells how one node stands: version, load, memory, its services, running tasks, HA, and in words what is wrong with it or since when and why it is away.",
  effect: "read",
  input: Input,
  output: Output,
  target: nodeTarget,
  run: async (ctx, { node }) => {
    const data = await read(ctx, memberOf(await membershipNow(ctx), node));
    return { text: wordsOf(data), data };
  },
};
