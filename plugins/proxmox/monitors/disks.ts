// Monitor `disks`: the disks of each node in turn with their SMART health, wear and counts of errors. A node is asked four times a day, as asking wakes disks that sleep.
import { byText, JarvisError, type Monitor, type z } from "jarvis";
import { diskAlerts } from "../alerts/disk.ts";
import { isLookedAt } from "../alerts/tell.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { type Counts, DiskRows, SmartCounts } from "../shapes/disk.ts";
import { type Allow, allowanceOf } from "./allowance.ts";
import { Disks, type NodeDisks } from "./disk-state.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
const [SHARE, MOST_NODES, MOST_DISKS, MOST_SMART] = [4, 4, 24, 4];
/** Less than a quarter of a day by half a round, so that the round nearest to it is taken. */
const REST_MS = 6 * 60 * 60_000 - 15 * 60_000;

interface Smart {
  readonly at: string;
  readonly counts: Counts;
  readonly firstCrc: number;
}
const allowed = allowanceOf(30 * 60_000);
const keptBy = perClient(() => ({ nodes: new Map<string, NodeDisks>(), tried: new Map<string, number>(), smart: new Map<string, Smart>() }));

const smartOf = async (ctx: Ctx, node: string, devpath: string, before: Smart | undefined): Promise<Smart | undefined> => {
  try {
    const counts = await ctx.client.get(ctx, path`/nodes/${node}/disks/smart`, SmartCounts, { disk: devpath });
    return { at: new Date(ctx.now()).toISOString(), counts, firstCrc: before?.firstCrc ?? counts.crcErrors ?? 0 };
  } catch {
    // A virtual disk, or one behind a controller, has no SMART; what was known stays.
    return before;
  }
};

const one = async (ctx: Ctx, node: string, allow: Allow): Promise<NodeDisks> => {
  const { smart } = keptBy(ctx.client);
  const rows = (await ctx.client.get(ctx, path`/nodes/${node}/disks/list`, DiskRows)).slice(0, MOST_DISKS);
  const keyOf = (devpath: string): string => `${node} ${devpath}`;
  const asked = inTurn(
    rows.map(({ devpath }) => devpath),
    (devpath) => Date.parse(smart.get(keyOf(devpath))?.at ?? ""),
    MOST_SMART,
  );
  for (const devpath of asked.slice(0, allow(asked.length))) {
    const told = await smartOf(ctx, node, devpath, smart.get(keyOf(devpath)));
    if (told !== undefined) smart.set(keyOf(devpath), told);
  }
  const disks = rows.map(({ wearout, health = "UNKNOWN", size, ...row }) => {
    const known = smart.get(keyOf(row.devpath));
    const { health: _, ...counts } = known?.counts ?? {};
    const crcGrown = counts.crcErrors === undefined ? undefined : counts.crcErrors - (known?.firstCrc ?? 0);
    return compact({ ...row, ...counts, sizeBytes: size, health: health.toUpperCase(), wearLeftPercent: wearout, crcGrown, smartAt: known?.at });
  });
  return { name: node, at: new Date(ctx.now()).toISOString(), disks };
};

const read = async (ctx: Ctx): Promise<z.output<typeof Disks>> => {
  const { all, online } = membersOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries);
  const { nodes, tried } = keptBy(ctx.client);
  keepOnly(nodes, all);
  keepOnly(tried, all);
  const allow = allowed(ctx);
  const rests = (last: NodeDisks | undefined): boolean => last !== undefined && last.unknown === undefined && ctx.now() - Date.parse(last.at) < REST_MS;
  const rested = online.filter((name) => allow.asked || !rests(nodes.get(name)));
  // By who was tried longest ago, so that a node that does not answer keeps nobody else waiting.
  const due = inTurn(rested, (name) => tried.get(name), Math.min(MOST_NODES, Math.ceil(online.length / SHARE)));
  for (const name of due) {
    if (allow(1) < 1) break;
    tried.set(name, ctx.now());
    try {
      nodes.set(name, await one(ctx, name, allow));
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) continue;
      // What it told last stands beside the words why there is nothing newer; it is asked again in the next round.
      const denied = thrown.type === "upstream_denied";
      const unknown = `${denied ? `unknown: needs Sys.Audit on /nodes/${name}` : "not read"} (${thrown.message})`.slice(0, 500);
      nodes.set(name, { disks: [], at: new Date(ctx.now()).toISOString(), ...nodes.get(name), name, unknown });
    }
  }
  return { nodes: Object.fromEntries([...nodes].sort(([a], [b]) => byText(a, b))) };
};

export const disks: Monitor<Config, Client, typeof Disks> = {
  title: "Disks",
  every: "30m",
  deadline: "5m",
  state: Disks,
  read,
  alerts: (now, { open }) => diskAlerts(Object.values(now.nodes), open),
  knows: (now, alert) => isLookedAt(now.nodes, alert),
};
