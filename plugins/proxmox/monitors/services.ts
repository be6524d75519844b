// Monitor `services`: each node's daemons and clock, in turn; a node whose numbers stand still is looked at first, because its pvestatd may be dead.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import { stuckAlerts } from "../alerts/node-api.ts";
import { downAlerts } from "../alerts/node-services.ts";
import { driftAlerts } from "../alerts/node-time.ts";
import { isNotWaiting } from "../alerts/tell.ts";
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
  /** pveproxy answers for itself and pvedaemon does not: how many readings in a row, and what came instead. */
  stuck: z.object({ readings: z.number().int(), words: z.string() }).optional(),
  /** What could not be read, and why. */
  unknown: z.string().optional(),
});
/** `waiting`: members that were not looked at yet in this run. */
const State = z.object({ nodes: z.record(z.string(), Seen), waiting: z.array(z.string()) });
type State = z.output<typeof State>;

interface Kept {
  at: number;
  down: { name: string; state: string }[] | undefined;
  clock: Measured | undefined;
  stuck: { readings: number; words: string } | undefined;
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

/** No answer, or the word of pveproxy that nobody takes the call behind it. */
const isSilence = (thrown: unknown): boolean => thrown instanceof JarvisError && (thrown.type === "upstream_timeout" || thrown.details.data?.reason === "node-unreachable");

/** The services are asked of pvedaemon, the time of pveproxy itself (`protected` in the schema): when only the second comes, the first is dead or stuck. */
const look = async (ctx: Ctx, name: string, alone: boolean, before: Kept | undefined): Promise<Kept> => {
  const asked = await Promise.allSettled([ctx.client.get(ctx, path`/nodes/${name}/services`, Services), clockOf(ctx, name)]);
  const [services, clock] = asked;
  const failures = asked.flatMap((one) => (one.status === "rejected" ? [wordsOf(one.reason)] : []));
  return {
    at: ctx.now(),
    down: services.status === "fulfilled" ? downOf(services.value, { alone }) : undefined,
    clock: clock.status === "fulfilled" ? clock.value : undefined,
    stuck:
      services.status === "rejected" && clock.status === "fulfilled" && isSilence(services.reason)
        ? { readings: (before?.stuck?.readings ?? 0) + 1, words: wordsOf(services.reason) }
        : undefined,
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
        stuck: kept.stuck,
        unknown: kept.unknown,
      }),
    ];
  });
  return { nodes: Object.fromEntries(rows.sort((a, b) => byText(a.name, b.name)).map((row) => [row.name, row])), waiting: online.filter((name) => !nodes.has(name)) };
};

const read = async (ctx: Ctx): Promise<State> => {
  const answer = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { nodes, moved } = keptBy(ctx.client);
  const { all, online } = membersOf(answer.entries);
  keepOnly(nodes, all);
  keepOnly(moved, all);
  const isFirst = moved.size === 0;
  const still = standing(moved, answer);
  const isSuspect = (name: string): boolean => still.has(name) || (nodes.get(name)?.down?.length ?? 0) > 0 || nodes.get(name)?.stuck !== undefined;
  const suspects = online.filter(isSuspect).slice(0, MOST_SUSPECT);
  // The first minute of a run has enough to ask: the turn begins with the second reading.
  const turns = isFirst ? 0 : MOST;
  const due = inTurn(online, (name) => nodes.get(name)?.at, turns + suspects.length, new Set(suspects));
  for (const [name, seen] of await Promise.all(due.map(async (name) => [name, await look(ctx, name, all.length === 1, nodes.get(name))] as const))) nodes.set(name, seen);
  return tell(nodes, online, still);
};

export const services: Monitor<Config, Client, typeof State> = {
  title: "Services and clocks",
  every: "2m",
  // Two nodes under suspicion may each take all the time a call has.
  deadline: "60s",
  state: State,
  read,
  alerts: (now, { open }) => Object.values(now.nodes).flatMap((node) => [...downAlerts(node), ...stuckAlerts(node, open), ...driftAlerts(node, open)]),
  knows: (now, alert) => isNotWaiting(now.waiting, alert),
  series: (now) =>
    Object.fromEntries(Object.values(now.nodes).flatMap((node) => (node.driftSeconds === undefined ? [] : [[`node/${node.name.toLowerCase()}/driftSeconds`, node.driftSeconds]]))),
};
