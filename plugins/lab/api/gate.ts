// What stands between a call and its work on a real cluster: the hop to the node it is for (595), a hanging pmxcfs, and for what writes into /etc/pve the quorum.
import { failure } from "../front/failure.ts";
import { isProtected } from "../front/protected.ts";
import type { Call, Route } from "../front/route.ts";
import { runs } from "../world/machine/services.ts";
import { quorumOf } from "../world/membership.ts";
import type { Node, World } from "../world/state.ts";

const CONNECT_PATIENCE_MS = 3_000;
const NO_FILES = "RPCEnvironment init request failed: Unable to load access control list: Connection refused";
/** These work without the cluster's file system being writable. */
const WITHOUT_QUORUM = [
  /^\/access\/(ticket|vncticket)$/,
  /\/agent(\/|$)/,
  /\/(termproxy|vncproxy|vncshell|wakeonlan|vzdump\/extractconfig)$/,
  /\/status\/(stop|shutdown|reset|suspend|resume)$/,
  /^\/nodes\/\{node\}\/(status|services\/.*|tasks\/.*|apt\/.*)$/,
];

async function passOn(world: World, from: Node | undefined, to: Node): Promise<void> {
  if (from === to) return;
  const reached = to.power === "on" && from?.segment === to.segment;
  if (reached && runs(to.machine, "pveproxy")) return;
  if (reached) throw failure(595, "Connection refused", { bare: true });
  await world.clock.sleep(CONNECT_PATIENCE_MS);
  throw failure(595, "No route to host", { bare: true });
}

export const refuseWithoutQuorum = (world: World, node: Node | undefined): void => {
  if (node && !quorumOf(world, node).quorate) throw failure(500, "cluster not ready - no quorum?");
};

async function pass(call: Call, { writes, stays, handedOn }: { writes: boolean; stays: boolean; handedOn: boolean }): Promise<void> {
  const { world, at, path } = call;
  const from = world.nodes.get(at);
  const to = path.node === undefined || stays ? from : world.nodes.get(path.node);
  // Each request begins with the access control list, which lies in the cluster's files: a node without them serves nobody, and passes nothing on.
  if (from && !runs(from.machine, "pve-cluster")) throw failure(500, NO_FILES);
  if (to) await passOn(world, from, to);
  if (to && !runs(to.machine, "pvedaemon") && handedOn) throw failure(595, "Connection refused", { bare: true });
  if (to && !runs(to.machine, "pve-cluster")) throw failure(500, NO_FILES);
  if (writes) refuseWithoutQuorum(world, to);
}

export const guarded = (route: Route): Route => {
  const writes = route.method !== "GET" && !WITHOUT_QUORUM.some((free) => free.test(route.path));
  const handedOn = isProtected(route.method, route.path);
  return {
    ...route,
    run: async (call) => {
      await pass(call, { writes, handedOn, stays: route.path.endsWith("/wakeonlan") });
      return route.run(call);
    },
  };
};
