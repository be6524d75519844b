// GET /cluster/resources: who exists is live, the numbers are those of each node's last pvestatd round; what the caller may not see is left out.
import { oneOf, textOf } from "../front/parameters.ts";
import { type Call, get, type Route } from "../front/route.ts";
import { guestId } from "../world/broadcast.ts";
import { isOnline } from "../world/membership.ts";
import type { Guest, Node, Pool, Storage, World } from "../world/state.ts";
import { hasStorage } from "../world/storage.ts";
import { nodeStateOf } from "./ha/status.ts";

/** After this long without a round, pmxcfs forgets a node's numbers and its guests show as `unknown`. */
export const FORGET_MS = 300_000;

export function toldBy(world: World, node: string): Map<string, Record<string, unknown>> | undefined {
  const broadcast = world.broadcasts.get(node);
  return broadcast && world.clock.now() - broadcast.at < FORGET_MS ? broadcast.entries : undefined;
}

/** Membership decides over online; without a fresh round it is grey all the same. */
function statusOf(world: World, at: string, node: Node): string {
  const here = world.nodes.get(at);
  if (!here || !isOnline(world, here, node)) return "offline";
  return toldBy(world, node.name) ? "online" : "unknown";
}

const LAST_KNOWN = ["maxcpu", "maxmem", "maxdisk", "cgroup-mode"];

function numbersOf(world: World, node: Node, status: string): Record<string, unknown> {
  const told = toldBy(world, node.name)?.get(`node/${node.name}`) ?? world.broadcasts.get(node.name)?.entries.get(`node/${node.name}`) ?? {};
  return status === "online" ? told : Object.fromEntries(Object.entries(told).filter(([key]) => LAST_KNOWN.includes(key)));
}

function nodeEntry(world: World, at: string, node: Node, numbers: boolean, managed: boolean): Record<string, unknown> {
  const status = statusOf(world, at, node);
  const about = { id: `node/${node.name}`, node: node.name, type: "node", level: "", status };
  return numbers ? { ...about, ...numbersOf(world, node, status), ...(managed ? { hastate: nodeStateOf(world, at, node) } : {}) } : about;
}

export function guestEntry(world: World, guest: Guest): Record<string, unknown> {
  const told = toldBy(world, guest.node)?.get(guestId(guest));
  return {
    id: guestId(guest),
    vmid: guest.vmid,
    node: guest.node,
    type: guest.kind,
    template: guest.template ? 1 : 0,
    ...(told ?? { status: "unknown" }),
    ...(guest.lock ? { lock: guest.lock } : {}),
    ...(guest.pool ? { pool: guest.pool } : {}),
    ...(guest.config.tags ? { tags: guest.config.tags } : {}),
    ...(guest.ha ? { hastate: guest.ha.state } : {}),
  };
}

export function storageEntry(world: World, storage: Storage, node: string): Record<string, unknown> {
  const told = toldBy(world, node)?.get(`storage/${node}/${storage.name}`);
  const { seed } = storage;
  return {
    id: `storage/${node}/${storage.name}`,
    storage: storage.name,
    node,
    type: "storage",
    plugintype: seed.type,
    content: seed.content,
    shared: seed.shared ? 1 : 0,
    status: told ? "available" : "unknown",
    ...told,
  };
}

function network(world: World, node: string): Record<string, unknown> {
  if (world.dialect === "8.4") return { id: `sdn/${node}/localnetwork`, sdn: "localnetwork", node, type: "sdn", status: "ok" };
  return { id: `network/${node}/zone/localnetwork`, network: "localnetwork", "network-type": "zone", node, type: "network", status: "ok" };
}

/** A pool's sums over its guests. */
function poolEntry(world: World, pool: Pool): Record<string, unknown> {
  const sums: Record<string, number> = {};
  for (const guest of world.guests.values()) {
    if (guest.pool !== pool.poolid) continue;
    const told = toldBy(world, guest.node)?.get(guestId(guest)) ?? {};
    for (const key of ["mem", "maxmem", "maxcpu", "cpu", "uptime"]) sums[key] = (sums[key] ?? 0) + Number(told[key] ?? 0);
  }
  return { id: `/pool/${pool.poolid}`, pool: pool.poolid, type: "pool", ...sums };
}

function resources({ world, who, parameters, at }: Call): unknown {
  const type = textOf(parameters, "type");
  const may = (path: string, privilege: string): boolean => world.accounts.may(who, path, privilege);
  const entries: Record<string, unknown>[] = [];
  const managed = [...world.guests.values()].some((guest) => guest.ha);
  if (!type) for (const pool of world.pools.values()) if (may(`/pool/${pool.poolid}`, "Pool.Audit")) entries.push(poolEntry(world, pool));
  if (!type || type === "vm") for (const guest of world.guests.values()) if (may(`/vms/${guest.vmid}`, "VM.Audit")) entries.push(guestEntry(world, guest));
  for (const node of world.nodes.values()) {
    if (!type || type === "node") entries.push(nodeEntry(world, at, node, may(`/nodes/${node.name}`, "Sys.Audit"), managed));
    if (!type || type === "storage") {
      for (const storage of world.storages) {
        const seen = may(`/storage/${storage.name}`, "Datastore.Audit") || may(`/storage/${storage.name}`, "Datastore.AllocateSpace");
        if (hasStorage(storage, node.name) && seen) entries.push(storageEntry(world, storage, node.name));
      }
    }
    if ((!type || type === "sdn") && may("/sdn/zones/localnetwork", "SDN.Audit")) entries.push(network(world, node.name));
  }
  return entries;
}

function nodes({ world, who, at }: Call): unknown {
  return [...world.nodes.values()].map((node) => {
    const status = statusOf(world, at, node);
    const about = { id: `node/${node.name}`, node: node.name, type: "node", status, level: "", ssl_fingerprint: node.fingerprint };
    if (!world.accounts.may(who, `/nodes/${node.name}`, "Sys.Audit")) return about;
    const { "cgroup-mode": _, ...numbers } = numbersOf(world, node, status);
    return { ...about, ...numbers };
  });
}

export const resourceRoutes = (): Route[] => [get("/cluster/resources", resources, { rules: { type: oneOf("vm", "storage", "node", "sdn") } }), get("/nodes", nodes)];
