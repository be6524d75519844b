// /cluster: membership, tasks, log, options, HA and backup jobs.
import { badParameters } from "../front/failure.ts";
import { COUNT, numberOf, oneOf, textOf, VMID } from "../front/parameters.ts";
import { type Call, get, needs, type Route } from "../front/route.ts";
import { ownerOf } from "../world/accounts.ts";
import { currentMaster } from "../world/ha.ts";
import { type Guest, seconds, type World } from "../world/state.ts";
import type { Task } from "../world/tasks.ts";
import { splitUser } from "./tasks.ts";

const TASKS_PER_NODE = 25;
const LOG_DEFAULT = 50;
const HA_MANAGER_ROUND_S = 10;
const DAY_S = 86_400;

function status({ world, at }: Call): unknown {
  const nodes = [...world.nodes.values()];
  return [
    { type: "cluster", id: "cluster", name: world.cluster, version: nodes.length, nodes: nodes.length, quorate: 1 },
    ...nodes.map((node) => ({
      type: "node",
      id: `node/${node.name}`,
      name: node.name,
      nodeid: node.id,
      ip: node.seed.address,
      online: 1,
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
  const known = world.tasks.all();
  const lists = [...world.nodes.keys()].flatMap((node) => {
    const mine = known.filter((task) => task.node === node);
    const running = mine.filter((task) => task.exit === undefined);
    return [...running, ...mine.filter((task) => task.exit !== undefined).slice(0, Math.max(0, TASKS_PER_NODE - running.length))];
  });
  return lists.filter((task) => all || ownerOf(task.user) === who).map(clusterTask);
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

const sidOf = (guest: Guest): string => `${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
const managed = (world: World): Guest[] => [...world.guests.values()].filter((guest) => guest.ha);
const perlDate = (at: number): string =>
  new Date(at * 1000)
    .toUTCString()
    .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, (_, day, date, month, year, time) => `${day} ${month} ${String(Number(date)).padStart(2, " ")} ${time} ${year}`);

function haStatus({ world, at }: Call): unknown {
  const guests = managed(world);
  const quorum = { id: "quorum", type: "quorum", node: at, status: "OK", quorate: guests.length > 0 ? 1 : "1" };
  const fresh = world.dialect === "9.1";
  if (guests.length === 0) return [quorum, ...(fresh ? [{ id: "fencing", type: "fencing", node: at, status: "standby (CRM watchdog standby)", "armed-state": "standby" }] : [])];
  const round = seconds(world.clock.now()) - (seconds(world.clock.now()) % HA_MANAGER_ROUND_S);
  const master = currentMaster(world);
  return [
    quorum,
    { id: "master", type: "master", node: master, timestamp: round, status: `${master} (active, ${perlDate(round)})` },
    ...(fresh ? [{ id: "fencing", type: "fencing", node: master, status: "armed (CRM watchdog active)", "armed-state": "armed" }] : []),
    ...[...world.nodes.keys()].map((node) => {
      const active = guests.some((guest) => guest.node === node);
      const words = active ? (fresh ? `active, watchdog active, ${perlDate(round)}` : `active, ${perlDate(round)}`) : `idle, ${perlDate(round)}`;
      return { id: `lrm:${node}`, type: "lrm", node, timestamp: round, status: `${node} (${words})` };
    }),
    ...guests.map((guest) => ({
      id: `service:${sidOf(guest)}`,
      type: "service",
      sid: sidOf(guest),
      node: guest.node,
      state: guest.ha?.state,
      crm_state: guest.ha?.state === "starting" ? "started" : guest.ha?.state,
      request_state: guest.ha?.request,
      max_restart: 1,
      max_relocate: 1,
      ...(fresh ? { failback: 1 } : {}),
      status: `${sidOf(guest)} (${guest.node}, ${guest.ha?.state})`,
    })),
  ];
}

function haResources({ world, parameters }: Call): unknown {
  const type = textOf(parameters, "type");
  return managed(world)
    .filter((guest) => !type || sidOf(guest).startsWith(`${type}:`))
    .map((guest) => ({
      sid: sidOf(guest),
      type: sidOf(guest).split(":")[0],
      state: guest.ha?.request,
      max_restart: 1,
      max_relocate: 1,
      digest: "6b4bd4b0e21d2b3a3d8e8c0b2f4f3d6a1f9c5e77",
    }));
}

function backupJobs({ world }: Call): unknown {
  const storage = world.storages.find((one) => one.seed.type === "pbs")?.name ?? world.storages[0]?.name;
  const midnight = seconds(world.clock.now()) - (seconds(world.clock.now()) % DAY_S);
  return [
    {
      id: "backup-5c1d7a2e-9f30",
      type: "vzdump",
      enabled: 1,
      all: 1,
      exclude: "107,120,900",
      mode: "snapshot",
      schedule: "03:00",
      storage,
      "notes-template": "{{guestname}}",
      "prune-backups": { "keep-daily": "7", "keep-weekly": "4" },
      "next-run": midnight + DAY_S + 10_800,
    },
  ];
}

function notBackedUp({ world }: Call): unknown {
  return [...world.guests.values()].filter((guest) => [107, 120, 900].includes(guest.vmid)).map((guest) => ({ vmid: guest.vmid, type: guest.kind, name: guest.seed.name }));
}

const options = ({ world, who }: Call): unknown => ({
  "allowed-tags": [],
  "tag-style": { shape: "circle" },
  ...(world.accounts.may(who, "/", "Sys.Audit")
    ? {
        keyboard: "en-us",
        mac_prefix: "BC:24:11",
        migration: { type: "secure", network: "192.168.1.0/24" },
        ha: { shutdown_policy: "conditional" },
        "next-id": { lower: "100", upper: "1000000" },
      }
    : {}),
});

export const clusterRoutes = (): Route[] => [
  get("/cluster/status", status, needs("/", "Sys.Audit")),
  get("/cluster/tasks", tasks),
  get("/cluster/log", log, { rules: { max: { ...COUNT, min: 1 } } }),
  get("/cluster/nextid", nextId, { rules: { vmid: VMID } }),
  get("/cluster/options", options),
  get("/cluster/ha/status/current", haStatus, needs("/", "Sys.Audit")),
  get("/cluster/ha/resources", haResources, { ...needs("/", "Sys.Audit"), rules: { type: oneOf("ct", "vm") } }),
  get("/cluster/backup", backupJobs, needs("/", "Sys.Audit")),
  get("/cluster/backup-info/not-backed-up", notBackedUp, needs("/", "Sys.Audit")),
];
