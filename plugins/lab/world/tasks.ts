// Tasks as Proxmox VE runs them: a worker with a UPID, a log that grows, an exit text. A worker that throws ends with the error's text; a stopped one with `received interrupt`.
import { setMaxListeners } from "node:events";
import type { Clock } from "../clock.ts";
import { randomOf } from "../random.ts";
import { formatUpid } from "../upid.ts";
import type { ClusterLog } from "./cluster-log.ts";
import type { Journals } from "./journal.ts";

const MAX_TASKS = 5_000;
const MAX_LOG_LINES = 20_000;
const FIRST_PID = 1_200_000;
const JIFFIES_PER_MS = 0.1;
const VANISHED = Symbol("vanished");

export interface Task {
  upid: string;
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  /** Start in milliseconds of world time, finer than the UPID's. */
  startedAt: number;
  type: string;
  id: string;
  /** With `!token` where one was used. */
  user: string;
  log: string[];
  endtime?: number;
  exit?: string;
  done: Promise<string>;
  abort(): void;
  /** Its node died under it: no last line, `unexpected status`. */
  vanish(): void;
}

/** What a running worker may use. */
export interface Worker {
  readonly upid: string;
  log(line: string): void;
  sleep(ms: number): Promise<void>;
}

export interface TaskOrder {
  node: string;
  type: string;
  id: string;
  user: string;
  work(worker: Worker): Promise<void> | void;
  /** How the daemon's journal names it: `stop VM 101`. */
  words?: string;
  /** `WARNINGS: 1` instead of `OK`. */
  warnings?: number;
}

export interface PastTask {
  node: string;
  type: string;
  id: string;
  user: string;
  startedAt: number;
  durationMs: number;
  exit: string;
  log: string[];
}

export interface Tasks {
  start(order: TaskOrder): Task;
  /** Puts a task into the history that ran before the lab began. */
  past(task: PastTask): Task;
  find(upid: string): Task | undefined;
  /** Newest first. */
  all(): Task[];
}

export interface TaskSurroundings {
  clock: Clock;
  seed: number;
  bootedAt(node: string): number;
  daemonPid(node: string): number;
  journals: Journals;
  log: ClusterLog;
}

const closing = (exit: string): string => (exit === "OK" ? "TASK OK" : exit.startsWith("WARNINGS:") ? `TASK ${exit}` : `TASK ERROR: ${exit}`);

export function createTasks({ clock, seed, bootedAt, daemonPid, journals, log }: TaskSurroundings): Tasks {
  const tasks = new Map<string, Task>();
  const random = randomOf(seed, "task-pids");
  let pid = FIRST_PID + random.whole(0, 90_000);

  function keep(task: Task): Task {
    tasks.set(task.upid, task);
    if (tasks.size > MAX_TASKS) {
      for (const old of tasks.values()) {
        if (old.exit === undefined) continue;
        tasks.delete(old.upid);
        break;
      }
    }
    return task;
  }

  function name(node: string, type: string, id: string, user: string, startedAt: number) {
    pid += random.whole(1, 40);
    const pstart = Math.max(0, Math.floor((startedAt - bootedAt(node)) * JIFFIES_PER_MS));
    const starttime = Math.floor(startedAt / 1000);
    return { pid, pstart, starttime, upid: formatUpid({ node, pid, pstart, starttime, type, id, user }) };
  }

  function announce(task: Pick<Task, "node" | "user" | "upid" | "pid">, msg: string, words?: string): void {
    const daemon = daemonPid(task.node);
    journals.add(task.node, `pvedaemon[${daemon}]: <${task.user}> ${msg}`);
    if (words) journals.add(task.node, `pvedaemon[${task.pid}]: ${words}: ${task.upid}`);
    log.add({ time: Math.floor(clock.now() / 1000), node: task.node, pid: daemon, user: task.user, msg });
  }

  async function run(task: Task, order: TaskOrder, signal: AbortSignal): Promise<string> {
    const worker: Worker = {
      upid: task.upid,
      log: (line) => void (task.log.length < MAX_LOG_LINES && task.log.push(line)),
      sleep: (ms) => clock.sleep(ms, signal),
    };
    let exit = order.warnings ? `WARNINGS: ${order.warnings}` : "OK";
    try {
      await worker.sleep(random.between(20, 120));
      await order.work(worker);
    } catch (error) {
      exit =
        signal.reason === VANISHED
          ? "unexpected status"
          : signal.aborted
            ? "received interrupt"
            : error instanceof Error
              ? error.message.trim().replaceAll("\n", " ")
              : String(error);
    }
    if (signal.reason !== VANISHED) task.log.push(closing(exit));
    task.endtime = Math.floor(clock.now() / 1000);
    task.exit = exit;
    if (signal.reason === VANISHED) return exit;
    if (exit !== "OK" && !exit.startsWith("WARNINGS:")) journals.add(task.node, `pvedaemon[${task.pid}]: ${exit}`);
    announce(task, `end task ${task.upid} ${exit}`);
    return exit;
  }

  return {
    start(order) {
      const startedAt = clock.now();
      const named = name(order.node, order.type, order.id, order.user, startedAt);
      const stop = new AbortController();
      setMaxListeners(0, stop.signal);
      const task: Task = {
        ...named,
        node: order.node,
        type: order.type,
        id: order.id,
        user: order.user,
        startedAt,
        log: [],
        done: Promise.resolve(""),
        abort: () => stop.abort(),
        vanish: () => stop.abort(VANISHED),
      };
      announce(task, `starting task ${task.upid}`, order.words);
      task.done = run(task, order, stop.signal);
      return keep(task);
    },
    past({ startedAt, durationMs, exit, log: lines, ...about }) {
      const named = name(about.node, about.type, about.id, about.user, startedAt);
      const endtime = Math.floor((startedAt + durationMs) / 1000);
      return keep({ ...named, ...about, startedAt, log: [...lines, closing(exit)], endtime, exit, done: Promise.resolve(exit), abort: () => undefined, vanish: () => undefined });
    },
    find: (upid) => tasks.get(upid),
    all: () => [...tasks.values()].sort((a, b) => b.startedAt - a.startedAt),
  };
}
