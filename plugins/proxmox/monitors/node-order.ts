// Who ordered a node to go: its task `stopall` and the like, from the tasks as last listed, or, once it is away and none was seen, asked of the nodes that stay: both the cluster's list and its log outlive the node. Refuses nothing; what cannot be read names nobody.
import { z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Ctx } from "../context.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import { parseUpid, type Task, Tasks, type Upid } from "../shapes/task.ts";
import { perClient } from "./turns.ts";

/** Epoch ms of the cluster's clock. */
export interface Order {
  readonly at: number;
  readonly by: string;
  /** When its task ended; absent: it ran when it was seen last, or only its beginning is known. */
  readonly endedAt?: number;
  /** `shutdown` or `reboot`, which nothing else means; or a stopall as a machine that goes down begins it, in root's name. */
  readonly own: boolean;
}

const ORDERS = new Set(["stopall", "shutdown", "reboot"]);
/** In whose name `pve-guests` stops the guests of a machine that goes down. A person's bulk shutdown is the same task, in theirs. */
export const MACHINE = "root@pam";
const MOST_LINES = 200;
/** For all that went together. */
const FRESH_MS = 5000;
/** That a node is gone is told without it then. */
const PATIENCE_MS = 3000;
/** The whole of what pvedaemon and pveproxy write; a note that only cites it is none. */
const STARTS = /^(?:<[^>]*> )?starting task (UPID:\S+)$/;

const Log = looseRows(z.object({ msg: looseText })).transform((rows) => rows.flatMap(({ msg = "" }) => parseUpid(STARTS.exec(msg)?.[1] ?? "") ?? []));

/** The newest for each node. */
export const ordersIn = (tasks: Iterable<Upid & Pick<Task, "endedAt">>): Map<string, Order> => {
  const orders = new Map<string, Order>();
  for (const { node, type, startedAt, user, endedAt } of tasks)
    if (ORDERS.has(type) && startedAt > (orders.get(node)?.at ?? Number.NEGATIVE_INFINITY))
      orders.set(node, { at: startedAt, by: user, own: type !== "stopall" || user === MACHINE, ...(endedAt === undefined ? {} : { endedAt }) });
  return orders;
};

/** From `stopall` to the last vote: guests have three minutes each to shut down, several at a time. */
const GOES_WITHIN_MS = 15 * 60_000;
/** From the end of its task to the last vote: its daemons end one after the other. Of an order that may have meant the guests alone it is gone sooner, or it was not meant. */
const [AFTER_END_MS, AFTER_OTHERS_END_MS] = [5 * 60_000, 2 * 60_000];

/** Whether a node that is away `since` went by this order. */
export const wentBy = ({ at, endedAt, own }: Order, since: number): boolean => {
  if (since - at >= GOES_WITHIN_MS) return false;
  return endedAt === undefined ? own : since - endedAt < (own ? AFTER_END_MS : AFTER_OTHERS_END_MS);
};

interface Asked {
  at: number;
  answer: Promise<Map<string, Order>> | undefined;
}
const askedBy = perClient((): Asked => ({ at: 0, answer: undefined }));

/** Needs Sys.Audit on / for the list and Sys.Syslog on / for the log: GET /cluster/tasks, GET /cluster/log. */
const ask = async (ctx: Ctx, client: Client): Promise<Map<string, Order>> => {
  const [listed, logged] = await Promise.all([client.get(ctx, "/cluster/tasks", Tasks).catch(() => []), client.get(ctx, "/cluster/log", Log, { max: MOST_LINES }).catch(() => [])]);
  return ordersIn([...listed, ...logged]);
};

/** Asked once for all nodes that are looked for at a time. */
export const askOrders = (ctx: Ctx): Promise<Map<string, Order>> => {
  const { client } = ctx;
  const asked = askedBy(client);
  const answer = asked.answer !== undefined && ctx.now() - asked.at <= FRESH_MS ? asked.answer : ask(ctx, client);
  if (answer !== asked.answer) Object.assign(asked, { at: ctx.now(), answer });
  return Promise.race([answer, ctx.pause(PATIENCE_MS).then(() => new Map<string, Order>())]);
};
