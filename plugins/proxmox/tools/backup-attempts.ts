// How the last backup runs of a guest went, read from its node's vzdump tasks: a job's task is about many guests, and only its log tells of each. Reads only.
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { withCause } from "../shapes/backup.ts";
import { endedWell, type Task, TaskLog, Tasks } from "../shapes/task.ts";

const TASKS = 50;
const MOST_LOGS = 6;
const LOG_LINES = 5000;

export interface Attempt {
  readonly task: Task;
  readonly outcome: "running" | "ok" | "failed" | "broken off";
  /** Proxmox's own words for the failure. */
  readonly why: string | undefined;
  readonly storage: string | undefined;
}

/** What the log says about the guest; undefined: it was not part of that run. Pure. */
export const readLog = (lines: readonly string[], task: Task, vmid: number): Attempt | undefined => {
  const mine = task.id === String(vmid) || lines.some((line) => new RegExp(`Starting Backup of (?:VM|CT) ${vmid} `).test(line));
  if (!mine) return undefined;
  const storage = lines.map((line) => /--storage (\S+)/.exec(line)?.[1]).find((name) => name !== undefined);
  const told = (outcome: Attempt["outcome"], why?: string): Attempt => ({ task, outcome, why, storage });
  const failure = new RegExp(`^ERROR: Backup of (?:VM|CT) ${vmid} failed - (.*)$`);
  const at = lines.findIndex((line) => failure.test(line));
  if (at >= 0) return told("failed", withCause(failure.exec(lines[at] ?? "")?.[1] ?? "", lines.slice(0, at)).slice(0, 300));
  if (lines.some((line) => new RegExp(`Finished Backup of (?:VM|CT) ${vmid} `).test(line))) return told("ok");
  if (task.exit === undefined) return told("running");
  if (task.id === String(vmid) && endedWell(task.exit)) return told("ok");
  return told("broken off", task.exit);
};

/** The newest run that was about the guest; undefined: none among the node's last ones. */
export const lastAttempt = async (ctx: Ctx, node: string, vmid: number): Promise<Attempt | undefined> => {
  const tasks = await ctx.client.get(ctx, path`/nodes/${node}/tasks`, Tasks, { typefilter: "vzdump", source: "all", limit: TASKS });
  const near = tasks.filter((task) => task.type === "vzdump" && (task.id === String(vmid) || task.id === "")).sort((a, b) => b.startedAt - a.startedAt);
  for (const task of near.slice(0, MOST_LOGS)) {
    const log = await ctx.client.get(ctx, path`/nodes/${task.node}/tasks/${task.upid}/log`, TaskLog, { limit: LOG_LINES });
    const attempt = readLog(
      log.map((line) => line.t ?? ""),
      task,
      vmid,
    );
    if (attempt !== undefined) return attempt;
  }
  return undefined;
};

const NOT_AGAIN: readonly [words: RegExp, because: string][] = [
  [/No space left|not enough space|disk quota/i, "its storage has no room; free some first"],
  [/is locked|can't lock file/i, "the guest was locked; find out by what first (proxmox_guest_explain)"],
  [/interrupt|received interrupt/i, "somebody broke it off"],
  [/permission|not allowed|401|403/i, "a right was missing"],
  [/snapshot feature is not available|no such logical volume|does not exist/i, "it would fail the same way again"],
];

/** Why trying again now is no help (hazard 44); undefined: it may be. Pure. */
export const notAgain = ({ why, outcome }: Pick<Attempt, "why" | "outcome">): string | undefined => {
  if (outcome === "broken off" && why === undefined) return "why it ended is not known";
  return NOT_AGAIN.find(([words]) => words.test(why ?? ""))?.[1];
};
