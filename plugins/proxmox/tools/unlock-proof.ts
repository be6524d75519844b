// Proof that nobody holds a guest's lock any more: no task anywhere works on it, and none that could own it began or ended lately (hazard 25). A list that cannot be read is no proof.
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { ClusterRows, membershipOf } from "../shapes/cluster.ts";
import { type Task, Tasks } from "../shapes/task.ts";
import type { Place } from "./locate.ts";

const PAGE = 500;
const MOST_PAGES = 5;

/** Locks whose task leaves the guest whole when it dies. Of the others the disks or the memory may be half moved: a person's work. */
export const CAN_UNLOCK = new Set(["backup", "snapshot", "snapshot-delete"]);

const isAbout = (task: Task, vmid: number): boolean => task.id === String(vmid) || (task.id === "" && /^(?:vzdump|startall|stopall|migrateall|suspendall|bulk-)/.test(task.type));

/** Why the lock may still have an owner; undefined: there is none. Pure. */
export const ownerOf = (tasks: readonly Task[], about: { vmid: number; lock: string; sinceMs: number }): string | undefined => {
  const near = tasks.filter((task) => isAbout(task, about.vmid));
  const live = near.find((task) => task.exit === undefined);
  if (live !== undefined) return `${live.type} still runs on ${live.node} (${live.upid})`;
  const young = near.find((task) => Math.max(task.startedAt, task.endedAt ?? 0) >= about.sinceMs);
  return young === undefined ? undefined : `${young.type} on ${young.node} is too young: it ended ${young.exit ?? "?"} within the time asked for (${young.upid})`;
};

/** Running tasks and those since then, of one node, whole; words when that cannot be had. */
const listOf = async (ctx: Ctx, node: string, sinceMs: number): Promise<Task[] | string> => {
  const found = new Map<string, Task>();
  for (const source of ["active", "archive"] as const) {
    for (let page = 0; ; page += 1) {
      if (page >= MOST_PAGES) return `the task list of ${node} is longer than can be read`;
      // A task that began before and ended since is in the archive by its start: so `since` would hide it.
      const { value, words } = await ask(ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { source, start: page * PAGE, limit: PAGE }));
      if (value === undefined) return `the task list of ${node} could not be read (${words})`;
      for (const task of value) found.set(task.upid, task);
      const oldest = value.at(-1);
      if (value.length < PAGE || (source === "archive" && oldest !== undefined && oldest.startedAt < sinceMs - LONGEST_MS)) break;
    }
  }
  return [...found.values()];
};

/** No task that holds a lock runs longer than this. */
const LONGEST_MS = 48 * 3_600_000;

/** Answers why it must not be unlocked, or undefined: every node was asked, and nobody holds it. */
export const stillOwned = async (ctx: Ctx, place: Place, lock: string, sinceMs: number): Promise<string | undefined> => {
  const { nodes } = membershipOf(await ctx.client.get(ctx, "/cluster/status", ClusterRows));
  const away = nodes.filter((node) => !node.online);
  if (away.length > 0) return `node ${away.map((node) => node.name).join(", ")} is offline, and a task there cannot be ruled out`;
  const lists = await Promise.all(nodes.map((node) => listOf(ctx, node.name, sinceMs)));
  const unread = lists.find((list) => typeof list === "string");
  if (typeof unread === "string") return unread;
  return ownerOf(
    lists.flatMap((list) => (typeof list === "string" ? [] : list)),
    { vmid: place.vmid, lock, sinceMs },
  );
};
