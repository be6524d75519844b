// The same round as OpenTelemetry metrics (OTLP in JSON), which nodes of Proxmox VE 9 post to /v1/metrics. One resource a node, a gauge a figure.
import { loadOf, nodeLoadOf } from "../world/load.ts";
import { GIB, MIB, type Node, type World } from "../world/state.ts";

type Attributes = Record<string, string>;

const attributes = (given: Attributes) => Object.entries(given).map(([key, value]) => ({ key, value: { stringValue: value } }));

const point = (name: string, unit: string, value: number, at: number, labels: Attributes) => ({
  name,
  unit,
  gauge: { dataPoints: [{ timeUnixNano: `${Math.floor(at)}000000`, asDouble: value, attributes: attributes(labels) }] },
});

function figures(world: World, node: Node, at: number) {
  const load = nodeLoadOf(world, node, at);
  const own = { object: "nodes", node: node.name };
  const guests = [...world.guests.values()].filter((guest) => guest.node === node.name && !guest.template);
  return [
    point("proxmox_node_cpu_usage", "1", load.cpu, at, own),
    point("proxmox_node_io_wait", "1", load.wait, at, own),
    point("proxmox_node_memory_used", "By", load.memBytes, at, own),
    point("proxmox_node_memory_total", "By", Math.floor(node.seed.memoryGiB * 0.985 * GIB), at, own),
    point("proxmox_node_uptime", "s", load.uptimeSeconds, at, own),
    ...guests.flatMap((guest) => {
      const labels = { object: guest.kind, vmid: String(guest.vmid), name: guest.seed.name, node: node.name, status: guest.status };
      const now = loadOf(world, guest, at);
      return [
        point("proxmox_guest_cpu_usage", "1", now.cpu, at, labels),
        point("proxmox_guest_memory_used", "By", now.memBytes, at, labels),
        point("proxmox_guest_memory_total", "By", guest.seed.memoryMiB * MIB, at, labels),
        point("proxmox_guest_uptime", "s", now.uptimeSeconds, at, labels),
      ];
    }),
  ];
}

export const telemetryOf = (world: World, node: Node, at: number): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: attributes({ "service.name": "proxmox-ve", "host.name": node.name, "proxmox.cluster": world.cluster }) },
        scopeMetrics: [{ scope: { name: "proxmox-ve", version: node.machine.manager.version }, metrics: figures(world, node, at) }],
      },
    ],
  });
