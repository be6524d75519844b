// /nodes/N/tasks: the archive with its filters, one task's state and log, and stopping it.
import { badParameters, forbidden } from "../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, TEXT, textOf, VMID } from "../front/parameters.ts";
import { answer, type Call, get, type Route, remove } from "../front/route.ts";
import { parseUpid } from "../upid.ts";
import { ownerOf, tokenNameOf } from "../world/accounts.ts";
import type { World } from "../world/state.ts";
import type { Task } from "../world/tasks.ts";

const LIST_LIMIT = 50;
const LOG_LIMIT = 50;

export function splitUser(user: string): { user: string; tokenid?: string } {
  const token = tokenNameOf(user);
  return { user: ownerOf(user), ...(token ? { tokenid: token } : {}) };
}

/** A user sees the tasks of his tokens too; a token sees only its own. */
const owns = (who: string, task: Task): boolean => task.user === who || (!who.includes("!") && ownerOf(task.user) === who);
const audits = (world: World, who: string, node: string): boolean => world.accounts.may(who, `/nodes/${node}`, "Sys.Audit");

function statusKind(exit: string): "ok" | "warning" | "error" {
  if (exit === "OK") return "ok";
  return exit.startsWith("WARNINGS:") ? "warning" : "error";
}

function keepers(call: Call): (task: Task) => boolean {
  const { parameters, world, who, path } = call;
  const all = audits(world, who, path.node ?? "");
  const source = textOf(parameters, "source") ?? "archive";
  const [since, until, vmid] = [numberOf(parameters, "since"), numberOf(parameters, "until"), numberOf(parameters, "vmid")];
  const [type, user, states] = [textOf(parameters, "typefilter"), textOf(parameters, "userfilter"), textOf(parameters, "statusfilter")?.split(/[,;\s]+/)];
  const errorsOnly = flagOf(parameters, "errors");
  return (task) => {
    const running = task.exit === undefined;
    if (source === "archive" && running) return false;
    if (source === "active" && !running) return false;
    if (since !== undefined && task.starttime < since) return false;
    if (until !== undefined && task.starttime > until) return false;
    if (type !== undefined && task.type !== type) return false;
    if (vmid !== undefined && task.id !== String(vmid)) return false;
    if (user !== undefined && !task.user.includes(user)) return false;
    if (errorsOnly && (running || statusKind(task.exit ?? "") === "ok")) return false;
    if (states && !states.includes(running ? "unknown" : statusKind(task.exit ?? ""))) return false;
    return all || owns(who, task);
  };
}

function list(call: Call): unknown {
  const { world, parameters, path } = call;
  const keep = keepers(call);
  const fitting = world.tasks.all().filter((task) => task.node === path.node && keep(task));
  const start = numberOf(parameters, "start") ?? 0;
  const limit = numberOf(parameters, "limit") ?? LIST_LIMIT;
  const page = fitting.slice(start, limit > 0 ? start + limit : undefined);
  const rows = page.map((task) => ({
    upid: task.upid,
    node: task.node,
    pid: task.pid,
    pstart: task.pstart,
    starttime: task.starttime,
    type: task.type,
    id: task.id,
    ...splitUser(task.user),
    status: task.exit ?? "RUNNING",
    ...(task.endtime === undefined ? {} : { endtime: task.endtime }),
  }));
  return answer(rows, { total: fitting.length });
}

function taskOf({ world, path, who }: Call, privilege: string): Task {
  const parsed = parseUpid(path.upid ?? "");
  if (!parsed) throw badParameters({ upid: "unable to parse worker upid" });
  const task = world.tasks.find(path.upid ?? "");
  if (!task || task.node !== path.node) throw badParameters({ upid: "no such task" });
  if (!owns(who, task) && !world.accounts.may(who, `/nodes/${task.node}`, privilege)) throw forbidden(`/nodes/${task.node}, ${privilege}`);
  return task;
}

function status(call: Call): unknown {
  const task = taskOf(call, "Sys.Audit");
  const about = { upid: task.upid, node: task.node, pid: task.pid, pstart: task.pstart, starttime: task.starttime, type: task.type, id: task.id, ...splitUser(task.user) };
  return task.exit === undefined ? { ...about, status: "running" } : { ...about, status: "stopped", exitstatus: task.exit };
}

function log(call: Call): unknown {
  const task = taskOf(call, "Sys.Audit");
  const lines = task.log.length > 0 ? task.log : ["no content"];
  const start = numberOf(call.parameters, "start") ?? 0;
  const limit = numberOf(call.parameters, "limit") ?? LOG_LIMIT;
  const page = lines.slice(start, limit > 0 ? start + limit : undefined);
  return answer(
    page.map((text, index) => ({ n: start + index + 1, t: text })),
    { total: lines.length },
  );
}

async function stop(call: Call): Promise<unknown> {
  const task = taskOf(call, "Sys.Modify");
  if (task.exit !== undefined) return null;
  task.abort();
  call.world.effects.add({ user: call.who, method: "DELETE", path: call.url, target: `task/${task.upid}`, upid: task.upid });
  await task.done;
  return null;
}

const FILTERS = {
  errors: FLAG,
  limit: COUNT,
  since: { type: "integer" },
  source: oneOf("archive", "active", "all"),
  start: COUNT,
  statusfilter: TEXT,
  typefilter: TEXT,
  until: { type: "integer" },
  userfilter: TEXT,
  vmid: VMID,
} as const;

export const taskRoutes = (): Route[] => [
  get("/nodes/{node}/tasks", list, { rules: FILTERS }),
  get("/nodes/{node}/tasks/{upid}/status", status),
  get("/nodes/{node}/tasks/{upid}/log", log, { rules: { start: COUNT, limit: COUNT, download: FLAG } }),
  remove("/nodes/{node}/tasks/{upid}", stop),
];
