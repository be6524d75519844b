// What is being done to a guest now and what a person did to it lately, by the tasks that were read. Pure; a list that is old or that does not show other people's tasks says `unknown`, never "nothing".
import { endedWell, type Task } from "../../shapes/task.ts";

/** Takes many guests along under one task without a guest's number. */
const OF_MANY = /^(?:vzdump|stopall|startall|suspendall|migrateall|bulk-\w+)$/;
const STARTS = /^(?:qm|vz)start$/;
const STOPS = /^(?:(?:qm|vz)(?:stop|shutdown|suspend|pause|destroy)|hastop)$/;
const TAKES_DOWN = /^(?:stopall|suspendall|migrateall|bulk-(?:shutdown|stop|suspend|migrate))$/;

type Tasks = ReadonlyMap<string, Task>;

/** A list of tasks as guests ask for it: made once for each list that is read, since a large cluster has ten thousand guests to ask. */
interface Index {
  readonly byGuest: ReadonlyMap<string, readonly Task[]>;
  readonly ofMany: ReadonlyMap<string, readonly Task[]>;
}
const indexes = new WeakMap<Tasks, Index>();

/** A task's id begins with the number of its guest: `101`, `101:disk`. */
const guestOf = (task: Task): string => /^\d+/.exec(task.id)?.[0] ?? "";
const isOfMany = (task: Task): boolean => task.id === "" && OF_MANY.test(task.type);

const indexOf = (tasks: Tasks): Index => {
  const known = indexes.get(tasks);
  if (known) return known;
  const all = [...tasks.values()];
  const made = { byGuest: Map.groupBy(all, guestOf), ofMany: Map.groupBy(all.filter(isOfMany), ({ node }) => node) };
  indexes.set(tasks, made);
  return made;
};

export interface Work {
  /** Type of the task that works on the guest or may do so; `unknown` when the tasks are not known. */
  readonly now: string | undefined;
  /** When a backup of it (or of many on its node) ended last; epoch ms of the cluster's clock. */
  readonly backupEndedAt: number | undefined;
  /** The last stop asked for it alone. */
  readonly stop: Task | undefined;
  /** The last start of it, when that failed. */
  readonly failedStart: Task | undefined;
  /** Everything on the node is being started or stopped. */
  readonly sweeping: boolean;
  /** The last order that took everything on the node down. */
  readonly sweep: Task | undefined;
}

const newest = (tasks: readonly Task[]): Task | undefined => [...tasks].sort((a, b) => b.startedAt - a.startedAt)[0];

/** `tasks`: a list that nobody changes any more; undefined when they are not known. */
export const workOn = (tasks: Tasks | undefined, { vmid, node }: { vmid: number; node: string }): Work => {
  if (tasks === undefined) return { now: "unknown", backupEndedAt: undefined, stop: undefined, failedStart: undefined, sweeping: false, sweep: undefined };
  const index = indexOf(tasks);
  const own = index.byGuest.get(`${vmid}`) ?? [];
  const many = index.ofMany.get(node) ?? [];
  const live = newest([...own, ...many].filter((task) => task.exit === undefined && task.type !== "vncproxy" && task.type !== "vncshell"));
  const ended = [...own, ...many].flatMap((task) => (task.type === "vzdump" && task.endedAt !== undefined ? [task.endedAt] : []));
  // The stops inside a sweep are the node's own way down, nobody's wish for this guest.
  const sweeps = many.filter((task) => TAKES_DOWN.test(task.type));
  const within = (task: Task): boolean => sweeps.some((sweep) => task.startedAt >= sweep.startedAt && task.startedAt <= (sweep.endedAt ?? Number.POSITIVE_INFINITY));
  const start = newest(own.filter((task) => STARTS.test(task.type)));
  return {
    now: live?.type,
    backupEndedAt: ended.length === 0 ? undefined : Math.max(...ended),
    stop: newest(own.filter((task) => STOPS.test(task.type) && !within(task))),
    failedStart: start?.exit === undefined || endedWell(start.exit) ? undefined : start,
    sweeping: many.some((task) => task.exit === undefined && task.type !== "vzdump"),
    sweep: newest(sweeps),
  };
};

/** Two readings. */
const SEEN_LATE_MS = 20_000;

/** It went down with its node's guests: ordered before it was first seen stopped, and at work until then. `stoppedAt`: by the cluster's clock. */
export const isSwept = ({ sweep }: Pick<Work, "sweep">, stoppedAt: number | undefined): boolean =>
  sweep !== undefined && stoppedAt !== undefined && sweep.startedAt <= stoppedAt && stoppedAt <= (sweep.endedAt ?? Number.POSITIVE_INFINITY) + SEEN_LATE_MS;
