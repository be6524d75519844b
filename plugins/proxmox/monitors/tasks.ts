// Monitor `tasks`: what runs and what lately ended anywhere in the cluster, from /cluster/tasks; tells the changes on proxmox/events.
import { byText, JarvisError, type Monitor, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { granting } from "../client/lacking.ts";
import { holds } from "../client/rights.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { taskEvents, tell } from "../events.ts";
import { compact } from "../shapes/compact.ts";
import { endedWell, type Task, Tasks } from "../shapes/task.ts";
import { ring } from "./task-bell.ts";

const MOST = 100;
/** How old the rights may be by which an empty list is judged. */
const YOUNG_MS = 5 * 60_000;

const TaskState = z.object({
  upid: z.string(),
  node: z.string(),
  type: z.string(),
  /** The guest's number where the task is about one. */
  vmid: z.number().int().optional(),
  user: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  status: z.enum(["running", "ok", "warning", "failed"]),
  exit: z.string().optional(),
});
const TaskList = z.object({ running: z.number().int(), tasks: z.array(TaskState) });
type TaskState = z.output<typeof TaskState>;

const statusOf = (task: Task): TaskState["status"] => {
  if (task.exit === undefined) return "running";
  if (task.exit === "OK") return "ok";
  return endedWell(task.exit) ? "warning" : "failed";
};

export const taskState = (task: Task): TaskState =>
  compact({
    upid: task.upid,
    node: task.node,
    type: task.type,
    vmid: /^\d+$/.test(task.id) ? Number(task.id) : undefined,
    user: task.user,
    startedAt: new Date(task.startedAt).toISOString(),
    endedAt: task.endedAt === undefined ? undefined : new Date(task.endedAt).toISOString(),
    status: statusOf(task),
    exit: task.exit,
  });

/** Running ones first, then the newest. */
const sorted = (tasks: readonly Task[]): Task[] =>
  [...tasks].sort((a, b) => Number(b.exit === undefined) - Number(a.exit === undefined) || b.startedAt - a.startedAt || byText(a.upid, b.upid));

/**
 * Without Sys.Audit on / a token is shown no task at all, not even its own, and a login only its own. A list that was not empty and is now is no quiet cluster
 * before the rights say so.
 */
const lackOf = async (ctx: Ctx, tasks: readonly Task[]): Promise<string | undefined> => {
  const { client } = ctx;
  const isToken = client.identity.read.includes("!");
  // A token that is shown anything has the right, whatever was read of it before.
  if (isToken && tasks.length > 0) {
    if (client.missing("nodes").length > 0) client.doubt();
    return undefined;
  }
  const emptied = tasks.length === 0 && (client.memory.tasks?.size ?? 1) > 0;
  const tree = await client.tree(ctx, "read", emptied ? 0 : YOUNG_MS).catch(() => undefined);
  return tree === undefined || holds(tree, "/", "Sys.Audit") ? undefined : "unknown: needs Sys.Audit on /, without which Proxmox lists no tasks but one's own";
};

const read = async (ctx: Ctx): Promise<z.output<typeof TaskList>> => {
  const tasks = sorted(await ctx.client.get(ctx, "/cluster/tasks", Tasks));
  const lack = await lackOf(ctx, tasks);
  if (lack !== undefined) {
    ctx.client.memory.tasks = undefined;
    const how = granting(ctx.client.identity.read, { role: "read", path: "/" }, "Sys.Audit");
    throw new JarvisError("upstream_denied", { message: `${lack}. What runs and what ended is not seen. ${how}`, data: { reason: "denied" } });
  }
  await tell(ctx, taskEvents(ctx.client.memory.tasks, tasks, ctx.now()));
  ctx.client.memory.tasks = new Map(tasks.map((task) => [task.upid, task]));
  ring(ctx.client);
  return { running: tasks.filter((task) => task.exit === undefined).length, tasks: tasks.slice(0, MOST).map(taskState) };
};

export const tasks: Monitor<Config, Client, typeof TaskList> = { title: "Tasks", every: "10s", watched: "2s", state: TaskList, read };
