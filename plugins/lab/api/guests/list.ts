// Guests as a node shows them, measured at the call: lists, current state, features.
import { FLAG, flagOf, oneOf, required, TEXT } from "../../front/parameters.ts";
import { type Call, get, needs, type Route } from "../../front/route.ts";
import { qmpStatusOf } from "../../world/broadcast.ts";
import { nextWorker } from "../../world/guests/sample.ts";
import { canSnapshot } from "../../world/guests/snapshot.ts";
import { type GuestLoad, guestsOn, loadOf } from "../../world/load.ts";
import { GIB, type Guest, MIB, type World } from "../../world/state.ts";
import { guestOf } from "./find.ts";

/** How the worker that answers sees a guest's processors. */
type Reckon = ReturnType<typeof nextWorker>;

const present = (name: string, value: unknown): Record<string, unknown> => (value === undefined || value === "" ? {} : { [name]: value });

function shared(world: World, guest: Guest, reckon: Reckon): Record<string, unknown> {
  const load = loadOf(world, guest);
  return {
    vmid: guest.vmid,
    name: guest.config.name ?? guest.config.hostname ?? guest.seed.name,
    status: guest.status,
    uptime: load.uptimeSeconds,
    cpu: reckon(guest, load.cpu),
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

/** PSI over 10 s in percent; QEMU tells numbers, LXC text. */
export const pressures = ({ pressure }: Pick<GuestLoad, "pressure">): Record<string, number> => ({
  pressurecpusome: pressure.cpuSome,
  pressurecpufull: 0,
  pressureiosome: pressure.ioSome,
  pressureiofull: pressure.ioFull,
  pressurememorysome: pressure.memorySome,
  pressurememoryfull: pressure.memoryFull,
});

function qemuRow(world: World, guest: Guest, reckon: Reckon, full: boolean): Record<string, unknown> {
  const load = loadOf(world, guest);
  const running = guest.status === "running";
  const fresh = world.dialect === "9.1";
  return {
    ...shared(world, guest, reckon),
    ...(fresh ? { memhost: Math.floor(load.memBytes * 1.04) } : {}),
    ...(fresh && running ? pressures(load) : {}),
    ...(full ? { qmpstatus: qmpStatusOf(guest), diskread: load.diskread, diskwrite: load.diskwrite } : {}),
    ...(full && running ? { balloon: guest.seed.memoryMiB * MIB } : {}),
  };
}

function qemuCurrent(world: World, guest: Guest, reckon: Reckon): Record<string, unknown> {
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
    ...qemuRow(world, guest, reckon, true),
    ...(guest.seed.agent && !guest.template ? { agent: 1 } : {}),
    clipboard: null,
    ha: guest.ha ? { managed: 1, state: guest.ha.state } : { managed: 0 },
    ...(guest.status === "running" ? live : {}),
  };
}

function lxcRow(world: World, guest: Guest, reckon: Reckon): Record<string, unknown> {
  const load = loadOf(world, guest);
  const running = guest.status === "running";
  const squeezed = world.dialect === "9.1" && running ? Object.fromEntries(Object.entries(pressures(load)).map(([name, value]) => [name, value.toFixed(2)])) : {};
  return { ...shared(world, guest, reckon), type: "lxc", swap: 0, maxswap: 512 * MIB, diskread: load.diskread, diskwrite: load.diskwrite, ...squeezed };
}

function list(kind: "qemu" | "lxc"): Route["run"] {
  return ({ world, path, who, parameters }) => {
    const mine = guestsOn(world, path.node ?? "").filter((guest) => guest.kind === kind && world.accounts.may(who, `/vms/${guest.vmid}`, "VM.Audit"));
    const reckon = nextWorker(world, path.node ?? "");
    return mine.map((guest) => (kind === "qemu" ? qemuRow(world, guest, reckon, flagOf(parameters, "full")) : lxcRow(world, guest, reckon)));
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

const SUBDIRS = ["config", "pending", "status", "migrate", "clone", "snapshot", "firewall", "rrddata", "feature", "resize"];

const both = (kind: "qemu" | "lxc"): Route[] => {
  const base = `/nodes/{node}/${kind}`;
  const ofGuest = `${base}/{vmid}`;
  return [
    get(base, list(kind), { rules: kind === "qemu" ? { full: FLAG } : {} }),
    get(
      `${ofGuest}/status/current`,
      (call) => {
        const [guest, reckon] = [guestOf(call, kind), nextWorker(call.world, call.path.node ?? "")];
        return kind === "qemu" ? qemuCurrent(call.world, guest, reckon) : { ...lxcRow(call.world, guest, reckon), ha: { managed: guest.ha ? 1 : 0 } };
      },
      audit,
    ),
    get(ofGuest, (call) => guestOf(call, kind) && SUBDIRS.map((subdir) => ({ subdir }))),
    get(`${ofGuest}/status`, (call) => guestOf(call, kind) && ["current", "start", "stop", "shutdown", "reboot", "suspend", "resume"].map((subdir) => ({ subdir }))),
    get(
      `${ofGuest}/feature`,
      (call) => ({ hasFeature: canSnapshot(call.world, guestOf(call, kind)) ? 1 : 0, ...(kind === "qemu" ? { nodes: [...call.world.nodes.keys()] } : {}) }),
      { ...audit, rules: { feature: required(oneOf("snapshot", "clone", "copy")), snapname: TEXT } },
    ),
  ];
};

export const guestListRoutes = (): Route[] => [...both("qemu"), ...both("lxc"), get("/nodes/{node}/lxc/{vmid}/interfaces", lxcInterfaces, audit)];
