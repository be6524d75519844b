// Monitor `corosync`: one node's journal in turn, since it was last read: flapping cluster links, retransmits, throttled processors, the UPS, names and an internet that fail. Without the right to read journals that is unknown, not well.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import { linkAlerts } from "../alerts/cluster-links.ts";
import { NAMES_SERVICE, outsideAlerts } from "../alerts/cluster-outside.ts";
import { bodyAlerts } from "../alerts/node-body.ts";
import { isLookedAt, isOneNodes } from "../alerts/tell.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { parseJournal } from "../probe/journal.ts";
import { compact } from "../shapes/compact.ts";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { type Event, eventsOf, upsOf, Words, wordsOf } from "../shapes/words.ts";
import { wasAway } from "./node-absence.ts";
import { Resolver, resolverOf, resolvesSince, statusOf } from "./resolver.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
const MINUTE_MS = 60_000;
/** A journal is read back so far at most. */
const LONGEST_MS = 15 * MINUTE_MS;
/** What is counted, however often it is read; and the end of it, which keeps what is told. */
const [WINDOW_MS, LAST_MS] = [10 * MINUTE_MS, 4 * MINUTE_MS];
const NUMBERS_MS = 60 * MINUTE_MS;
const MOST_EVENTS = 400;
const BUSY = new Set(["vzdump", "qmigrate", "vzmigrate", "imgcopy", "qmmove", "qmclone"]);

const Heard = z.object({
  name: z.string(),
  at: z.string(),
  words: Words,
  fresh: Words,
  busy: z.boolean(),
  ups: z.object({ state: z.enum(["battery", "line"]), at: z.string(), line: z.string() }).optional(),
});
type Heard = z.output<typeof Heard>;
const State = z.object({
  cluster: z.string().optional(),
  numbers: z.record(z.string(), z.string()),
  nodes: z.record(z.string(), Heard),
  unknown: z.record(z.string(), z.string()),
  /** Members that were not heard yet in this run. */
  waiting: z.array(z.string()),
  resolver: Resolver.optional(),
});
type State = z.output<typeof State>;

const Members = looseRows(z.object({ type: z.string(), name: looseText, nodeid: looseNumber }));
const Journal = z.array(z.unknown());

/** Times are of the node's clock. */
interface Read {
  /** Ours. */
  readonly at: number;
  readonly nowMs: number;
  readonly events: readonly Event[];
  readonly busy: boolean;
  readonly ups: Heard["ups"];
}
interface Kept {
  readonly tried: Map<string, number>;
  readonly read: Map<string, Read>;
  readonly unknown: Map<string, string>;
  cluster: string | undefined;
  numbers: Record<string, string>;
  numbersAt: number;
}
const keptBy = perClient((): Kept => ({ tried: new Map(), read: new Map(), unknown: new Map(), cluster: undefined, numbers: {}, numbersAt: 0 }));

const learnNumbers = async (ctx: Ctx, kept: Kept): Promise<void> => {
  const rows = await ctx.client.get(ctx, "/cluster/status", Members);
  kept.cluster = rows.find(({ type }) => type === "cluster")?.name;
  kept.numbers = Object.fromEntries(rows.flatMap(({ type, name, nodeid }) => (type === "node" && name !== undefined && nodeid !== undefined ? [[String(nodeid), name]] : [])));
  kept.numbersAt = ctx.now();
};

const listen = async (ctx: Ctx, name: string, before: Read | undefined): Promise<Read> => {
  const nowMs = ctx.client.serverTime(ctx);
  const sinceMs = Math.max(before?.nowMs ?? 0, nowMs - LONGEST_MS);
  const entries = await ctx.client.get(ctx, path`/nodes/${name}/journal`, Journal, { since: Math.floor(sinceMs / 1000) });
  // Whole seconds are asked for: what was counted before is not counted again.
  const anew = eventsOf(parseJournal(entries, { node: name, sinceMs, nowMs }), nowMs).filter(({ at }) => before === undefined || at > before.nowMs - 1000);
  const known = (before?.events ?? []).filter((event) => event.at > nowMs - WINDOW_MS);
  const fresh = anew.filter((event) => !known.some(({ at, line }) => at === event.at && line === event.line));
  const busy = [...(ctx.client.memory.tasks?.values() ?? [])].some((task) => BUSY.has(task.type) && (task.exit === undefined || (task.endedAt ?? 0) > nowMs - WINDOW_MS));
  const said = upsOf(anew);
  // A UPS says it once: its last word stands until it says another.
  const ups = said === undefined ? before?.ups : { ...said, at: new Date(ctx.now()).toISOString() };
  return { at: ctx.now(), nowMs, events: [...known, ...fresh].slice(-MOST_EVENTS), busy, ups };
};

interface Around {
  readonly numbers: Kept["numbers"];
  readonly resolvesSince: number;
}

/** A node that was away is told as that: its links went with it, and seen from there all others' did. So is a resolver that was down, and the names with it. */
const heardOf = (ctx: Ctx, name: string, { at, nowMs, events, busy, ups }: Read, around: Around): Heard => {
  const skewMs = nowMs - at;
  const away = wasAway(ctx.client, ctx.now());
  const isToldElsewhere = ({ at: then, kind, about = "" }: Event): boolean => {
    if (kind === "unresolved") return then - skewMs < around.resolvesSince;
    return kind === "down" && (away(name, then - skewMs) || away(around.numbers[about] ?? "", then - skewMs));
  };
  const told = events.filter((event) => !isToldElsewhere(event));
  const since = (ms: number) => wordsOf(told.filter((event) => event.at > nowMs - ms));
  return compact({ name, at: new Date(at).toISOString(), words: since(WINDOW_MS), fresh: since(LAST_MS), busy, ups });
};

const read = async (ctx: Ctx): Promise<State> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const kept = keptBy(ctx.client);
  const { all, online } = membersOf(entries);
  for (const one of [kept.tried, kept.read, kept.unknown]) keepOnly(one, all);
  const [due] = inTurn(online, (name) => kept.tried.get(name), 1);
  if (due !== undefined) {
    try {
      kept.read.set(due, await listen(ctx, due, kept.read.get(due)));
      kept.unknown.delete(due);
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) throw thrown;
      kept.unknown.set(due, thrown.message.slice(0, 300));
    }
    kept.tried.set(due, ctx.now());
  }
  // Corosync speaks of nodes by number: who they are is asked only when somebody has something to tell.
  const isTold = [...kept.read.values()].some(({ events }) => events.some(({ kind }) => kind === "down" || kind === "unreached"));
  if (isTold && ctx.now() - kept.numbersAt > NUMBERS_MS) await learnNumbers(ctx, kept);
  const resolver = resolverOf(ctx.client, entries);
  const around = { numbers: kept.numbers, resolvesSince: resolvesSince(ctx.client, resolver) };
  const heard = [...kept.read].map(([name, one]) => heardOf(ctx, name, one, around)).sort((a, b) => byText(a.name, b.name));
  return compact({
    cluster: kept.cluster,
    numbers: kept.numbers,
    nodes: Object.fromEntries(heard.map((one) => [one.name, one])),
    unknown: Object.fromEntries(kept.unknown),
    waiting: online.filter((name) => !kept.tried.has(name)),
    resolver,
  });
};

export const corosync: Monitor<Config, Client, typeof State> = {
  title: "What the nodes' journals say",
  every: "2m",
  deadline: "30s",
  state: State,
  read,
  resources: ({ resolver }) =>
    resolver?.guest === undefined ? [] : [{ id: NAMES_SERVICE, kind: "service", name: "Name resolution", status: statusOf(resolver), needs: [`guest/${resolver.guest.vmid}`] }],
  // What is no single node's is known when all were heard: the first one need not have had anything to say.
  knows: (now, alert) => Object.keys(now.nodes).length > 0 && (isOneNodes(alert) ? isLookedAt(now.nodes, alert) : now.waiting.length === 0),
  alerts: (now, { open }) => {
    const heard = Object.values(now.nodes);
    return [...linkAlerts(heard, now.numbers, open), ...bodyAlerts(heard, open), ...outsideAlerts(heard, now, open)];
  },
};
