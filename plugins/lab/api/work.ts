// A call that starts work: the task, its UPID as the answer, and the entry in the book of changes.
import type { Call } from "../front/route.ts";
import type { Guest } from "../world/state.ts";
import type { Task, Worker } from "../world/tasks.ts";

interface Work {
  node: string;
  type: string;
  id: string;
  /** `guest/101`, `node/pve`, `storage/nas`. */
  target: string;
  words?: string;
  work(worker: Worker): Promise<void> | void;
}

/** Notes a change that was made at once. */
export function noteChange(call: Call, target: string): void {
  call.world.effects.add({ user: call.who, method: call.method, path: call.url, target });
}

export function noteTask(call: Call, target: string, task: Pick<Task, "upid" | "done">): void {
  const effect = call.world.effects.add({ user: call.who, method: call.method, path: call.url, target, upid: task.upid });
  void task.done.then((exit) => {
    effect.exit = exit;
  });
}

export function begin(call: Call, { target, ...work }: Work): string {
  const task = call.world.tasks.start({ ...work, user: call.who });
  noteTask(call, target, task);
  return task.upid;
}

/** A guest's work: `qmclone` and `vzclone` by its kind. */
export const beginOnGuest = (call: Call, guest: Guest, what: string, work: Work["work"], words?: string): string =>
  begin(call, {
    node: guest.node,
    type: `${guest.kind === "qemu" ? "qm" : "vz"}${what}`,
    id: String(guest.vmid),
    target: `guest/${guest.vmid}`,
    ...(words ? { words } : {}),
    work,
  });
