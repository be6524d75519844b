// Evidence for an act whose reply was lost (reliability F6): the node's complete task list since the noted time tells whether it was done, by us, once.
import type { Sent, Trace } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { type Task, Tasks } from "../shapes/task.ts";
import { type GuestInput, locateInput } from "./locate.ts";

const PAGE = 500;
const MOST_PAGES = 5;
/** The UPID's seconds are cut off, and a proxy hop may carry a clock a little behind. */
const BEFORE_MS = 2000;

interface About {
  /** What the task is about, as its UPID says: a vmid, a service, or nothing. */
  readonly id: string;
  readonly types: readonly string[];
  /** Our act token's full id. */
  readonly user: string;
  readonly sinceMs: number;
  /** Tasks of other calls of ours. */
  readonly others: readonly string[];
}

const MOST_NAMED = 20;

/** Decides by a list that is complete. */
export const judge = (tasks: readonly Task[], about: About): Trace => {
  const alike = tasks.filter((task) => task.id === about.id && about.types.includes(task.type) && !about.others.includes(task.upid) && task.startedAt >= about.sinceMs - BEFORE_MS);
  const own = alike.filter((task) => task.user === about.user);
  const [first, second] = own;
  if (second !== undefined)
    return {
      found: "unclear",
      words: `${own.length} tasks of ours fit (${own.map((task) => task.upid).join(", ")}); I cannot tell which answers this call.`.slice(0, 1000),
      upids: own.slice(0, MOST_NAMED).map((task) => task.upid),
    };
  if (first !== undefined) return { found: "effect", words: `The node ran it: ${first.upid}.`, upid: first.upid };
  const [other] = alike;
  if (other !== undefined) return { found: "superseded", words: `${other.user} did the same (${other.upid}); ours was not carried out.` };
  return { found: "absence", words: `The node's task list since ${new Date(about.sinceMs).toISOString()} is complete and has no such task.` };
};

const listAll = async (ctx: Ctx, node: string, vmid: number | undefined, sinceMs: number): Promise<Task[] | undefined> => {
  const since = Math.floor((sinceMs - BEFORE_MS) / 1000);
  const found = new Map<string, Task>();
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const rows = await ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { vmid, source: "all", since, start: page * PAGE, limit: PAGE });
    for (const task of rows) found.set(task.upid, task);
    if (rows.length < PAGE) return [...found.values()];
  }
  return undefined;
};

const UNDATED: Trace = { found: "unclear", words: "The cluster's time at sending is not on record, so its task list proves nothing." };

type Wanted = Pick<About, "id" | "types"> & { readonly sinceMs: number | undefined; readonly vmid?: number };

/** What those nodes' task lists say about our call, when all of them can be read whole. */
export const traceOnNodes = async (ctx: Ctx, nodes: readonly string[], sent: Sent, { vmid, sinceMs, ...about }: Wanted): Promise<Trace> => {
  const user = ctx.client.identity.act;
  if (user === undefined || sinceMs === undefined) return UNDATED;
  const lists = await Promise.all(nodes.map((node) => ask(listAll(ctx, node, vmid, sinceMs))));
  const tasks = lists.flatMap((list) => list.value ?? []);
  const why = lists.find((list) => list.words)?.words;
  if (lists.some((list) => list.value === undefined))
    return { found: "unclear", words: `The task list of ${nodes.join(" or ")} could not be read whole${why ? `: ${why}` : "."}`.slice(0, 1000) };
  return judge(tasks, { ...about, user, sinceMs, others: sent.others ?? [] });
};

export const traceOf = async (ctx: Ctx, input: GuestInput, sent: Sent, types: readonly string[]): Promise<Trace> => {
  const place = await locateInput(ctx, input);
  const sinceMs = sent.serverTimeMs ?? ctx.client.memory.sent.get(place.vmid);
  const before = /^node\/(.+)$/.exec(sent.preflight?.parent ?? "")?.[1];
  const nodes = before === undefined || before === place.node.toLowerCase() ? [place.node] : [place.node, before];
  return traceOnNodes(ctx, nodes, sent, { id: String(place.vmid), vmid: place.vmid, types, sinceMs });
};
