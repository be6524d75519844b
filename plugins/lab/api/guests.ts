// Guests as a node shows them, measured at the call: lists, current state, configuration, snapshots.
import { failure, noSuchGuest } from "../front/failure.ts";
import { FLAG, flagOf, oneOf, required, TEXT } from "../front/parameters.ts";
import { type Call, get, needs, needsAny, post, type Route } from "../front/route.ts";
import { digestOf } from "../world/config.ts";
import { loadOf } from "../world/load.ts";
import { GIB, type Guest, MIB, type World } from "../world/state.ts";

const AGENT_BOOT_MS = 12_000;
export const AGENT_PATIENCE_MS = 3_000;

export function guestOf({ world, path }: Call, kind: "qemu" | "lxc"): Guest {
  const vmid = Number(path.vmid);
  const guest = world.guests.get(vmid);
  if (!guest || guest.kind !== kind || guest.node !== path.node) throw noSuchGuest(path.node ?? "", kind, vmid);
  return guest;
}

const present = (name: string, value: unknown): Record<string, unknown> => (value === undefined || value === "" ? {} : { [name]: value });

function shared(world: World, guest: Guest): Record<string, unknown> {
  const load = loadOf(world, guest);
  return {
    vmid: guest.vmid,
    name: guest.config.name ?? guest.config.hostname ?? guest.seed.name,
    status: guest.status,
    uptime: load.uptimeSeconds,
    cpu: load.cpu,
    cpus: guest.seed.cores,
    mem: load.memBytes,
    maxmem: guest.seed.memoryMiB * MIB,
    disk: load.diskBytes,
    maxdisk: Math.floor(guest.seed.diskGiB * GIB),
    netin: load.netin,
    netout: load.netout,
    ...present("pid", guest.pid),
    ...present("lock", guest.lock),
    ...present("tags", guest.config.tags),
    ...(guest.template ? { template: 1 } : {}),
  };
}

const PRESSURES = ["cpusome", "cpufull", "iosome", "iofull", "memorysome", "memoryfull"];

function qemuRow(world: World, guest: Guest, full: boolean): Record<string, unknown> {
  const load = loadOf(world, guest);
  const running = guest.status === "running";
  const fresh = world.dialect === "9.1";
  return {
    ...shared(world, guest),
    ...(fresh ? { memhost: Math.floor(load.memBytes * 1.04) } : {}),
    ...(fresh && running ? Object.fromEntries(PRESSURES.map((name) => [`pressure${name}`, 0])) : {}),
    ...(full ? { qmpstatus: guest.paused ? "paused" : guest.status, diskread: load.diskread, diskwrite: load.diskwrite } : {}),
    ...(full && running ? { balloon: guest.seed.memoryMiB * MIB } : {}),
  };
}

function qemuCurrent(world: World, guest: Guest): Record<string, unknown> {
  const load = loadOf(world, guest);
  const total = guest.seed.memoryMiB * MIB;
  const live = {
    freemem: total - load.memBytes,
    ballooninfo: { actual: total, max_mem: total, total_mem: total - 48 * MIB, free_mem: total - load.memBytes, last_update: Math.floor(world.clock.now() / 1000) },
    nics: { [`tap${guest.vmid}i0`]: { netin: load.netin, netout: load.netout } },
    blockstat: {
      scsi0: {
        rd_bytes: load.diskread,
        wr_bytes: load.diskwrite,
        rd_operations: Math.floor(load.diskread / 24_000),
        wr_operations: Math.floor(load.diskwrite / 16_000),
        failed_rd_operations: 0,
        failed_wr_operations: 0,
      },
    },
    "running-machine": "pc-i440fx-10.1+pve0",
    "running-qemu": "10.1.2",
    "proxmox-support": { "pbs-dirty-bitmap": true, "pbs-masterkey": true, "query-bitmap-info": true },
  };
  return {
    ...qemuRow(world, guest, true),
    ...(guest.seed.agent && !guest.template ? { agent: 1 } : {}),
    clipboard: null,
    ha: guest.ha ? { managed: 1, state: guest.ha.state } : { managed: 0 },
    ...(guest.status === "running" ? live : {}),
  };
}

function lxcRow(world: World, guest: Guest): Record<string, unknown> {
  const load = loadOf(world, guest);
  const running = guest.status === "running";
  const pressures = world.dialect === "9.1" && running ? Object.fromEntries(PRESSURES.map((name) => [`pressure${name}`, "0.00"])) : {};
  return { ...shared(world, guest), type: "lxc", swap: 0, maxswap: 512 * MIB, diskread: load.diskread, diskwrite: load.diskwrite, ...pressures };
}

function list(kind: "qemu" | "lxc"): Route["run"] {
  return ({ world, path, who, parameters }) => {
    const mine = [...world.guests.values()].filter((guest) => guest.kind === kind && guest.node === path.node && world.accounts.may(who, `/vms/${guest.vmid}`, "VM.Audit"));
    return mine.map((guest) => (kind === "qemu" ? qemuRow(world, guest, flagOf(parameters, "full")) : lxcRow(world, guest)));
  };
}

function config(kind: "qemu" | "lxc"): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const settings = guest.lock ? { ...guest.config, lock: guest.lock } : guest.config;
    return { ...settings, digest: digestOf(settings) };
  };
}

function snapshots(kind: "qemu" | "lxc"): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const parent = guest.snapshots.at(-1)?.name;
    const running = kind === "qemu" ? { running: guest.status === "running" ? 1 : 0 } : {};
    return [...guest.snapshots, { name: "current", description: "You are here!", ...running, ...present("parent", parent), digest: digestOf(guest.config) }];
  };
}

async function ping(call: Call): Promise<unknown> {
  const guest = guestOf(call, "qemu");
  if (guest.config.agent === undefined) throw failure(500, "No QEMU guest agent configured");
  if (guest.status !== "running") throw failure(500, `VM ${guest.vmid} is not running`);
  if (guest.paused || call.world.clock.now() - guest.startedAt < AGENT_BOOT_MS) {
    await call.world.clock.sleep(AGENT_PATIENCE_MS);
    throw failure(500, "QEMU guest agent is not running");
  }
  return { result: {} };
}

function interfaces(call: Call): unknown {
  const guest = guestOf(call, "qemu");
  if (guest.config.agent === undefined) throw failure(500, "No QEMU guest agent configured");
  if (guest.status !== "running") throw failure(500, `VM ${guest.vmid} is not running`);
  const mac = /=([0-9A-F:]{17})/i.exec(String(guest.config.net0))?.[1]?.toLowerCase() ?? "";
  const address = (ip: string, prefix: number) => ({ "ip-address": ip, "ip-address-type": "ipv4", prefix });
  return {
    result: [
      { name: "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": [address("127.0.0.1", 8)] },
      { name: "ens18", "hardware-address": mac, "ip-addresses": guest.seed.address ? [address(guest.seed.address, 24)] : [] },
    ],
  };
}

function lxcInterfaces(call: Call): unknown {
  const guest = guestOf(call, "lxc");
  if (guest.status !== "running") return [];
  const mac = /hwaddr=([0-9A-F:]{17})/i.exec(String(guest.config.net0))?.[1]?.toLowerCase() ?? "";
  const row = (name: string, hwaddr: string, ip: string | undefined, prefix: number) => ({
    name,
    hwaddr,
    "hardware-address": hwaddr,
    "ip-addresses": ip ? [{ "ip-address": ip, "ip-address-type": "inet", prefix: String(prefix) }] : [],
    ...(ip ? { inet: `${ip}/${prefix}` } : {}),
  });
  return [row("lo", "00:00:00:00:00:00", "127.0.0.1", 8), row("eth0", mac, guest.seed.address, 24)];
}

const audit = needs("/vms/{vmid}", "VM.Audit");
const agent = needsAny("/vms/{vmid}", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted");

const both = (kind: "qemu" | "lxc"): Route[] => {
  const base = `/nodes/{node}/${kind}`;
  const ofGuest = `${base}/{vmid}`;
  return [
    get(base, list(kind), { rules: kind === "qemu" ? { full: FLAG } : {} }),
    get(
      `${ofGuest}/status/current`,
      (call) =>
        kind === "qemu"
          ? qemuCurrent(call.world, guestOf(call, kind))
          : { ...lxcRow(call.world, guestOf(call, kind)), ha: guestOf(call, kind).ha ? { managed: 1 } : { managed: 0 } },
      audit,
    ),
    get(`${ofGuest}/config`, config(kind), { ...audit, rules: { current: FLAG, snapshot: TEXT } }),
    get(`${ofGuest}/snapshot`, snapshots(kind), audit),
    get(
      `${ofGuest}/feature`,
      (call) => ({ hasFeature: guestOf(call, kind).seed.storage === "local" ? 0 : 1, ...(kind === "qemu" ? { nodes: [...call.world.nodes.keys()] } : {}) }),
      { ...audit, rules: { feature: required(oneOf("snapshot", "clone", "copy")), snapname: TEXT } },
    ),
  ];
};

export const guestRoutes = (): Route[] => [
  ...both("qemu"),
  ...both("lxc"),
  get("/nodes/{node}/lxc/{vmid}/interfaces", lxcInterfaces, audit),
  get("/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", interfaces, agent),
  post("/nodes/{node}/qemu/{vmid}/agent/ping", ping, agent),
];
