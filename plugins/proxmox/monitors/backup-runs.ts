// Which guest's last backup run failed and why, from the tasks the cluster lists and, once for each failed one, its log. Kept across restarts until a later backup of the guest is good.
import { byText, JarvisError, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { failureKind, runWordsOf, wasStopped } from "../shapes/backup.ts";
import { endedWell, type Task, TaskLog } from "../shapes/task.ts";
import { Failure } from "./backup-state.ts";
import { keepPart, keptPart } from "./kept.ts";
import { perClient } from "./turns.ts";

const [MOST_LINES, MOST_FAILURES, MOST_SEEN, MOST_LOGS] = [5000, 2000, 3000, 2];

/** By vmid; `0` is a run that failed as a whole. */
const Failures = z.record(z.string(), Failure);

/** `tried`: runs whose log was asked for. */
type Book = { failures: Map<string, Failure> | undefined; seen: Set<string>; tried: Set<string> };
const bookOf = perClient((): Book => ({ failures: undefined, seen: new Set(), tried: new Set() }));

const iso = (ms: number): string => new Date(ms).toISOString();

const failuresOf = async (ctx: Ctx, task: Task): Promise<{ failed: Map<string, Failure>; finished: ReadonlySet<number> }> => {
  const lines = await ctx.client.get({ ...ctx, cause: "suspicion" }, path`/nodes/${task.node}/tasks/${task.upid}/log`, TaskLog, { limit: MOST_LINES });
  const { storage, failed, finished, whole } = runWordsOf(lines);
  const about = { upid: task.upid, node: task.node, startedAt: iso(task.startedAt), endedAt: iso(task.endedAt ?? task.startedAt), ...(storage === undefined ? {} : { storage }) };
  const tell = (words: string): Failure => ({ ...about, kind: failureKind(words), words: words.slice(0, 400) });
  const own = ownerOf(task);
  const told = [...failed].map(([vmid, words]) => [String(vmid), tell(words)] as const);
  return { failed: new Map(told.length > 0 ? told : [[own, tell(whole ?? task.exit ?? "it gave no reason")]]), finished };
};

const ended = (task: Task): boolean => task.type === "vzdump" && task.exit !== undefined;
const after = (ms: number, failure: Failure | undefined): boolean => failure === undefined || ms >= Date.parse(failure.startedAt);

/** A later run that went well takes the failure away; of a run of many guests only the log or the backups themselves tell. */
const forgive = (failures: Map<string, Failure>, vmid: string, startedAt: number): void => {
  const failure = failures.get(vmid);
  if (failure !== undefined && startedAt > Date.parse(failure.startedAt)) failures.delete(vmid);
};

const isFailure = ({ exit = "" }: Task): boolean => !endedWell(exit) && !wasStopped(exit);
const ownerOf = ({ id }: Task): string => (/^\d+$/.test(id) ? id : "0");

/** Whether a run failed whose log nobody asked for yet, or one went well of a guest whose last is told as failed. */
export const hasNews = ({ client }: Pick<Ctx, "client">): boolean => {
  const { failures, seen, tried } = bookOf(client);
  if (failures === undefined) return false;
  const isNews = (task: Task): boolean => (isFailure(task) ? !tried.has(task.upid) : endedWell(task.exit ?? "") && failures.has(ownerOf(task)));
  return [...(client.memory.tasks?.values() ?? [])].some((task) => ended(task) && !seen.has(task.upid) && isNews(task));
};

/** How many logs may be asked for; told of each. */
interface Logs {
  readonly most: number;
  asked(): void;
}

/** `lastGood`: epoch ms of each guest's newest backup. */
export const readFailures = async (
  ctx: Ctx,
  lastGood: ReadonlyMap<number, number>,
  may: Logs = { most: MOST_LOGS, asked: () => undefined },
): Promise<ReadonlyMap<string, Failure>> => {
  const book = bookOf(ctx.client);
  book.failures ??= new Map(Object.entries((await keptPart(ctx, "backupFailures", Failures)) ?? {}));
  const { failures, seen, tried } = book;
  const before = JSON.stringify([...failures]);
  const fresh = [...(ctx.client.memory.tasks?.values() ?? [])].filter((task) => ended(task) && !seen.has(task.upid)).sort((a, b) => a.startedAt - b.startedAt);
  let logs = 0;
  for (const task of fresh) {
    if (isFailure(task)) {
      logs += 1;
      if (logs > may.most) break;
      may.asked();
      tried.add(task.upid);
      try {
        const { failed, finished } = await failuresOf(ctx, task);
        for (const [vmid, failure] of failed) if (after(task.startedAt, failures.get(vmid))) failures.set(vmid, failure);
        for (const vmid of finished) forgive(failures, String(vmid), task.startedAt);
      } catch (thrown) {
        // A log that is gone says nothing any more; one that could not be read now is read next time.
        if (!(thrown instanceof JarvisError) || thrown.type !== "not_found") break;
      }
    } else if (endedWell(task.exit ?? "")) forgive(failures, ownerOf(task), task.startedAt);
    seen.add(task.upid);
  }
  for (const [vmid, at] of lastGood) forgive(failures, String(vmid), at);
  const oldest = [...failures].sort(([, a], [, b]) => byText(a.endedAt, b.endedAt)).slice(0, Math.max(0, failures.size - MOST_FAILURES));
  for (const [vmid] of oldest) failures.delete(vmid);
  for (const known of [seen, tried]) for (const upid of [...known].slice(0, Math.max(0, known.size - MOST_SEEN))) known.delete(upid);
  if (JSON.stringify([...failures]) !== before) await keepPart(ctx, "backupFailures", Object.fromEntries(failures));
  return failures;
};
