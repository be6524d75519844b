// Keeps what shows how it was before anything is touched: state, configuration (secrets left out), the last tasks with their logs, the journal. Reads only.
import { z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { Current, GuestConfig, redacted } from "../shapes/guest.ts";
import { TaskLog, Tasks } from "../shapes/task.ts";
import { locate } from "../tools/locate.ts";
import { ask } from "./ask.ts";

const MINUTE_MS = 60_000;
const TASKS = 3;
const LOG_LINES = 200;
const JOURNAL_LINES = 400;

const pretty = (value: unknown): string => JSON.stringify(value, undefined, 2);

const taskLogs = async (ctx: Ctx, node: string, vmid: number): Promise<string> => {
  const tasks = await ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { vmid, source: "all", limit: TASKS });
  const logs = await Promise.all(
    tasks.slice(0, TASKS).map(async (task) => {
      const log = await ask(ctx.client.get(ctx, path`/nodes/${task.node}/tasks/${task.upid}/log`, TaskLog, { limit: LOG_LINES }));
      const lines = log.value?.map((line) => line.t ?? "") ?? [`(${log.words})`];
      return [`${task.upid} ${task.exit ?? "running"}`, ...lines.map((line) => `  ${line}`)].join("\n");
    }),
  );
  return logs.join("\n\n") || "(no task is on record)";
};

const journalLines = async (ctx: Ctx, node: string): Promise<string> => {
  const since = Math.floor((ctx.client.serverTime(ctx) - 10 * MINUTE_MS) / 1000);
  const lines = await ctx.client.get(ctx, path`/nodes/${node}/journal`, z.array(z.unknown()), { since });
  return lines
    .filter((line) => typeof line === "string" && !/^s=[0-9a-f]+;i=/.test(line))
    .slice(-JOURNAL_LINES)
    .join("\n");
};

export const scene = async (ctx: Ctx, { resource }: { resource: string }): Promise<Record<string, string>> => {
  const [, id] = /^guest\/(\d+)$/.exec(resource) ?? [];
  if (id === undefined) return {};
  const vmid = Number(id);
  const place = await locate(ctx, vmid);
  const base = path`/nodes/${place.node}/${place.sort}/${vmid}`;
  const [current, config, tasks, journal] = await Promise.all([
    ask(ctx.client.get(ctx, `${base}/status/current`, Current).then(pretty)),
    ask(ctx.client.get(ctx, `${base}/config`, GuestConfig).then((read) => pretty(redacted(read)))),
    ask(taskLogs(ctx, place.node, vmid)),
    ask(journalLines(ctx, place.node)),
  ]);
  const text = (asked: { value?: string | undefined; words?: string | undefined }): string => asked.value ?? `(could not be read: ${asked.words})`;
  return { status: text(current), config: text(config), "task log": text(tasks), journal: text(journal) };
};
