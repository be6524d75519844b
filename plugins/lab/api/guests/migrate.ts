// Migration: the look ahead (GET) and the move (POST). What a real node refuses at once is refused at once; the rest ends in the task.
import { badParameters, failure } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, type Rules, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, type Route } from "../../front/route.ts";
import { type MigrationOrder, migrate, obstacles } from "../../world/guests/migrate.ts";
import { isOnline } from "../../world/membership.ts";
import { label } from "../../world/power.ts";
import type { Dialect, Guest } from "../../world/state.ts";
import { hasStorage } from "../../world/storage.ts";
import { begin } from "../work.ts";
import { guestOf, KINDS, type Kind } from "./find.ts";

const reachable =
  (call: Call, guest: Guest) =>
  (name: string): boolean => {
    const [here, there] = [call.world.nodes.get(guest.node), call.world.nodes.get(name)];
    return here !== undefined && there !== undefined && isOnline(call.world, here, there);
  };

function lookAhead(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const { allowed, refused, localDisks, localResources } = obstacles(call.world, guest, reachable(call, guest));
    const running = guest.status === "running" ? 1 : 0;
    if (kind === "lxc") return { running, "allowed-nodes": allowed, "not-allowed-nodes": {}, "dependent-ha-resources": [] };
    const closed = Object.fromEntries([...refused].map(([node, { unavailableStorages }]) => [node, { unavailable_storages: unavailableStorages }]));
    const fresh = call.world.dialect === "9.1" ? { "has-dbus-vmstate": 1, "dependent-ha-resources": [] } : {};
    return {
      running,
      ...(running ? {} : { allowed_nodes: allowed, not_allowed_nodes: closed }),
      ...(running && call.world.dialect === "9.1" ? { allowed_nodes: allowed, not_allowed_nodes: closed } : {}),
      local_disks: localDisks,
      local_resources: localResources,
      "mapped-resources": [],
      "mapped-resource-info": {},
      ...fresh,
    };
  };
}

function refuse(call: Call, guest: Guest, order: MigrationOrder): void {
  const { world } = call;
  const { target } = order;
  if (!world.nodes.has(target)) throw failure(500, `no such cluster node '${target}'`);
  if (target === guest.node) throw badParameters({ target: "target is local node." });
  if (!reachable(call, guest)(target)) throw failure(500, `node '${target}' is not online`);
  if (guest.lock) throw failure(500, `${label(guest)} is locked (${guest.lock})`);
  const running = guest.status === "running";
  if (running && guest.kind === "qemu" && !order.online) throw failure(500, "can't migrate running VM without --online");
  if (running && guest.kind === "lxc" && !order.online && !order.restart) throw failure(500, "can't migrate running container without --online or --restart");
  if (running && guest.kind === "lxc" && !order.restart) throw failure(500, "lxc live migration is currently not implemented");
  const storage = world.storages.find((one) => one.name === (order.targetStorage ?? guest.seed.storage));
  if (!storage || !hasStorage(storage, target)) throw failure(500, `storage '${order.targetStorage ?? guest.seed.storage}' is not available on node '${target}'`);
}

function move(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const { parameters, world } = call;
    const storage = textOf(parameters, kind === "qemu" ? "targetstorage" : "target-storage");
    const timeoutSeconds = numberOf(parameters, "timeout");
    const order: MigrationOrder = {
      target: textOf(parameters, "target") ?? "",
      online: flagOf(parameters, "online"),
      restart: flagOf(parameters, "restart"),
      withLocalDisks: flagOf(parameters, "with-local-disks"),
      ...(storage && storage !== "1" ? { targetStorage: storage } : {}),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    };
    refuse(call, guest, order);
    const about = { node: guest.node, id: String(guest.vmid), target: `guest/${guest.vmid}` };
    if (guest.ha)
      return begin(call, {
        ...about,
        type: "hamigrate",
        words: `migrate HA service ${label(guest)} to ${order.target}`,
        work: (worker) => {
          worker.log(`Requesting HA migration for ${label(guest)} to node ${order.target}`);
          call.life.ha.move(guest, order.target, false);
        },
      });
    return begin(call, {
      ...about,
      type: kind === "qemu" ? "qmigrate" : "vzmigrate",
      words: `migrate ${label(guest)} to ${order.target}`,
      work: (worker) => migrate(world, guest, worker, order),
    });
  };
}

const RULES: Readonly<Record<Kind, Rules>> = {
  qemu: {
    target: required(TEXT),
    online: FLAG,
    force: FLAG,
    "with-local-disks": FLAG,
    bwlimit: COUNT,
    migration_network: TEXT,
    migration_type: oneOf("secure", "insecure"),
    targetstorage: TEXT,
  },
  lxc: { target: required(TEXT), online: FLAG, restart: FLAG, timeout: { type: "integer" }, bwlimit: COUNT, "target-storage": TEXT },
};

export const migrateRoutes = (dialect: Dialect): Route[] =>
  KINDS.flatMap((kind) => {
    const path = `/nodes/{node}/${kind}/{vmid}/migrate`;
    const may = needs("/vms/{vmid}", "VM.Migrate");
    const fresh: Rules = dialect === "9.1" && kind === "qemu" ? { "with-conntrack-state": FLAG } : {};
    const ahead = kind === "qemu" || dialect === "9.1" ? [get(path, lookAhead(kind), { ...may, rules: { target: TEXT } })] : [];
    return [...ahead, post(path, move(kind), { ...may, rules: { ...RULES[kind], ...fresh } })];
  });
