// What lies around the guests when their picture is drawn: the tasks if they are known, the storages, boots and waits of the nodes. Asks Proxmox nothing; what is old or hidden is unknown.
import { z } from "jarvis";
import type { Client } from "../../client/client.ts";
import type { Ctx } from "../../context.ts";
import type { Entry } from "../../shapes/resources.ts";
import type { Task } from "../../shapes/task.ts";
import { reachOf } from "../store-needs.ts";
import { perClient } from "../turns.ts";
import type { Around } from "./findings.ts";
import { notesOf } from "./notes.ts";
import { STORM_BYTES_PER_SECOND, type Waits } from "./storm.ts";

/** A list of tasks that was not read for so long proves nothing about now. */
const OLD_MS = 60_000;
const NODES = "proxmox/nodes";

interface Seen {
  list: ReadonlyMap<string, Task> | undefined;
  at: number;
}
const lastSeen = perClient((): Seen => ({ list: undefined, at: 0 }));

/** The tasks of everybody, or undefined: without Sys.Audit only our own are listed, and a foreign backup would look like nothing. */
const tasksOf = (client: Client, nowMs: number): ReadonlyMap<string, Task> | undefined => {
  const { tasks } = client.memory;
  const seen = lastSeen(client);
  if (seen.list !== tasks) Object.assign(seen, { list: tasks, at: nowMs });
  return nowMs - seen.at > OLD_MS || client.missing("nodes").length > 0 ? undefined : tasks;
};

const Nodes = z.object({ nodes: z.record(z.string(), z.object({ waitPercent: z.number().optional() })) });

/** Looked up only while a guest storms. */
const waitsOf = async (ctx: Ctx, entries: readonly Entry[]): Promise<Waits> => {
  const { motion } = notesOf(ctx.client);
  const storms = entries.some(({ vmid }) => {
    const rates = vmid === undefined ? undefined : motion.rates(vmid);
    return rates !== undefined && rates.read + rates.written >= STORM_BYTES_PER_SECOND;
  });
  if (!storms) return new Map();
  const readings = await ctx.state(NODES).catch(() => ({}));
  const nodes = Object.values(readings).flatMap((reading) => Object.entries(Nodes.safeParse(reading.stale ? undefined : reading.value).data?.nodes ?? {}));
  return new Map(nodes.flatMap(([name, { waitPercent }]) => (waitPercent === undefined ? [] : [[name, waitPercent] as const])));
};

const bootsOf = (entries: readonly Entry[], nowMs: number): Map<string, number> =>
  new Map(
    entries.flatMap(({ type, node, status, uptime }) =>
      // Its first round may come within its first second.
      type === "node" && node !== undefined && status === "online" && uptime !== undefined ? [[node, nowMs - uptime * 1000] as const] : [],
    ),
  );

const awayOf = (entries: readonly Entry[]): Set<string> =>
  new Set(entries.flatMap(({ type, node, status }) => (type === "node" && node !== undefined && status === "offline" ? [node] : [])));

export const aroundOf = async (ctx: Ctx, entries: readonly Entry[]): Promise<Around> => {
  const { client } = ctx;
  const nowMs = ctx.now();
  return {
    notes: notesOf(client),
    memory: client.memory,
    tasks: tasksOf(client, nowMs),
    reach: reachOf(entries),
    waits: await waitsOf(ctx, entries),
    booted: bootsOf(entries, nowMs),
    away: awayOf(entries),
    nowMs,
    skewMs: client.serverTime(ctx) - nowMs,
  };
};
