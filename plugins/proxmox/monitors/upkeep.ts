// Monitor `upkeep`: each node's certificates, waiting updates and kernels, and whom it asks for names, one node a reading. What our token may not see is unknown and says so.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import { certificateAlerts } from "../alerts/node-certificate.ts";
import { updateAlerts } from "../alerts/node-updates.ts";
import { isLookedAt } from "../alerts/tell.ts";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { Certificates, newestKernel, Packages, waitingOf } from "../shapes/upkeep.ts";
import { learnResolver } from "./resolver.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
const CALLS = 3;
const DAY_MS = 86_400_000;
/** As `every`. */
const EVERY_MS = 15 * 60_000;
const MOST_NAMED = 30;

const Kept = z.object({
  name: z.string(),
  at: z.string(),
  certificates: z.array(z.object({ file: z.string(), endsAt: z.string(), daysLeft: z.number() })).optional(),
  /** Proxmox's own packages for which a newer version is known. */
  waiting: z.array(z.string()).optional(),
  runningKernel: z.string().optional(),
  newestKernel: z.string().optional(),
  unknown: z.string().optional(),
});
type Kept = z.output<typeof Kept>;
const State = z.object({ nodes: z.record(z.string(), Kept) });

const keptBy = perClient(() => ({ nodes: new Map<string, Kept>(), begun: false }));

const wordsOf = (thrown: unknown): string => (thrown instanceof JarvisError ? thrown.message : String(thrown)).slice(0, 300);

const look = async (ctx: Ctx, name: string): Promise<Kept> => {
  const now = ctx.now();
  const asked = await Promise.allSettled([
    ctx.client.get(ctx, path`/nodes/${name}/certificates/info`, Certificates),
    ctx.client.get(ctx, path`/nodes/${name}/apt/versions`, Packages),
    learnResolver(ctx, name),
  ]);
  const [certificates, packages] = asked;
  const rows = packages.status === "fulfilled" ? packages.value : undefined;
  return compact({
    name,
    at: new Date(now).toISOString(),
    certificates:
      certificates.status === "fulfilled"
        ? certificates.value.flatMap(({ filename, notafter }) =>
            filename === undefined || notafter === undefined
              ? []
              : [{ file: filename.slice(filename.lastIndexOf("/") + 1), endsAt: new Date(notafter * 1000).toISOString(), daysLeft: Math.floor((notafter * 1000 - now) / DAY_MS) }],
          )
        : undefined,
    waiting: rows === undefined ? undefined : waitingOf(rows).slice(0, MOST_NAMED),
    runningKernel: rows?.find(({ RunningKernel }) => RunningKernel !== undefined)?.RunningKernel,
    newestKernel: rows === undefined ? undefined : newestKernel(rows),
    unknown: asked.flatMap((one) => (one.status === "rejected" ? [wordsOf(one.reason)] : []))[0],
  });
};

const read = async (ctx: Ctx): Promise<z.output<typeof State>> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const own = keptBy(ctx.client);
  const { nodes: kept } = own;
  const { all, online } = membersOf(entries);
  keepOnly(kept, all);
  const [due] = inTurn(online, (name) => Date.parse(kept.get(name)?.at ?? ""), 1);
  // It has an appointment and is dear enough to be alone in its minute: the lane only learns of it.
  laneOf(ctx.client).appointed(ctx.now(), own.begun ? CALLS : 0, EVERY_MS, "upkeep");
  // The first minute of a run has enough to ask: the turn begins with the second reading.
  if (due !== undefined && own.begun) kept.set(due, await look(ctx, due));
  own.begun = true;
  return { nodes: Object.fromEntries([...kept.values()].sort((a, b) => byText(a.name, b.name)).map((node) => [node.name, node])) };
};

export const upkeep: Monitor<Config, Client, typeof State> = {
  title: "Updates and certificates",
  every: "15m",
  deadline: "60s",
  state: State,
  read,
  alerts: (now, { open }) => Object.values(now.nodes).flatMap((node) => [...certificateAlerts(node, open), ...updateAlerts(node)]),
  knows: (now, alert) => isLookedAt(now.nodes, alert),
};
