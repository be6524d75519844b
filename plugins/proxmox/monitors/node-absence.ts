// What is remembered of nodes that leave: since when each is away, and whether somebody ordered it to go. A reboot's own trace is its task `stopall`, which stands in the cluster's list until the node is gone.
import { JarvisError } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Ctx } from "../context.ts";
import { perClient } from "./turns.ts";

const MINUTE_MS = 60_000;
/** From `stopall` to the last vote: guests have three minutes each to shut down, several at a time. */
const GOES_WITHIN_MS = 15 * MINUTE_MS;
/** A server with much memory and many disks boots that long. */
const BACK_WITHIN_MS = 12 * MINUTE_MS;
/** While nobody opened, and once somebody did. */
const [KNOCK_AGAIN_MS, KNOCK_EVERY_MS] = [4000, MINUTE_MS];
const KNOCK_TIMEOUT_MS = 6000;
const MOST_KNOCKS = 8;
/** A shorter one is told by nobody; what lies a little before and after belongs to it. */
const [LEAST_AWAY_MS, AROUND_MS] = [15_000, 90_000];
const [MOST_ABSENCES, REMEMBERED_MS] = [20, 30 * MINUTE_MS];
const ORDERS = new Set(["stopall", "shutdown", "reboot"]);

interface Member {
  name: string;
  online: boolean;
  address: string | undefined;
}

export interface Absence {
  offlineSince?: string;
  leaving?: { at: string; by: string };
  overdue?: boolean;
  door?: "answers" | "closed";
}

interface Kept {
  readonly since: Map<string, number>;
  /** Those that are over, the oldest first. */
  readonly over: { name: string; from: number; to: number }[];
  readonly orders: Map<string, { at: number; by: string }>;
  readonly doors: Map<string, { at: number; door: Absence["door"] }>;
}
const keptBy = perClient((): Kept => ({ since: new Map(), over: [], orders: new Map(), doors: new Map() }));

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

/** Orders are read from the tasks as they were last listed; call it at every reading. */
export const absenceOf = async (ctx: Ctx, member: Member, house: House): Promise<Absence> => {
  const { client } = ctx;
  const kept = keptBy(client);
  const now = ctx.now();
  const { name } = member;
  for (const task of client.memory.tasks?.values() ?? []) if (task.node === name && ORDERS.has(task.type)) kept.orders.set(name, { at: task.startedAt, by: task.user });
  if (member.online) {
    const from = kept.since.get(name);
    if (from !== undefined) kept.over.push({ name, from, to: now });
    kept.over.splice(0, Math.max(0, kept.over.length - MOST_ABSENCES));
    kept.since.delete(name);
    kept.doors.delete(name);
    return {};
  }
  const since = kept.since.get(name) ?? now;
  kept.since.set(name, since);
  const order = kept.orders.get(name);
  const ordered = order !== undefined && since - order.at < GOES_WITHIN_MS ? order : undefined;
  const last = kept.doors.get(name);
  if (last === undefined || now - last.at >= (last.door === "answers" ? KNOCK_EVERY_MS : KNOCK_AGAIN_MS)) kept.doors.set(name, { at: now, door: await doorOf(ctx, member, house) });
  const door = kept.doors.get(name)?.door;
  return {
    offlineSince: iso(since),
    ...(ordered === undefined ? {} : { leaving: { at: iso(ordered.at), by: ordered.by }, overdue: now - since > BACK_WITHIN_MS }),
    ...(door === undefined ? {} : { door }),
  };
};
