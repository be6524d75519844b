// Finds a node by its name and reads the facts that the policy decides by before a node is touched. What cannot be learned is null, which refuses; nothing is changed.
import { JarvisError, type Preflight, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { ClusterRows, type Membership, membershipOf } from "../shapes/cluster.ts";
import { type Task, Tasks } from "../shapes/task.ts";

const MOST_BUSY = 50;
const PAGE = 500;

export const nodeInput = { node: z.string().min(1).max(100).describe("The node's name, such as pve") };
export type NodeInput = { node: string };

const bare = (wanted: string): string => wanted.toLowerCase().replace(/^node\//, "");

/** From the input alone; the preflight's own wins. */
export const nodeTarget = ({ node }: NodeInput): string => `node/${bare(node)}`;

export type Member = Membership["nodes"][number];

/** Throws not_found with the names there are. */
export const memberOf = ({ nodes }: Membership, wanted: string): Member => {
  const found = nodes.find((node) => node.name === wanted) ?? nodes.find((node) => node.name.toLowerCase() === bare(wanted));
  if (found === undefined) throw new JarvisError("not_found", { message: `There is no node ${wanted} in this cluster (${nodes.map((node) => node.name).join(", ")}).` });
  return found;
};

export const membershipNow = async (ctx: Ctx): Promise<Membership> => membershipOf(await ctx.client.get(ctx, "/cluster/status", ClusterRows));

/** Running ones; undefined with words when they cannot be listed. */
export const runningOn = (ctx: Ctx, node: string) =>
  ask<Task[]>(ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { source: "active", limit: PAGE }).then((tasks) => tasks.filter((task) => task.exit === undefined)));

const CONSOLES = /^(?:vncproxy|vncshell|termproxy|spiceproxy|spiceshell)$/;

/** Somebody looks; nothing of theirs would be lost. */
export const isConsole = ({ type }: Pick<Task, "type">): boolean => CONSOLES.test(type);

/** Work that would be cut off. A console is none. A list that cannot be read could hide some. */
export const busyOf = ({ value, words }: Awaited<ReturnType<typeof runningOn>>): NonNullable<Preflight["busy"]> =>
  value === undefined
    ? [{ what: `unreadable task list (${words})`.slice(0, 100), id: "unknown" }]
    : value
        .filter((task) => !isConsole(task))
        .slice(0, MOST_BUSY)
        .map((task) => ({ what: `${task.type}${task.id === "" ? "" : ` ${task.id}`}`.slice(0, 100), id: task.upid }));

export interface NodeLook {
  readonly preflight: Preflight;
  readonly membership: Membership;
  readonly member: Member;
}

export const lookAtNode = async (ctx: Ctx, { node }: NodeInput): Promise<NodeLook> => {
  const membership = await membershipNow(ctx);
  const member = memberOf(membership, node);
  const preflight: Preflight = {
    target: `node/${member.name.toLowerCase()}`,
    name: member.name.slice(0, 200),
    identity: `node:${member.name}${member.address === undefined ? "" : `@${member.address}`}`.slice(0, 200),
    status: member.online ? "online" : "offline",
    busy: [],
    quorate: membership.quorate,
    facts: { node: member.name },
    serverTimeMs: ctx.client.serverTime(ctx),
  };
  return { preflight, membership, member };
};
