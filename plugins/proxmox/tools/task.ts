// proxmox_task_get and proxmox_task_log: one task's state, and what it printed. Reads only.
import { JarvisError, type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { endedWell, parseUpid, TaskLog, TaskStatus, type Upid } from "../shapes/task.ts";

const MOST_LINES = 500;
const Named = z.object({ upid: z.string().min(10).max(300).describe("The task's UPID, as a call answered it") });
const Window = Named.extend({
  start: z.number().int().min(0).optional().describe("First line wanted, from 0"),
  limit: z.number().int().min(1).max(MOST_LINES).optional().describe("How many lines, 100 unless said"),
});

const parsed = (upid: string): Upid => {
  const read = parseUpid(upid);
  if (!read) throw new JarvisError("bad_input", { message: "That is no UPID.", path: "upid" });
  return read;
};

/** One look at a task. `exit` only once it has ended. */
export const lookAtTask = async (ctx: Ctx, upid: string): Promise<{ running: boolean; exit: string | undefined }> => {
  const { node } = parsed(upid);
  const status = await ctx.client.get(ctx, path`/nodes/${node}/tasks/${upid}/status`, TaskStatus);
  return status.status === "running" ? { running: true, exit: undefined } : { running: false, exit: status.exitstatus ?? "unexpected status" };
};

export const taskGet: Tool<Config, Client, typeof Named> = {
  title: "Look at a task",
  about: "Tells whether a Proxmox task still runs and how it ended, by its UPID.",
  effect: "read",
  input: Named,
  output: z.object({
    upid: z.string(),
    node: z.string(),
    type: z.string(),
    id: z.string(),
    user: z.string(),
    startedAt: z.string(),
    status: z.enum(["running", "stopped"]),
    exit: z.string().optional(),
    ok: z.boolean().optional(),
  }),
  run: async (ctx, { upid }) => {
    const { node, type, id, user, startedAt } = parsed(upid);
    const { running, exit } = await lookAtTask(ctx, upid);
    const data = {
      upid,
      node,
      type,
      id,
      user,
      startedAt: new Date(startedAt).toISOString(),
      status: running ? ("running" as const) : ("stopped" as const),
      ...(exit === undefined ? {} : { exit, ok: endedWell(exit) }),
    };
    return { text: `${type}${id ? ` ${id}` : ""} on ${node} by ${user}: ${running ? "running" : exit}.`, data };
  },
};

export const taskLog: Tool<Config, Client, typeof Window> = {
  title: "Read a task's log",
  about: "Reads what a Proxmox task printed, by its UPID.",
  effect: "read",
  input: Window,
  output: z.object({ upid: z.string(), lines: z.array(z.string()), total: z.number().optional() }),
  run: async (ctx, { upid, start = 0, limit = 100 }) => {
    const { node } = parsed(upid);
    const { data, total } = await ctx.client.page(ctx, path`/nodes/${node}/tasks/${upid}/log`, TaskLog, { start, limit });
    const lines = data.map((line) => line.t ?? "").slice(0, limit);
    return { text: lines.join("\n").slice(0, 60_000) || "(the log is empty)", data: { upid, lines, ...(total === undefined ? {} : { total }) } };
  },
};
