// A node's cables and names: interfaces, resolver, hosts file, traffic by guest card.
import { oneOf, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, type Route } from "../../front/route.ts";
import { guestsOn, loadOf } from "../../world/load.ts";
import { nodeOf } from "./status.ts";

const KINDS = ["bridge", "bond", "eth", "alias", "vlan", "fabric", "OVSBridge", "OVSBond", "OVSPort", "OVSIntPort", "vnet", "any_bridge", "any_local_bridge", "include_sdn"];

function interfaces(call: Call): unknown {
  const wanted = textOf(call.parameters, "type");
  const bridges = wanted === "any_bridge" || wanted === "any_local_bridge" || wanted === "bridge";
  return nodeOf(call)
    .machine.interfaces.filter((one) => !wanted || wanted === "include_sdn" || (bridges ? one.type === "bridge" : one.type === wanted))
    .map((one, index) => {
      const [address, netmask] = one.cidr?.split("/") ?? [];
      return {
        iface: one.iface,
        type: one.type,
        method: one.method,
        method6: "manual",
        families: ["inet"],
        priority: index + 3,
        ...(one.active ? { active: 1 } : {}),
        ...(one.type === "eth" ? { exists: 1, altnames: [`enx${nodeOf(call).machine.mac.replaceAll(":", "")}`] } : { autostart: 1 }),
        ...(one.cidr ? { cidr: one.cidr, address, netmask } : {}),
        ...(one.gateway ? { gateway: one.gateway } : {}),
        ...(one.ports ? { bridge_ports: one.ports, bridge_stp: "off", bridge_fd: "0" } : {}),
        ...(one.comments ? { comments: one.comments } : {}),
      };
    });
}

function traffic(call: Call): unknown {
  const node = nodeOf(call);
  return guestsOn(call.world, node.name)
    .filter((guest) => guest.status === "running")
    .map((guest) => {
      const load = loadOf(call.world, guest);
      return { vmid: String(guest.vmid), dev: "net0", in: load.netin, out: load.netout };
    });
}

const audit = needs("/nodes/{node}", "Sys.Audit");

export const networkRoutes = (): Route[] => [
  get("/nodes/{node}/network", interfaces, { rules: { type: oneOf(...KINDS) } }),
  get("/nodes/{node}/netstat", traffic, audit),
  get("/nodes/{node}/dns", (call) => nodeOf(call).machine.dns, audit),
  get(
    "/nodes/{node}/hosts",
    (call) => ({ data: nodeOf(call).machine.hosts, digest: new Bun.CryptoHasher("sha1").update(nodeOf(call).machine.hosts).digest("hex") }),
    needs("/", "Sys.Audit"),
  ),
];
