// Who ordered a node to go: its task `stopall` and the like, from the tasks as last listed, or, once it is away and none was seen, asked of the nodes that stay: both the cluster's list and its log outlive the node. Refuses nothing; what cannot be read names nobody.
import { z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Ctx } from "../context.ts";
import { looseRows, looseText } from "../shapes/loose.ts";
import { parseUpid, Tasks, type Upid } from "../shapes/task.ts";
import { perClient } from "./turns.ts";

/** Epoch ms of the cluster's clock. */
export interface Order {
  readonly at: number;
  readonly by: string;
}

const ORDERS = new Set(["stopall", "shutdown", "reboot"]);
const MOST_LINES = 200;
/** For all that went together. */
const FRESH_MS = 5000;
/** That a node is gone is told without it then. */
const PATIENCE_MS = 3000;
/** The whole of what pvedaemon and pveproxy write; a note that only cites it is none. */
const STARTS = /^(?:<[^>]*> )?starting task (UPID:\S+)$/;

const Log = looseRows(z.object({ msg: looseText })).transform((rows) => rows.flatMap(({ msg = "" }) => parseUpid(STARTS.exec(msg)?.[1] ?? "") ?? []));

/** The newest for each node. */
export const ordersIn = (tasks: Iterable<Upid>): Map<string, Order> => {
  const orders = new Map<string, Order>();
  for (const { node, type, startedAt, user } of tasks)
    if (ORDERS.has(type) && startedAt > (orders.get(node)?.at ?? Number.NEGATIVE_INFINITY)) orders.set(node, { at: startedAt, by: user });
  return orders;
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
