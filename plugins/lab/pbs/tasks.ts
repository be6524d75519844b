// Worker tasks of the backup server, with UPIDs of its own form. A worker that throws ends with the error's text; a hung one runs until it is healed or aborted.
import type { Clock } from "../clock.ts";
import { randomOf } from "../random.ts";

const MAX_TASKS = 1_000;
const MAX_LOG_LINES = 2_000;

export interface PbsTask {
  upid: string;
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  worker_type: string;
  worker_id: string;
  user: string;
  log: string[];
  endtime?: number;
  exit?: string;
  done: Promise<string>;
  abort(): void;
}

export interface PbsWorker {
  log(line: string): void;
  sleep(ms: number): Promise<void>;
}

export interface PbsOrder {
  type: string;
  id: string;
  user: string;
  work(worker: PbsWorker): Promise<void> | void;
}

export interface PbsTasks {
  start(order: PbsOrder): PbsTask;
  past(about: { type: string; id: string; startedAt: number; durationMs: number; exit: string; log: string[] }): PbsTask;
  find(upid: string): PbsTask | undefined;
  /** Newest first. */
  all(): PbsTask[];
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
/** `main:ct/102` is written `main\x3act-102` between colons. */
const escaped = (id: string): string => id.replaceAll(":", "\\x3a").replaceAll("/", "-");

export function createPbsTasks(clock: Clock, seed: number, node: string): PbsTasks {
  const tasks: PbsTask[] = [];
  const random = randomOf(seed, "pbs-tasks");
  let serial = 0;
  const keep = (task: PbsTask): PbsTask => {
    tasks.push(task);
    if (tasks.length > MAX_TASKS) tasks.shift();
    return task;
  };
  const name = (type: string, id: string, user: string, startedAt: number) => {
    serial += 1;
    const [pid, pstart, starttime] = [random.whole(600, 900), random.whole(10_000, 9_000_000), Math.floor(startedAt / 1000)];
    return {
      node,
      pid,
      pstart,
      starttime,
      worker_type: type,
      worker_id: id,
      user,
      upid: `UPID:${node}:${hex(pid)}:${hex(pstart)}:${hex(serial)}:${hex(starttime)}:${type}:${escaped(id)}:${user}:`,
    };
  };
  async function run(task: PbsTask, order: PbsOrder, signal: AbortSignal): Promise<string> {
    let exit = "OK";
    const stamp = (): string => new Date(clock.now()).toISOString().slice(0, 19);
    const log = (line: string): void => void (task.log.length < MAX_LOG_LINES && task.log.push(`${stamp()}+00:00: ${line}`));
    try {
      await order.work({ log, sleep: (ms) => clock.sleep(ms, signal) });
    } catch (error) {
      exit = signal.aborted ? "task aborted" : error instanceof Error ? error.message : String(error);
    }
    log(exit === "OK" ? "TASK OK" : `TASK ERROR: ${exit}`);
    task.endtime = Math.floor(clock.now() / 1000);
    task.exit = exit;
    return exit;
  }
  return {
    start(order) {
      const stop = new AbortController();
      const task: PbsTask = { ...name(order.type, order.id, order.user, clock.now()), log: [], done: Promise.resolve(""), abort: () => stop.abort() };
      task.done = run(task, order, stop.signal);
      return keep(task);
    },
    past: ({ type, id, startedAt, durationMs, exit, log }) =>
      keep({
        ...name(type, id, "root@pam", startedAt),
        log: [...log, exit === "OK" ? "TASK OK" : `TASK ERROR: ${exit}`],
        endtime: Math.floor((startedAt + durationMs) / 1000),
        exit,
        done: Promise.resolve(exit),
        abort: () => undefined,
      }),
    find: (upid) => tasks.find((task) => task.upid === upid),
    all: () => [...tasks].sort((a, b) => b.starttime - a.starttime),
  };
}
