// Monitor `firewall`: Proxmox's own firewall at its three levels, on or off and how many rules, a few places at each reading in turn. It only looks; nothing in this plugin changes a firewall.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { compact } from "../shapes/compact.ts";
import { looseFlag, looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import type { Entry } from "../shapes/resources.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
/** Each place costs two calls. */
const [MOST_A_READING, CALLS, MOST_PLACES] = [1, 2, 2000];
const [LOG_LINES, MOST_WORDS] = [500, 300];
/** Told of the log: the last so many. */
const MOST_LOGGED = 20;

const Options = z.object({ enable: looseFlag, policy_in: looseText, policy_out: looseText, log_level_in: looseText, log_level_out: looseText });
const LogRows = looseRows(z.object({ n: looseNumber, t: looseText }));
const Rules = looseRows(z.object({ enable: looseFlag, type: looseText, action: looseText }));

const Place = z.object({
  /** The switch of this level alone: a guest's counts only where the cluster's and its node's are on too. */
  enabled: z.boolean().optional(),
  policyIn: z.string().optional(),
  policyOut: z.string().optional(),
  rules: z.number().int().optional(),
  rulesOn: z.number().int().optional(),
  /** What it writes down, by direction: `nolog` is nothing. Nodes and guests have them, the cluster has not. */
  logIn: z.string().optional(),
  logOut: z.string().optional(),
  /** The newest lines of a node's firewall log, oldest first. */
  log: z.array(z.string()).optional(),
  unknown: z.string().optional(),
  at: z.string(),
});
const Firewall = z.object({
  /** By `cluster`, `node/pve`, `guest/101`. */
  places: z.record(z.string(), Place),
});

const keptBy = perClient(() => ({ told: new Map<string, z.output<typeof Place>>(), tried: new Map<string, number>() }));

type Level = { readonly base: string; readonly usual: boolean; readonly logs?: true };

/** Id -> path of its firewall. Nodes have it on unless switched off, clusters and guests off unless switched on. */
const placesOf = (entries: readonly Entry[]): Map<string, Level> => {
  const nodes = membersOf(entries).online.map((node): [string, Level] => [`node/${node.toLowerCase()}`, { base: path`/nodes/${node}/firewall`, usual: true, logs: true }]);
  const guests = entries.flatMap(({ type, node, vmid, template }): [string, Level][] =>
    (type === "qemu" || type === "lxc") && node !== undefined && vmid !== undefined && template !== true
      ? [[`guest/${vmid}`, { base: path`/nodes/${node}/${type}/${vmid}/firewall`, usual: false }]]
      : [],
  );
  const cluster: [string, Level] = ["cluster", { base: "/cluster/firewall", usual: false }];
  return new Map([cluster, ...nodes, ...guests].slice(0, MOST_PLACES));
};

/** The end of a node's log, which is read from its beginning: how long it is comes with the first line. An empty log has the one line "no content". */
const endOf = async (ctx: Ctx, base: string): Promise<string[]> => {
  const { total = 0 } = await ctx.client.page(ctx, `${base}/log`, LogRows, { limit: 1 });
  const rows = await ctx.client.get(ctx, `${base}/log`, LogRows, { start: Math.max(0, total - MOST_LOGGED), limit: LOG_LINES });
  const lines = rows.flatMap(({ t }) => (t === undefined || t === "no content" ? [] : [t.slice(0, MOST_WORDS)]));
  return lines.slice(-MOST_LOGGED);
};

const isLogging = (level: string | undefined): boolean => level !== undefined && level !== "nolog";

const look = async (ctx: Ctx, { base, usual, logs }: Level): Promise<z.output<typeof Place> | undefined> => {
  const at = new Date(ctx.now()).toISOString();
  try {
    const [options, rules] = await Promise.all([ctx.client.get(ctx, `${base}/options`, Options), ctx.client.get(ctx, `${base}/rules`, Rules)]);
    const { enable, policy_in: policyIn, policy_out: policyOut, log_level_in: logIn, log_level_out: logOut } = options;
    const on = rules.filter((rule) => rule.enable === true).length;
    // A right that lacks for the log (Sys.Syslog) takes nothing from the rest.
    const log = logs && (isLogging(logIn) || isLogging(logOut)) ? await endOf(ctx, base).catch(() => undefined) : undefined;
    return compact({ enabled: enable ?? usual, policyIn, policyOut, rules: rules.length, rulesOn: on, logIn, logOut, log, at });
  } catch (thrown) {
    if (!(thrown instanceof JarvisError) || thrown.type !== "upstream_denied") return undefined;
    return { unknown: `unknown: ${thrown.message}`.slice(0, 500), at };
  }
};

/** A place that logs has its log's length and its end asked for, too. */
const callsFor = (last: z.output<typeof Place> | undefined): number => (isLogging(last?.logIn) || isLogging(last?.logOut) ? 2 * CALLS : CALLS);

const read = async (ctx: Ctx): Promise<z.output<typeof Firewall>> => {
  const places = placesOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries);
  const { told, tried } = keptBy(ctx.client);
  keepOnly(told, [...places.keys()]);
  keepOnly(tried, [...places.keys()]);
  // By who was tried longest ago, so that a place that does not answer keeps no other waiting.
  for (const id of inTurn([...places.keys()], (one) => tried.get(one), MOST_A_READING)) {
    const place = places.get(id);
    if (place === undefined || !laneOf(ctx.client).whole(ctx.now(), callsFor(told.get(id)), "firewall")) break;
    tried.set(id, ctx.now());
    const now = await look(ctx, place);
    if (now !== undefined) told.set(id, now);
  }
  return { places: Object.fromEntries([...told].sort(([a], [b]) => byText(a, b))) };
};

export const firewall: Monitor<Config, Client, typeof Firewall> = { title: "Firewall", every: "8m", deadline: "30s", state: Firewall, read };
