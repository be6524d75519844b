// What is remembered of nodes that leave: since when each is away, and whether somebody ordered it to go. A reboot's own trace is its task `stopall`, which stands in the cluster's list until the node is gone.
import { JarvisError } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Ctx } from "../context.ts";
import type { Entry } from "../shapes/resources.ts";
import { askOrders, type Order, ordersIn, wentBy } from "./node-order.ts";
import { createWatchdogs, type Watchdogs } from "./node-watchdog.ts";
import { perClient } from "./turns.ts";

const MINUTE_MS = 60_000;
/** A server with much memory and many disks boots that long. */
const BACK_WITHIN_MS = 12 * MINUTE_MS;
/** After its watchdog reset it, it only boots. */
const RESET_WITHIN_MS = 5 * MINUTE_MS;
/** While nobody opened, and once somebody did. */
const [KNOCK_AGAIN_MS, KNOCK_EVERY_MS] = [4000, MINUTE_MS];
const KNOCK_TIMEOUT_MS = 6000;
const MOST_KNOCKS = 8;
/** A shorter one is told by nobody; what lies a little before and after belongs to it. */
const [LEAST_AWAY_MS, AROUND_MS] = [15_000, 90_000];
const [MOST_ABSENCES, REMEMBERED_MS] = [20, 30 * MINUTE_MS];
/** Readings in which an order is asked for that was not seen: a node may go between two lists of tasks. */
const MOST_ASKED = 3;

interface Member {
  name: string;
  online: boolean;
  address: string | undefined;
}

export interface Absence {
  offlineSince?: string;
  leaving?: { at: string; by: string };
  /** Its watchdog reset it, and when quorum came back without it. */
  reset?: { at: string };
  overdue?: boolean;
  door?: "answers" | "closed";
}

interface Kept {
  readonly since: Map<string, number>;
  /** Those that are over, the oldest first. */
  readonly over: { name: string; from: number; to: number }[];
  readonly orders: Map<string, Order>;
  /** How often an order was asked for since the node was seen there; of one that was away from the start nothing is asked. */
  readonly asked: Map<string, number>;
  readonly doors: Map<string, { at: number; door: Absence["door"] }>;
  /** When quorum came back without it, once that is why it is away. */
  readonly resets: Map<string, number>;
  readonly watchdogs: Watchdogs;
}
const keptBy = perClient((): Kept => ({ since: new Map(), over: [], orders: new Map(), asked: new Map(), doors: new Map(), resets: new Map(), watchdogs: createWatchdogs() }));

const iso = (ms: number): string => new Date(ms).toISOString();

/** Whether anything at all listens there: any answer is one, and so is a certificate we do not trust. */
const knock = (ctx: Pick<Ctx, "config" | "fetch">, origin: string): Promise<"answers" | "closed"> => {
  const fingerprint = ctx.config.fingerprints?.[ctx.config.endpoints.indexOf(origin)] ?? ctx.config.fingerprints?.[0];
  return ctx.fetch(`${origin}/`, { timeoutMs: KNOCK_TIMEOUT_MS, ...(fingerprint === undefined ? {} : { tls: { fingerprint } }) }).then(
    () => "answers" as const,
    (thrown: unknown) => (thrown instanceof JarvisError && thrown.type === "upstream_tls" ? ("answers" as const) : ("closed" as const)),
  );
};

interface House {
  readonly nodes: number;
  /** Members as they see one another. */
  readonly online: number;
  readonly quorate: boolean;
}

/** The node's own endpoint where the owner's list names it; else, when there is one for each node, all of them answer and so does this node's, or no more than the members do and this node's does not. */
const doorOf = async (ctx: Ctx, { name, address }: Member, { nodes, online }: House): Promise<Absence["door"]> => {
  const origins = ctx.config.endpoints;
  const own = origins.find((origin) => [address, name.toLowerCase()].includes(new URL(origin).hostname));
  if (own !== undefined) return knock(ctx, own);
  if (origins.length < nodes || origins.length > MOST_KNOCKS) return undefined;
  const doors = await Promise.all(origins.map((origin) => knock(ctx, origin)));
  const answering = doors.filter((door) => door === "answers").length;
  if (answering === doors.length) return "answers";
  return answering <= online ? "closed" : undefined;
};

/** Whether a node was no member at a time (epoch ms of ours), as far as it is remembered. */
export const wasAway = (client: Client, nowMs: number): ((name: string, at: number) => boolean) => {
  const kept = keptBy(client);
  const going = [...kept.since].map(([name, from]) => ({ name, from, to: nowMs }));
  const told = [...kept.over, ...going].filter(({ from, to }) => to - from >= LEAST_AWAY_MS && to > nowMs - REMEMBERED_MS);
  return (name, at) => told.some((one) => one.name === name && at >= one.from - AROUND_MS && at <= one.to + AROUND_MS);
};

const take = (kept: Kept, orders: ReadonlyMap<string, Order>): void => {
  for (const [name, order] of orders) {
    const known = kept.orders.get(name);
    // The log tells the beginning alone.
    if (order.at >= (known?.at ?? 0)) kept.orders.set(name, { ...(order.at === known?.at ? known : {}), ...order });
  }
};

/** The order it went by. One that it has followed already, and come back, explains nothing more. */
const orderOf = ({ orders, over }: Kept, name: string, since: number): Order | undefined => {
  const order = orders.get(name);
  if (order === undefined || !wentBy(order, since)) return undefined;
  return over.some((one) => one.name === name && one.to - one.from >= LEAST_AWAY_MS && one.from > order.at) ? undefined : order;
};

const asksAgain = (kept: Kept, name: string): boolean => {
  const asked = kept.asked.get(name) ?? MOST_ASKED;
  kept.asked.set(name, asked + 1);
  return asked < MOST_ASKED;
};

const isBack = (kept: Kept, name: string, now: number): void => {
  const from = kept.since.get(name);
  if (from !== undefined) kept.over.push({ name, from, to: now });
  kept.over.splice(0, Math.max(0, kept.over.length - MOST_ABSENCES));
  for (const map of [kept.since, kept.doors, kept.resets]) map.delete(name);
  kept.asked.set(name, 0);
};

/** Remembered for the absence: HA soon has its services elsewhere, and nobody on it would be armed any more. */
const resetOf = (kept: Kept, name: string, since: number, entries: readonly Entry[]): number | undefined => {
  const known = kept.resets.get(name) ?? kept.watchdogs.resetAt(name, since, entries);
  if (known !== undefined) kept.resets.set(name, known);
  return known;
};

/** An order to go, or its watchdog; and whether it should be back by now. */
const whyAway = (order: Order | undefined, resetAt: number | undefined, { since, now }: { since: number; now: number }): Absence => {
  if (order !== undefined) return { leaving: { at: iso(order.at), by: order.by }, overdue: now - since > BACK_WITHIN_MS };
  return resetAt === undefined ? {} : { reset: { at: iso(resetAt) }, overdue: now - resetAt > RESET_WITHIN_MS };
};

/** Orders are read from the tasks as they were last listed, and asked for when the node is away without one; call it at every reading. */
export const absenceOf = async (ctx: Ctx, member: Member, house: House): Promise<Absence> => {
  const { client } = ctx;
  const kept = keptBy(client);
  const now = ctx.now();
  const { name } = member;
  kept.watchdogs.see(house.quorate, now);
  take(kept, ordersIn([...(client.memory.tasks?.values() ?? [])].filter(({ node }) => node === name)));
  if (member.online) {
    isBack(kept, name, now);
    return {};
  }
  const since = kept.since.get(name) ?? now;
  kept.since.set(name, since);
  if (orderOf(kept, name, since) === undefined && asksAgain(kept, name)) take(kept, await askOrders(ctx));
  const ordered = orderOf(kept, name, since);
  const last = kept.doors.get(name);
  if (last === undefined || now - last.at >= (last.door === "answers" ? KNOCK_EVERY_MS : KNOCK_AGAIN_MS)) kept.doors.set(name, { at: now, door: await doorOf(ctx, member, house) });
  const door = kept.doors.get(name)?.door;
  return {
    offlineSince: iso(since),
    ...whyAway(ordered, ordered === undefined ? resetOf(kept, name, since, client.memory.latest()?.entries ?? []) : undefined, { since, now }),
    ...(door === undefined ? {} : { door }),
  };
};
