// What the HA manager says of itself: quorum, master, fencing, every LRM, every service; and the raw manager status.
import { type Call, get, needs, type Route } from "../../front/route.ts";
import { currentMaster } from "../../world/ha.ts";
import { runs } from "../../world/machine/services.ts";
import { isOnline, quorumOf } from "../../world/membership.ts";
import { type Node, seconds, type World } from "../../world/state.ts";
import { type Managed, managed, sidOf } from "./services.ts";

const ROUND_S = 10;
const DRIFT_LIMIT_MS = 60_000;

const perlDate = (at: number): string =>
  new Date(at * 1000)
    .toUTCString()
    .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, (_, day, date, month, year, time) => `${day} ${month} ${String(Number(date)).padStart(2, " ")} ${time} ${year}`);

const roundOf = (world: World): number => seconds(world.clock.now()) - (seconds(world.clock.now()) % ROUND_S);

function lrmWords(world: World, node: Node, online: boolean, active: boolean): string {
  const time = perlDate(roundOf(world));
  if (!online || !runs(node.machine, "pve-ha-lrm")) return `old timestamp - dead?, ${time}`;
  if (Math.abs(node.machine.driftMs) > DRIFT_LIMIT_MS) return `detected time drift!, ${time}`;
  if (node.maintenance) return `maintenance mode, ${time}`;
  if (!active) return `idle, ${time}`;
  return world.dialect === "9.1" ? `active, watchdog active, ${time}` : `active, ${time}`;
}

function serviceRow(world: World, guest: Managed): unknown {
  const { ha } = guest;
  const sid = sidOf(guest);
  return {
    id: `service:${sid}`,
    type: "service",
    sid,
    node: guest.node,
    state: ha.state,
    crm_state: ha.state === "starting" ? "started" : ha.state === "stopping" ? "request_stop" : ha.state,
    request_state: ha.request,
    max_restart: ha.maxRestart,
    max_relocate: ha.maxRelocate,
    ...(world.dialect === "9.1" ? { failback: 1 } : ha.group ? { group: ha.group } : {}),
    ...(ha.comment ? { comment: ha.comment } : {}),
    status: `${sid} (${guest.node}, ${ha.state})`,
  };
}

function current({ world, at }: Call): unknown {
  const services = managed(world);
  const here = world.nodes.get(at);
  const quorate = here !== undefined && quorumOf(world, here).quorate;
  const never = services.length === 0;
  const quorum = { id: "quorum", type: "quorum", node: at, status: quorate ? "OK" : `No quorum on node '${at}'!`, quorate: never ? (quorate ? "1" : "0") : quorate ? 1 : 0 };
  const fresh = world.dialect === "9.1";
  if (never) return [quorum, ...(fresh ? [{ id: "fencing", type: "fencing", node: at, status: "standby (CRM watchdog standby)", "armed-state": "standby" }] : [])];
  const master = currentMaster(world);
  const round = roundOf(world);
  return [
    quorum,
    { id: "master", type: "master", node: master, timestamp: round, status: `${master} (active, ${perlDate(round)})` },
    ...(fresh ? [{ id: "fencing", type: "fencing", node: master, status: "armed (CRM watchdog active)", "armed-state": "armed" }] : []),
    ...[...world.nodes.values()].map((node) => {
      const online = here !== undefined && isOnline(world, here, node);
      const active = services.some((guest) => guest.node === node.name);
      return { id: `lrm:${node.name}`, type: "lrm", node: node.name, timestamp: round, status: `${node.name} (${lrmWords(world, node, online, active)})` };
    }),
    ...services.map((guest) => serviceRow(world, guest)),
  ];
}

export const nodeStateOf = (world: World, at: string, node: Node): string => {
  const here = world.nodes.get(at);
  const online = here !== undefined && isOnline(world, here, node);
  if (!online) return managed(world).some((guest) => guest.node === node.name && ["fence", "recovery"].includes(guest.ha.state)) ? "fence" : "unknown";
  return node.maintenance ? "maintenance" : "online";
};

function managerStatus({ world, at }: Call): unknown {
  const services = managed(world);
  const here = world.nodes.get(at);
  const quorum = { node: at, quorate: here && quorumOf(world, here).quorate ? "1" : "0" };
  if (services.length === 0) return { quorum, manager_status: { node_status: {} }, lrm_status: {} };
  const nodes = [...world.nodes.values()];
  const timestamp = roundOf(world);
  return {
    quorum,
    manager_status: {
      master_node: currentMaster(world),
      timestamp,
      node_status: Object.fromEntries(nodes.map((node) => [node.name, nodeStateOf(world, at, node)])),
      service_status: Object.fromEntries(services.map((guest) => [sidOf(guest), { node: guest.node, state: guest.ha.state, uid: `u${guest.vmid}` }])),
    },
    lrm_status: Object.fromEntries(
      nodes.map((node) => [
        node.name,
        { mode: node.maintenance ? "maintenance" : "active", state: services.some((guest) => guest.node === node.name) ? "active" : "wait_for_agent_lock", timestamp, results: {} },
      ]),
    ),
  };
}

const audit = needs("/", "Sys.Audit");

export const haStatusRoutes = (): Route[] => [
  get("/cluster/ha", () => ["status", "resources", "groups", "rules"].map((id) => ({ id })), audit),
  get("/cluster/ha/status", () => [{ name: "current" }, { name: "manager_status" }], audit),
  get("/cluster/ha/status/current", current, audit),
  get("/cluster/ha/status/manager_status", managerStatus, audit),
];
