// /cluster: membership, tasks, log, the next free id.
import { badParameters } from "../../front/failure.ts";
import { COUNT, numberOf, VMID } from "../../front/parameters.ts";
import { type Call, get, needs, type Route } from "../../front/route.ts";
import { ownerOf } from "../../world/accounts.ts";
import { membersSeenBy, quorumOf } from "../../world/membership.ts";
import type { Task } from "../../world/tasks.ts";
import { splitUser } from "../tasks.ts";

const TASKS_PER_NODE = 25;
const LOG_DEFAULT = 50;

/** As the node that was called sees it: on the minority side the others are gone and nothing is quorate. */
function status({ world, at }: Call): unknown {
  const nodes = [...world.nodes.values()];
  const here = world.nodes.get(at);
  const quorate = here && quorumOf(world, here).quorate ? 1 : 0;
  const members = new Set(here ? membersSeenBy(world, here) : []);
  return [
    // A node in no cluster has no such row.
    ...(nodes.length === 1 ? [] : [{ type: "cluster", id: "cluster", name: world.cluster, version: nodes.length, nodes: nodes.length, quorate }]),
    ...nodes.map((node) => ({
      type: "node",
      id: `node/${node.name}`,
      name: node.name,
      nodeid: node.id,
      ip: node.seed.address,
      online: members.has(node) ? 1 : 0,
      local: node.name === at ? 1 : 0,
      level: "",
    })),
  ];
}

function clusterTask(task: Task): Record<string, unknown> {
  const about = { upid: task.upid, node: task.node, starttime: task.starttime, type: task.type, id: task.id, ...splitUser(task.user) };
  return task.exit === undefined ? { ...about, pid: task.pid } : { ...about, endtime: task.endtime, status: task.exit, saved: "1" };
}

/** Running ones of every node, filled up with the newest finished to 25; without Sys.Audit on `/` a token sees none. */
function tasks({ world, who }: Call): unknown {
  const all = world.accounts.may(who, "/", "Sys.Audit");
  const byNode = new Map<string, { running: Task[]; finished: Task[] }>();
  for (const task of world.tasks.all()) {
    if (!all && ownerOf(task.user) !== who) continue;
    const mine = byNode.get(task.node) ?? { running: [], finished: [] };
    byNode.set(task.node, mine);
    if (task.exit === undefined) mine.running.push(task);
    else if (mine.finished.length < TASKS_PER_NODE) mine.finished.push(task);
  }
  return [...byNode.values()].flatMap(({ running, finished }) => [...running, ...finished.slice(0, Math.max(0, TASKS_PER_NODE - running.length))].map(clusterTask));
}

function log({ world, who, parameters }: Call): unknown {
  const entries = world.log.newest(numberOf(parameters, "max") ?? LOG_DEFAULT);
  return world.accounts.may(who, "/", "Sys.Syslog") ? entries : entries.filter((entry) => entry.user === who);
}

function nextId({ world, parameters }: Call): unknown {
  const wanted = numberOf(parameters, "vmid");
  if (wanted !== undefined) {
    if (world.guests.has(wanted)) throw badParameters({ vmid: `VM ${wanted} already exists` });
    return String(wanted);
  }
  let free = 100;
  while (world.guests.has(free)) free += 1;
  return String(free);
}

export const clusterRoutes = (): Route[] => [
  get("/cluster/status", status, needs("/", "Sys.Audit")),
  get("/cluster/tasks", tasks),
  get("/cluster/log", log, { rules: { max: { ...COUNT, min: 1 } } }),
  get("/cluster/nextid", nextId, { rules: { vmid: VMID } }),
];
