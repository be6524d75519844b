// The tasks that may have to do with one guest's stop: its own, and those that take many guests along (a backup job, stopall), whose logs tell which.
import { z } from "jarvis";
import type { Caller, Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import { endedWell, type Task, TaskLog, Tasks } from "../shapes/task.ts";
import { type Asked, ask } from "./ask.ts";

const OWN = 50;
const NEAR = 50;
const LOGS = 3;
const LOG_LINES = 200;
const [LAST_LINES, LONGEST_LINE] = [5, 300];
const STARTS = /^(?:(?:qm|vz)(?:start|resume|reboot|migrate)|vzdump)$/;

/** `names`: it says in its log that it handled this guest. Times in epoch ms of the cluster. */
export const ProbedTask = z.object({
  upid: z.string(),
  node: z.string(),
  startedAt: z.number(),
  type: z.string(),
  id: z.string(),
  user: z.string(),
  endedAt: z.number().optional(),
  exit: z.string().optional(),
  names: z.boolean().optional(),
  /** The last lines of its log, of the newest start that failed. */
  log: z.array(z.string()).optional(),
});
export type ProbedTask = z.output<typeof ProbedTask>;

interface About {
  readonly node: string;
  readonly vmid: number;
  readonly sinceMs: number;
  /** Ends the waiting. */
  readonly late: Promise<never>;
}

const TAKES_MANY = /^(vzdump|stopall|suspendall|migrateall|bulk-(shutdown|suspend|migrate|stop))$/;

const handles = async (ctx: Caller, client: Client, task: Task, { vmid, late }: About): Promise<boolean> => {
  const log = await ask(client.get(ctx, path`/nodes/${task.node}/tasks/${task.upid}/log`, TaskLog, { limit: LOG_LINES }), late);
  // The log goes with the node that is rebooting, and everything on it is what this task takes along.
  if (log.value === undefined) return task.type === "stopall";
  const named = new RegExp(`\\b(?:VM|CT|guest) ${vmid}\\b`, "i");
  return log.value.some((line) => named.test(line.t ?? ""));
};

/** What a failed start says of itself before its last word, which is its exit. */
const lastWords = async (ctx: Caller, client: Client, task: Task): Promise<string[]> => {
  const log = await client.get(ctx, path`/nodes/${task.node}/tasks/${task.upid}/log`, TaskLog, { limit: LOG_LINES }).catch(() => []);
  return log.flatMap(({ t = "" }) => (t.trim() === "" || /^TASK ERROR/.test(t) ? [] : [t.slice(0, LONGEST_LINE)])).slice(-LAST_LINES);
};

const withLastWords = async (ctx: Caller, client: Client, tasks: readonly Task[], sinceMs: number): Promise<ProbedTask[]> => {
  const failed = tasks.filter((task) => STARTS.test(task.type) && task.exit !== undefined && !endedWell(task.exit) && (task.endedAt ?? 0) >= sinceMs);
  const [newest] = failed.sort((a, b) => b.startedAt - a.startedAt);
  if (newest === undefined) return [...tasks];
  const log = await lastWords(ctx, client, newest);
  return tasks.map((task) => (task.upid === newest.upid && log.length > 0 ? { ...task, log } : task));
};

/** Own tasks and the cluster's, once each. Where the own list cannot be read nobody's act can be ruled out: then only an order to the whole node, which the cluster lists, is told; else words. */
export const relatedTasks = async (ctx: Caller, client: Client, about: About): Promise<Asked<ProbedTask[]>> => {
  const { node, vmid, sinceMs, late } = about;
  const since = Math.floor(sinceMs / 1000);
  const [own, near, cluster] = await Promise.all([
    ask(client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { vmid, source: "all", limit: OWN }), late),
    ask(client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { source: "all", limit: NEAR, since }), late),
    ask(client.get(ctx, "/cluster/tasks", Tasks), late),
  ]);
  const all = new Map([...(cluster.value ?? []), ...(near.value ?? []), ...(own.value ?? [])].map((task) => [task.upid, task]));
  const mine = await withLastWords(
    ctx,
    client,
    [...all.values()].filter((task) => task.id === String(vmid)),
    sinceMs,
  );
  const many = [...all.values()]
    .filter((task) => TAKES_MANY.test(task.type) && task.id === "" && task.node === node && (task.endedAt ?? Number.POSITIVE_INFINITY) >= sinceMs)
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, LOGS);
  const named = await Promise.all(many.map(async (task) => ({ ...task, names: await handles(ctx, client, task, about) })));
  if (own.value === undefined && !named.some(({ type, names }) => names && type === "stopall")) return { words: own.words };
  return { value: [...mine, ...named.filter((task) => task.names)].sort((a, b) => b.startedAt - a.startedAt) };
};
