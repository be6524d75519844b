// proxmox_task_cancel: ends a running task that leaves things whole when it is cut off. Refuses all others: half a move, clone, restore, rollback or replication is worse than a slow one (hazard 46). Another's task is a person's act, which stops Jarvis unasked.
import { JarvisError, type Preflight, type Tool, type Trace, type Verdict, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { endedWell, parseUpid, type Upid } from "../shapes/task.ts";
import { refused } from "./guest-task.ts";
import { membershipNow } from "./node-look.ts";
import { lookAtTask } from "./task.ts";

const Input = z.object({ upid: z.string().min(10).max(300).describe("The task's UPID") });
type Input = z.output<typeof Input>;

/** Waiting, copying out or listing: what they were about stays as it was. */
const MAY_END = /^(?:vzdump|(?:qm|vz)(?:shutdown|reboot)|startall|stopall|download|aptupdate|vncproxy|vncshell|termproxy|spiceproxy|spiceshell)$/;

const parsed = (upid: string): Upid => {
  const read = parseUpid(upid);
  if (read === undefined) throw new JarvisError("bad_input", { message: "That is no UPID.", path: "upid" });
  return read;
};

/** `task/pve/6543abcd/0000abcd`: the node, the second it began, its process. */
const targetOf = ({ upid }: Input): string | undefined => {
  const [, node, process, , started] = /^UPID:([^:]+):([^:]+):([^:]+):([^:]+):/.exec(upid) ?? [];
  return node === undefined ? undefined : `task/${node}/${started}/${process}`.toLowerCase();
};

const preflight = async (ctx: Ctx, { upid }: Input): Promise<Preflight> => {
  const task = parsed(upid);
  const { running, exit } = await lookAtTask(ctx, upid);
  const what = `${task.type}${task.id === "" ? "" : ` ${task.id}`} on ${task.node}`;
  const mine = ctx.client.identity.own.includes(task.user);
  const facts: Preflight = {
    target: targetOf({ upid }) ?? "task/unknown",
    name: what.slice(0, 200),
    identity: upid.slice(0, 200),
    parent: `node/${task.node.toLowerCase()}`,
    status: running ? "running" : "stopped",
    quorate: (await membershipNow(ctx)).quorate,
    ...(/^\d+$/.test(task.id) ? { carries: [`guest/${task.id}`] } : {}),
    ...(mine ? {} : { lastHumanAct: { at: new Date(ctx.now()).toISOString(), words: `${task.user} runs ${what}`.slice(0, 300), stop: false } }),
    serverTimeMs: ctx.client.serverTime(ctx),
  };
  if (!running) return { ...facts, already: `${what} has ended already (${exit ?? "?"})`.slice(0, 200) };
  if (!MAY_END.test(task.type))
    throw refused(`${what} must not be cut off: what it works on could be left half done. Wait for it; if it hangs, look at its log (proxmox_task_log) and at ${task.node} first.`);
  return facts;
};

const state = async (ctx: Ctx, upid: string): Promise<Verdict> => {
  const { running, exit } = await lookAtTask(ctx, upid);
  return { ok: !running, words: running ? "The task still runs." : `The task has ended: ${exit}.`.slice(0, 1000) };
};

/** A task that ended well was faster than we were. */
const trace = async (ctx: Ctx, upid: string): Promise<Trace> => {
  const { running, exit } = await lookAtTask(ctx, upid);
  if (running) return { found: "absence", words: "The task still runs." };
  if (endedWell(exit)) return { found: "superseded", words: `The task came to its own end: ${exit}.`.slice(0, 1000) };
  return { found: "effect", words: `The task was cut off: ${exit}.`.slice(0, 1000) };
};

export const taskCancel: Tool<Config, Client, typeof Input> = {
  title: "Cancel a task",
  about:
    "Ends a running Proxmox task by its UPID: a backup, a shutdown that waits in vain, a download, a console. Jarvis by itself ends only its own. Never moves, clones, restores, rollbacks or replications.",
  effect: "disruptive",
  input: Input,
  output: z.object({ upid: z.string(), node: z.string(), type: z.string() }),
  target: targetOf,
  preflight,
  run: async (ctx, { upid }) => {
    const { node, type, id } = parsed(upid);
    await ctx.client.write(ctx, { method: "DELETE", path: path`/nodes/${node}/tasks/${upid}`, answer: z.unknown() });
    return { text: `Asked ${node} to end ${type}${id === "" ? "" : ` ${id}`}.`, data: { upid, node, type } };
  },
  verify: (ctx, { upid }) => state(ctx, upid),
  trace: (ctx, { upid }) => trace(ctx, upid),
  verifySeconds: 120,
};
