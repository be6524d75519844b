// The channel proxmox/events: tasks that began or ended and guests whose state changed, seen between two readings. Decides what to tell; `tell` publishes it.
import { z } from "jarvis";
import type { Ctx } from "./context.ts";
import { endedWell, type Task } from "./shapes/task.ts";

/** More changes than this at once are a new picture, not events. */
const MOST_AT_ONCE = 200;

export const Event = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("task-started"), at: z.string(), upid: z.string(), node: z.string(), type: z.string(), resource: z.string().optional(), user: z.string() }),
  z.object({
    kind: z.literal("task-ended"),
    at: z.string(),
    upid: z.string(),
    node: z.string(),
    type: z.string(),
    resource: z.string().optional(),
    user: z.string(),
    ok: z.boolean(),
    exit: z.string(),
  }),
  z.object({ kind: z.literal("guest-status"), at: z.string(), resource: z.string(), name: z.string(), from: z.string(), to: z.string() }),
]);
export type Event = z.output<typeof Event>;

const iso = (ms: number): string => new Date(ms).toISOString();
const about = (task: Task) => ({ upid: task.upid, node: task.node, type: task.type, user: task.user, ...(/^\d+$/.test(task.id) ? { resource: `guest/${task.id}` } : {}) });

/** Nothing is told of the first reading: all of it is old. */
export const taskEvents = (before: ReadonlyMap<string, Task> | undefined, now: readonly Task[], nowMs: number): Event[] => {
  if (before === undefined) return [];
  return now.flatMap((task): Event[] => {
    const known = before.get(task.upid);
    const began: Event[] = known === undefined ? [{ kind: "task-started", at: iso(task.startedAt), ...about(task) }] : [];
    if (task.exit === undefined || known?.exit !== undefined) return began;
    return [...began, { kind: "task-ended", at: iso(task.endedAt ?? nowMs), ...about(task), ok: endedWell(task.exit), exit: task.exit }];
  });
};

export const guestEvents = (before: ReadonlyMap<string, string> | undefined, now: Readonly<Record<string, { name: string; status: string }>>, nowMs: number): Event[] => {
  if (before === undefined) return [];
  return Object.entries(now).flatMap(([vmid, guest]): Event[] => {
    const from = before.get(vmid);
    return from === undefined || from === guest.status ? [] : [{ kind: "guest-status", at: iso(nowMs), resource: `guest/${vmid}`, name: guest.name, from, to: guest.status }];
  });
};

export const tell = async (ctx: Pick<Ctx, "publish" | "log">, events: readonly Event[]): Promise<void> => {
  for (const event of events.slice(0, MOST_AT_ONCE)) {
    await ctx.publish("events", event).catch((error: unknown) => ctx.log("an event could not be published", { error: String(error) }));
  }
};
