// The same round as OpenTelemetry metrics (OTLP in JSON), which nodes of Proxmox VE 9 post to /v1/metrics: named by Proxmox's own keys, counters as sums with `_total`, whole numbers as asInt.
import { loadOf, nodeLoadOf } from "../world/load.ts";
import { GIB, type Guest, MIB, type Node, type World } from "../world/state.ts";
import { hasStorage, usageOf } from "../world/storage.ts";

type Attributes = Record<string, string>;
type Figures = Record<string, number>;

const attributes = (given: Attributes) => Object.entries(given).map(([key, value]) => ({ key, value: { stringValue: value } }));

const pointOf = (value: number, at: number, labels: Attributes) => ({
  timeUnixNano: Math.floor(at / 1000) * 1_000_000_000,
  ...(Number.isInteger(value) ? { asInt: value } : { asDouble: value }),
  attributes: attributes(labels),
});

const gauges = (prefix: string, figures: Figures, at: number, labels: Attributes) =>
  Object.entries(figures).map(([key, value]) => ({ name: `${prefix}_${key}`, unit: "1", gauge: { dataPoints: [pointOf(value, at, labels)] } }));

const counters = (prefix: string, figures: Figures, at: number, labels: Attributes) =>
  Object.entries(figures).map(([key, value]) => ({
    name: `${prefix}_${key}_total`,
    unit: "bytes",
    sum: { dataPoints: [pointOf(Math.floor(value), at, labels)], aggregationTemporality: 2, isMonotonic: true },
  }));

function ofNode(world: World, node: Node, at: number) {
  const load = nodeLoadOf(world, node, at);
  const labels = { node: node.name };
  const total = Math.floor(node.seed.memoryGiB * 0.985 * GIB);
  const root = Math.floor(node.seed.rootGiB * GIB);
  const [avg1, avg5, avg15] = load.load;
  return [
    ...gauges("proxmox_node", { uptime: load.uptimeSeconds }, at, labels),
    ...gauges("proxmox_node_cpustat", { cpu: load.cpu, cpus: node.seed.cpus, avg1, avg5, avg15 }, at, labels),
    ...gauges("proxmox_node_memory", { memtotal: total, memused: load.memBytes, memfree: total - load.memBytes }, at, labels),
    ...gauges("proxmox_node_blockstat", { total: root, used: load.rootBytes, avail: root - load.rootBytes }, at, labels),
    ...["eno1", "vmbr0"].flatMap((device) => counters("proxmox_node_network", { receive: load.netin, transmit: load.netout }, at, { ...labels, device })),
  ];
}

function ofGuest(world: World, guest: Guest, at: number) {
  const now = loadOf(world, guest, at);
  const labels = { vmid: String(guest.vmid), node: guest.node, name: guest.seed.name, type: guest.kind };
  const { cpu, memBytes: mem, diskBytes: disk, uptimeSeconds: uptime, netin, netout, diskread, diskwrite } = now;
  const sizes = { cpus: guest.seed.cores, maxmem: guest.seed.memoryMiB * MIB, maxdisk: Math.floor(guest.seed.diskGiB * GIB) };
  return [...gauges("proxmox_vm", { cpu, mem, disk, uptime, ...sizes }, at, labels), ...counters("proxmox_vm", { netin, netout, diskread, diskwrite }, at, labels)];
}

function figures(world: World, node: Node, at: number) {
  const guests = [...world.guests.values()].filter((guest) => guest.node === node.name && !guest.template);
  const storages = world.storages.filter((storage) => hasStorage(storage, node.name) && storage.active && !storage.offOn.has(node.name));
  return [
    ...ofNode(world, node, at),
    ...guests.flatMap((guest) => ofGuest(world, guest, at)),
    ...storages.flatMap((storage) => {
      const usage = { ...usageOf(world, storage, node.name), active: 1, enabled: 1, shared: storage.seed.shared ? 1 : 0 };
      return gauges("proxmox_storage", usage, at, { node: node.name, storage: storage.name });
    }),
  ];
}

export const telemetryOf = (world: World, node: Node, at: number): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: {
          attributes: attributes({ "service.name": "proxmox-ve", "service.version": node.machine.manager.version, "proxmox.cluster": world.cluster, "proxmox.node": node.name }),
        },
        scopeMetrics: [{ scope: {}, metrics: figures(world, node, at) }],
      },
    ],
  });
