// A node's round as pvestatd posts it: InfluxDB line protocol with timestamps in nanoseconds. Names are escaped as the protocol wants; strings are quoted.
import { loadOf, nodeLoadOf } from "../world/load.ts";
import { GIB, type Guest, MIB, type Node, type World } from "../world/state.ts";
import { hasStorage, usageOf } from "../world/storage.ts";

const tag = (value: string | number): string => String(value).replace(/[,= ]/g, "\\$&");
const field = (value: string | number): string => (typeof value === "number" ? String(value) : `"${value.replace(/["\\]/g, "\\$&")}"`);

type Fields = Record<string, string | number>;

function line(measurement: string, tags: Fields, fields: Fields, atMs: number): string {
  const labels = Object.entries(tags).map(([name, value]) => `,${name}=${tag(value)}`);
  const values = Object.entries(fields).map(([name, value]) => `${name}=${field(value)}`);
  return `${measurement}${labels.join("")} ${values.join(",")} ${Math.floor(atMs)}000000`;
}

function ofNode(world: World, node: Node, at: number): string[] {
  const load = nodeLoadOf(world, node, at);
  const tags = { object: "nodes", host: node.name };
  const total = Math.floor(node.seed.memoryGiB * 0.985 * GIB);
  const root = Math.floor(node.seed.rootGiB * GIB);
  const [avg1, avg5, avg15] = load.load;
  return [
    line("cpustat", tags, { cpu: load.cpu, wait: load.wait, cpus: node.seed.cpus, avg1, avg5, avg15 }, at),
    line("memory", tags, { memtotal: total, memused: load.memBytes, memfree: total - load.memBytes, swaptotal: 8 * GIB, swapused: Math.floor(0.08 * GIB) }, at),
    line("blockstat", tags, { total: root, used: load.rootBytes, avail: root - load.rootBytes, per: (load.rootBytes / root) * 100 }, at),
    // The card, and the bridge on it that has carried the same.
    ...["eno1", "vmbr0"].map((instance) => line("nics", { ...tags, instance }, { receive: load.netin, transmit: load.netout }, at)),
    line("system", tags, { uptime: load.uptimeSeconds }, at),
  ];
}

function ofGuest(world: World, guest: Guest, at: number): string {
  const load = loadOf(world, guest, at);
  const tags = { object: guest.kind, vmid: guest.vmid, nodename: guest.node, host: guest.seed.name };
  const { cpu, memBytes: mem, diskBytes: disk, netin, netout, diskread, diskwrite, uptimeSeconds: uptime } = load;
  return line(
    "system",
    tags,
    {
      status: guest.status,
      cpu,
      cpus: guest.seed.cores,
      mem,
      maxmem: guest.seed.memoryMiB * MIB,
      disk,
      maxdisk: Math.floor(guest.seed.diskGiB * GIB),
      netin,
      netout,
      diskread,
      diskwrite,
      uptime,
    },
    at,
  );
}

/** The four requests of one round: node, VMs, containers, storages; an empty one is left out. */
export function roundOf(world: World, node: Node, at: number): string[][] {
  const guests = [...world.guests.values()].filter((guest) => guest.node === node.name && !guest.template);
  const storages = world.storages.filter((storage) => hasStorage(storage, node.name) && storage.active && !storage.offOn.has(node.name));
  const rows = storages.map((storage) =>
    line(
      "system",
      { object: "storages", nodename: node.name, host: storage.name, type: storage.seed.type },
      { ...usageOf(world, storage, node.name), active: 1, enabled: 1, shared: storage.seed.shared ? 1 : 0 },
      at,
    ),
  );
  const kind = (word: Guest["kind"]): string[] => guests.filter((guest) => guest.kind === word).map((guest) => ofGuest(world, guest, at));
  return [ofNode(world, node, at), kind("qemu"), kind("lxc"), rows].filter((lines) => lines.length > 0);
}
