// Monitor `corosync`: one node's journal in turn, since it was last read: flapping cluster links, retransmits, throttled processors, the UPS. Without the right to read journals that is unknown, not well.
import { JarvisError, type Monitor, z } from "jarvis";
import { linkAlerts } from "../alerts/cluster-links.ts";
import { bodyAlerts } from "../alerts/node-body.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { parseJournal } from "../probe/journal.ts";
import { compact } from "../shapes/compact.ts";
import { looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { Words, wordsOf } from "../shapes/words.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
const MINUTE_MS = 60_000;
/** A journal is read back so far at most. */
const LONGEST_MS = 15 * MINUTE_MS;
const NUMBERS_MS = 60 * MINUTE_MS;
const BUSY = new Set(["vzdump", "qmigrate", "vzmigrate", "imgcopy", "qmmove", "qmclone"]);

const Heard = z.object({
  name: z.string(),
  at: z.string(),
  words: Words,
  busy: z.boolean(),
  ups: z.object({ state: z.enum(["battery", "line"]), at: z.string(), line: z.string() }).optional(),
});
type Heard = z.output<typeof Heard>;
const State = z.object({ numbers: z.record(z.string(), z.string()), nodes: z.record(z.string(), Heard), unknown: z.record(z.string(), z.string()) });

const Members = looseRows(z.object({ type: z.string(), name: looseText, nodeid: looseNumber }));
const Journal = z.array(z.unknown());

interface Kept {
  readonly read: Map<string, number>;
  readonly heard: Map<string, Heard>;
  readonly unknown: Map<string, string>;
  numbers: Record<string, string>;
  numbersAt: number;
}
const keptBy = perClient((): Kept => ({ read: new Map(), heard: new Map(), unknown: new Map(), numbers: {}, numbersAt: 0 }));

const numbersOf = async (ctx: Ctx): Promise<Record<string, string>> => {
  const rows = await ctx.client.get(ctx, "/cluster/status", Members);
  return Object.fromEntries(rows.flatMap(({ type, name, nodeid }) => (type === "node" && name !== undefined && nodeid !== undefined ? [[String(nodeid), name]] : [])));
};

const listen = async (ctx: Ctx, name: string, sinceMs: number, before: Heard | undefined): Promise<Heard> => {
  const nowMs = ctx.client.serverTime(ctx);
  const entries = await ctx.client.get(ctx, path`/nodes/${name}/journal`, Journal, { since: Math.floor(sinceMs / 1000) });
  const words = wordsOf(parseJournal(entries, { node: name, sinceMs, nowMs }));
  const busy = [...(ctx.client.memory.tasks?.values() ?? [])].some((task) => BUSY.has(task.type) && (task.exit === undefined || (task.endedAt ?? 0) > sinceMs));
  const at = new Date(ctx.now()).toISOString();
  // A UPS says it once: its last word stands until it says another.
  const ups = words.ups === undefined ? before?.ups : { state: words.ups, at, line: words.lines.findLast((line) => /ups/i.test(line)) ?? "" };
  return compact({ name, at, words, busy, ups });
};

const read = async (ctx: Ctx): Promise<z.output<typeof State>> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const kept = keptBy(ctx.client);
  const { all, online } = membersOf(entries);
  for (const one of [kept.read, kept.heard, kept.unknown]) keepOnly(one, all);
  const [due] = inTurn(online, (name) => kept.read.get(name), 1);
  if (due !== undefined) {
    const from = Math.max(kept.read.get(due) ?? 0, ctx.now() - LONGEST_MS) + (ctx.client.serverTime(ctx) - ctx.now());
    const now = ctx.now();
    try {
      kept.heard.set(due, await listen(ctx, due, from, kept.heard.get(due)));
      kept.unknown.delete(due);
    } catch (thrown) {
      if (!(thrown instanceof JarvisError)) throw thrown;
      kept.unknown.set(due, thrown.message.slice(0, 300));
    }
    kept.read.set(due, now);
  }
  // Corosync speaks of nodes by number: who they are is asked only when it does.
  const numbered = [...kept.heard.values()].some(({ words }) => Object.keys(words.downs).length > 0);
  if (numbered && ctx.now() - kept.numbersAt > NUMBERS_MS) Object.assign(kept, { numbers: await numbersOf(ctx), numbersAt: ctx.now() });
  const sorted = [...kept.heard.values()].sort((a, b) => a.name.localeCompare(b.name));
  return { numbers: kept.numbers, nodes: Object.fromEntries(sorted.map((one) => [one.name, one])), unknown: Object.fromEntries(kept.unknown) };
};

export const corosync: Monitor<Config, Client, typeof State> = {
  title: "What the nodes' journals say",
  every: "2m",
  deadline: "30s",
  state: State,
  read,
  alerts: (now, { open }) => [...linkAlerts(Object.values(now.nodes), now.numbers, open), ...bodyAlerts(Object.values(now.nodes), open)],
};
