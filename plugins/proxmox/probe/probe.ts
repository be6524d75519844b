// Asks everything that can tell why one guest stopped, in parallel and once: its state, configuration, tasks, the node's journal, HA, membership. Reads only.
import { type Alert, JarvisError, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { Current, factsOf, GuestConfig, kindOf, stateOf } from "../shapes/guest.ts";
import { HaRows, haOf } from "../shapes/ha.ts";
import { looseNumber } from "../shapes/loose.ts";
import { locate } from "../tools/locate.ts";
import { ask, lateBy } from "./ask.ts";
import { parseJournal } from "./journal.ts";
import { ProbedTask, relatedTasks } from "./tasks.ts";

const MINUTE_MS = 60_000;
const WINDOW_MS = 10 * MINUTE_MS;
/** Up to here a zone's offset shows in the lines themselves. */
const SHORT_WINDOW_MS = 12 * MINUTE_MS;
/** A stop that happened while nobody watched is looked for this far back. */
const LONGEST_WINDOW_MS = 6 * 60 * MINUTE_MS;

const Time = z.object({ time: looseNumber, localtime: looseNumber });

/** What a diagnosis gets. Times are epoch ms of the cluster's clock unless they say otherwise; `unread`: what could not be read, and why. */
export const GuestProbe = z.object({
  about: z.literal("proxmox-guest"),
  guest: z.object({ vmid: z.number(), kind: z.enum(["vm", "ct"]), node: z.string(), name: z.string() }),
  clocks: z.object({ oursMs: z.number(), clusterMs: z.number(), lastRunningMs: z.number().optional() }),
  status: z.object({ word: z.string(), uptimeSeconds: z.number(), lock: z.string().optional(), haManaged: z.boolean() }).optional(),
  /** Of a guest that HA manages: what it does with it and was told to do; `wanted` only where HA's own status could be read. */
  ha: z.object({ state: z.string(), wanted: z.string().optional(), node: z.string().optional() }).optional(),
  config: z.object({ onboot: z.boolean(), lock: z.string().optional() }).optional(),
  tasks: z.array(ProbedTask).optional(),
  journal: z.object({ path: z.string(), lines: z.array(z.object({ at: z.number().optional(), from: z.string(), text: z.string() })) }).optional(),
  node: z.object({ online: z.boolean().optional(), uptimeSeconds: z.number().optional() }),
  quorate: z.boolean().optional(),
  ourUsers: z.array(z.string()),
  unread: z.record(z.string(), z.string()),
});
export type GuestProbe = z.output<typeof GuestProbe>;

const vmidOf = (resource: string): number => {
  const [, vmid] = /^guest\/(\d+)$/.exec(resource) ?? [];
  if (vmid === undefined) throw new JarvisError("bad_input", { message: `${resource} is no guest.` });
  return Number(vmid);
};

const readJournal = async (ctx: Ctx, node: string, sinceMs: number, nowMs: number) => {
  const where = path`/nodes/${node}/journal`;
  const [lines, zone] = await Promise.all([
    ctx.client.get(ctx, where, z.array(z.unknown()), { since: Math.floor(sinceMs / 1000) }),
    nowMs - sinceMs > SHORT_WINDOW_MS ? ask(ctx.client.get(ctx, path`/nodes/${node}/time`, Time)) : undefined,
  ]);
  const { time, localtime } = zone?.value ?? {};
  const offsetMs = time === undefined || localtime === undefined ? undefined : (localtime - time) * 1000;
  return { path: where, lines: parseJournal(lines, { node, sinceMs, nowMs, offsetMs }) };
};

/** What HA's own status says of the guest. */
const readHa = async (ctx: Ctx, vmid: number) => haOf(await ctx.client.get(ctx, "/cluster/ha/status/current", HaRows)).services.find((service) => service.vmid === vmid);

export const probe = async (ctx: Ctx, { resource }: { resource: string; alert: Alert }): Promise<GuestProbe> => {
  const vmid = vmidOf(resource);
  const { client } = ctx;
  const late = lateBy(ctx);
  const place = await Promise.race([locate(ctx, vmid), late]);
  const base = path`/nodes/${place.node}/${place.sort}/${vmid}`;
  const nowMs = client.serverTime(ctx);
  const skewMs = nowMs - ctx.now();
  const lastRunning = client.memory.running.get(vmid);
  const lastRunningMs = lastRunning === undefined ? undefined : lastRunning + skewMs;
  const sinceMs = Math.max(nowMs - LONGEST_WINDOW_MS, Math.min(nowMs - WINDOW_MS, (lastRunningMs ?? nowMs) - MINUTE_MS));
  const entries = client.memory.latest()?.entries ?? [];
  const hastate = entries.find((candidate) => candidate.vmid === vmid)?.hastate;
  const [current, config, tasks, journal, members, ha] = await Promise.all([
    ask(client.get(ctx, `${base}/status/current`, Current), late),
    ask(client.get(ctx, `${base}/config`, GuestConfig), late),
    relatedTasks(ctx, client, { node: place.node, vmid, sinceMs, late }),
    ask(readJournal(ctx, place.node, sinceMs, nowMs), late),
    ask(client.get(ctx, "/cluster/status", ClusterRows).then(membershipOf), late),
    hastate === undefined ? undefined : ask(readHa(ctx, vmid), late),
  ]);
  const facts = config.value === undefined ? undefined : factsOf(place.sort, config.value);
  const entry = entries.find((candidate) => candidate.type === "node" && candidate.node === place.node);
  const unread = Object.entries({ status: current.words, config: config.words, tasks: tasks.words, journal: journal.words, cluster: members.words, ha: ha?.words });
  return GuestProbe.parse({
    about: "proxmox-guest",
    guest: { vmid, kind: kindOf(place.sort), node: place.node, name: place.name },
    clocks: { oursMs: ctx.now(), clusterMs: client.serverTime(ctx), lastRunningMs },
    status:
      current.value === undefined
        ? undefined
        : { word: stateOf(current.value), uptimeSeconds: current.value.uptime ?? 0, lock: current.value.lock, haManaged: current.value.ha?.managed ?? false },
    ha: ha?.value ?? (hastate === undefined ? undefined : { state: hastate }),
    config: facts === undefined ? undefined : { onboot: facts.onboot, lock: facts.lock },
    tasks: tasks.value,
    journal: journal.value,
    node: { online: members.value?.nodes.find((node) => node.name === place.node)?.online, uptimeSeconds: entry?.uptime },
    quorate: members.value?.quorate,
    ourUsers: [...client.identity.own],
    unread: Object.fromEntries(unread.filter((pair) => pair[1] !== undefined)),
  });
};
