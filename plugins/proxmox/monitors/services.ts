// Monitor `services`: each node's daemons and clock, in turn; a node whose numbers stand still is looked at first, because its pvestatd may be dead.
import { type Monitor, z } from "jarvis";
import { downAlerts } from "../alerts/node-services.ts";
import { driftAlerts } from "../alerts/node-time.ts";
import type { Client } from "../client/client.ts";
import type { Answer } from "../client/memory.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { downOf, NodeTime, Services } from "../shapes/daemons.ts";
import { driftsOf, type Measured } from "./drift.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
/** Nodes a reading, and with those under suspicion. */
const [MOST, MOST_SUSPECT] = [1, 2];
/** Numbers change every ten seconds; a hanging storage holds them up as well. */
const STANDS_MS = 45_000;

const Seen = z.object({
  name: z.string(),
  at: z.string(),
  down: z.array(z.object({ name: z.string(), state: z.string() })).optional(),
  /** How far its clock is ahead of the other nodes' (of ours where there are only two), and how exactly that is known. */
  driftSeconds: z.number().optional(),
  exactToSeconds: z.number().optional(),
  /** Since when its numbers in /cluster/resources have not moved, when they should have. */
  standsSince: z.string().optional(),
  /** What could not be read, and why. */
  unknown: z.string().optional(),
});
const State = z.object({ nodes: z.record(z.string(), Seen) });
type State = z.output<typeof State>;

interface Kept {
  at: number;
  down: { name: string; state: string }[] | undefined;
  clock: Measured | undefined;
  unknown: string | undefined;
}
const keptBy = perClient(() => ({ nodes: new Map<string, Kept>(), moved: new Map<string, { uptime: number | undefined; at: number }>() }));

/** Notes which nodes' numbers moved; answers since when those stand that do not. */
const standing = (moved: Map<string, { uptime: number | undefined; at: number }>, { at, entries }: Answer): Map<string, number> => {
  const still = new Map<string, number>();
  for (const { type, node, status, uptime } of entries) {
    if (type !== "node" || node === undefined) continue;
    const known = moved.get(node);
    // Without the right to see its numbers they do not stand: they are not told.
    const untold = uptime === undefined && status === "online";
    if (known === undefined || status === "offline" || untold || (uptime !== undefined && uptime !== known.uptime)) moved.set(node, { uptime, at });
    else if (at - known.at >= STANDS_MS) still.set(node, known.at);
  }
  return still;
};

const wordsOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 300);

const look = async (ctx: Ctx, name: string, alone: boolean): Promise<Kept> => {
  const asked = await Promise.allSettled([ctx.client.get(ctx, path`/nodes/${name}/services`, Services), clockOf(ctx, name)]);
  const [services, clock] = asked;
  const failures = asked.flatMap((one) => (one.status === "rejected" ? [wordsOf(one.reason)] : []));
  return {
    at: ctx.now(),
    down: services.status === "fulfilled" ? downOf(services.value, { alone }) : undefined,
    clock: clock.status === "fulfilled" ? clock.value : undefined,
    unknown: failures[0],
  };
};

/** Seconds are told whole, and the answer was somewhere on its way. */
const clockOf = async (ctx: Ctx, name: string): Promise<Measured | undefined> => {
  const before = ctx.now();
  const { time } = await ctx.client.get(ctx, path`/nodes/${name}/time`, NodeTime);
  const after = ctx.now();
  return time === undefined ? undefined : { offsetMs: time * 1000 + 500 - (before + after) / 2, exactToMs: (after - before) / 2 + 500 };
};

const tell = (nodes: ReadonlyMap<string, Kept>, online: readonly string[], still: ReadonlyMap<string, number>): State => {
  const drifts = driftsOf(new Map([...nodes].flatMap(([name, { clock }]) => (clock === undefined ? [] : [[name, clock] as const]))));
  const rows = online.flatMap((name): z.output<typeof Seen>[] => {
    const kept = nodes.get(name);
    if (!kept) return [];
    const since = still.get(name);
    return [
      compact({
        name,
        at: new Date(kept.at).toISOString(),
        down: kept.down,
        ...drifts.get(name),
        standsSince: since === undefined ? undefined : new Date(since).toISOString(),
        unknown: kept.unknown,
      }),
    ];
  });
  return { nodes: Object.fromEntries(rows.sort((a, b) => a.name.localeCompare(b.name)).map((row) => [row.name, row])) };
};

const read = async (ctx: Ctx): Promise<State> => {
  const answer = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { nodes, moved } = keptBy(ctx.client);
  const { all, online } = membersOf(answer.entries);
  keepOnly(nodes, all);
  keepOnly(moved, all);
  const isFirst = moved.size === 0;
  const still = standing(moved, answer);
  const suspects = online.filter((name) => still.has(name) || (nodes.get(name)?.down?.length ?? 0) > 0).slice(0, MOST_SUSPECT);
  // The first minute of a run has enough to ask: the turn begins with the second reading.
  const turns = isFirst ? 0 : MOST;
  const due = inTurn(online, (name) => nodes.get(name)?.at, turns + suspects.length, new Set(suspects));
  for (const [name, seen] of await Promise.all(due.map(async (name) => [name, await look(ctx, name, all.length === 1)] as const))) nodes.set(name, seen);
  return tell(nodes, online, still);
};

export const services: Monitor<Config, Client, typeof State> = {
  title: "Services and clocks",
  every: "2m",
  deadline: "30s",
  state: State,
  read,
  alerts: (now, { open }) => Object.values(now.nodes).flatMap((node) => [...downAlerts(node), ...driftAlerts(node, open)]),
  series: (now) =>
    Object.fromEntries(Object.values(now.nodes).flatMap((node) => (node.driftSeconds === undefined ? [] : [[`node/${node.name.toLowerCase()}/driftSeconds`, node.driftSeconds]]))),
};
