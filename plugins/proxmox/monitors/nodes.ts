// Monitor `nodes`: each machine's own answer, in turn: io wait, load, swap, root file system, kernel, and how much waits (9.x) when it is busy. A node that does not answer is told apart from one that is gone.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import { nodeAlerts } from "../alerts/node.ts";
import { isNotWaiting } from "../alerts/tell.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { Machine, newestPressure, Samples } from "../shapes/machine.ts";
import type { Pressure } from "../shapes/pressure.ts";
import { answered, failed, isBusy, NodeState, resourceOf } from "./node-state.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
/** Nodes a reading, and with those under suspicion. */
const [MOST, MOST_SUSPECT] = [2, 8];
/** A living node answers in a second; pveproxy itself gives another node up after thirty. */
const PATIENCE_MS = 15_000;

/** `waiting`: members that were not looked at yet in this run. */
const Nodes = z.object({ nodes: z.record(z.string(), NodeState), waiting: z.array(z.string()) });
type Nodes = z.output<typeof Nodes>;

const keptBy = perClient(() => new Map<string, NodeState>());

const pressureAt = (ctx: Ctx, name: string): Promise<Pressure | undefined> =>
  ctx.client
    .get(ctx, path`/nodes/${name}/rrddata`, Samples, { timeframe: "hour", cf: "AVERAGE" })
    .then(newestPressure)
    .catch(() => undefined);

const one = async (ctx: Ctx, name: string, before: NodeState | undefined): Promise<{ state: NodeState; thrown?: unknown }> => {
  const at = (): string => new Date(ctx.now()).toISOString();
  try {
    const late = ctx.pause(PATIENCE_MS).then((): never => {
      throw new JarvisError("upstream_timeout", { message: `${name} took the call and did not answer within ${PATIENCE_MS / 1000} s.` });
    });
    const machine = await Promise.race([ctx.client.get(ctx, path`/nodes/${name}/status`, Machine), late]);
    return { state: answered(name, machine, at(), isBusy(machine) ? await pressureAt(ctx, name) : undefined) };
  } catch (thrown) {
    return { state: failed(name, thrown, at(), before), thrown };
  }
};

/** Throws when nobody answered: then it is the way there that is broken, not the nodes. */
const read = async (ctx: Ctx): Promise<Nodes> => {
  const { entries } = await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal);
  const { all, online } = membersOf(entries);
  const kept = keptBy(ctx.client);
  keepOnly(kept, all);
  const suspects = online.filter((name) => (kept.get(name)?.misses ?? 0) > 0).slice(0, MOST_SUSPECT);
  const due = inTurn(online, (name) => Date.parse(kept.get(name)?.at ?? ""), MOST + suspects.length, new Set(suspects));
  const results = await Promise.all(due.map((name) => one(ctx, name, kept.get(name))));
  const broken = results.find(({ thrown }) => thrown !== undefined);
  if (broken && results.every(({ state }) => state.reach !== "answers") && due.length > suspects.length) throw broken.thrown;
  for (const { state } of results) kept.set(state.name, state);
  // A node that is gone tells nothing of itself; the cluster's monitor tells of it.
  const told = online.flatMap((name) => kept.get(name) ?? []);
  return { nodes: Object.fromEntries(told.sort((a, b) => byText(a.name, b.name)).map((state) => [state.name, state])), waiting: online.filter((name) => !kept.has(name)) };
};

export const nodes: Monitor<Config, Client, typeof Nodes> = {
  title: "Nodes",
  every: "60s",
  deadline: "30s",
  state: Nodes,
  read,
  resources: (now) => Object.values(now.nodes).map(resourceOf),
  alerts: (now, { open }) => nodeAlerts(Object.values(now.nodes), open),
  knows: (now, alert) => isNotWaiting(now.waiting, alert),
};
