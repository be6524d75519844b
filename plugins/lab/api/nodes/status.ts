// /nodes/N: the machine's state, its versions and its clock.
import { failure } from "../../front/failure.ts";
import { required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, put, type Route } from "../../front/route.ts";
import { nodeLoadOf, SWAP_BYTES } from "../../world/load.ts";
import { GIB, type Node, seconds } from "../../world/state.ts";
import { releaseOf } from "../access.ts";
import { noteChange } from "../work.ts";

export function nodeOf({ world, path }: Call): Node {
  const node = world.nodes.get(path.node ?? "");
  if (!node) throw failure(500, `no such cluster node '${path.node}'`);
  return node;
}

function status(call: Call): unknown {
  const { world } = call;
  const node = nodeOf(call);
  const load = nodeLoadOf(world, node);
  const total = Math.floor(node.seed.memoryGiB * 0.985 * GIB);
  const root = Math.floor(node.seed.rootGiB * GIB);
  const kernel = node.machine.kernel.running;
  const version = "#1 SMP PREEMPT_DYNAMIC PMX";
  const free = total - load.memBytes;
  const { version: manager, repoid } = releaseOf(world, node.name);
  return {
    uptime: load.uptimeSeconds,
    cpu: load.cpu,
    wait: load.wait,
    idle: 0,
    loadavg: load.load.map((value) => value.toFixed(2)),
    // Up to 8.4 `free` counts what the page cache would give back; 9.1 tells that apart as `available`.
    memory: world.dialect === "9.1" ? { total, used: load.memBytes, free: Math.floor(free * 0.6), available: free } : { total, used: load.memBytes, free },
    rootfs: { total: root, used: load.rootBytes, free: root - load.rootBytes, avail: Math.floor((root - load.rootBytes) * 0.95) },
    swap: { total: SWAP_BYTES, used: load.swapBytes, free: SWAP_BYTES - load.swapBytes },
    ksm: { shared: 0 },
    cpuinfo: {
      cpus: node.seed.cpus,
      cores: Math.max(1, Math.ceil(node.seed.cpus / 2)),
      sockets: 1,
      model: node.seed.model,
      mhz: "3400.000",
      hvm: "1",
      user_hz: 100,
      flags: "fpu vme de pse tsc msr pae mce cx8 apic sep vmx",
    },
    "boot-info": { mode: "efi", secureboot: 0 },
    "current-kernel": { sysname: "Linux", release: kernel, version, machine: "x86_64" },
    kversion: `Linux ${kernel} ${version}`,
    pveversion: `pve-manager/${manager}/${repoid}`,
  };
}

/** A drifting node tells its own wrong time. */
function time(call: Call): unknown {
  const { driftMs, timezone } = nodeOf(call).machine;
  const now = seconds(call.world.clock.now() + driftMs);
  return { time: now, localtime: now, timezone };
}

function setTimezone(call: Call): unknown {
  const wanted = textOf(call.parameters, "timezone") ?? "UTC";
  if (!/^[A-Za-z]+(\/[A-Za-z_+-]+)*$/.test(wanted)) throw failure(500, "No such timezone.");
  nodeOf(call).machine.timezone = wanted;
  noteChange(call, `node/${call.path.node}`);
  return null;
}

function config(call: Call): unknown {
  const { machine } = nodeOf(call);
  const all = { wakeonlan: machine.mac, digest: "2f1b0a8d4e3c5b6a798081726354453627180910" };
  return textOf(call.parameters, "property") === "wakeonlan" ? { wakeonlan: machine.mac } : all;
}

const audit = needs("/nodes/{node}", "Sys.Audit");

export const statusRoutes = (): Route[] => [
  get("/nodes/{node}/status", status, audit),
  get("/nodes/{node}/version", ({ world, path }) => releaseOf(world, path.node ?? "")),
  get("/nodes/{node}/time", time, audit),
  put("/nodes/{node}/time", setTimezone, { ...needs("/nodes/{node}", "Sys.Modify"), rules: { timezone: required(TEXT) } }),
  get("/nodes/{node}/config", config, { ...needs("/", "Sys.Audit"), rules: { property: TEXT } }),
  get("/nodes/{node}/subscription", () => ({
    status: "notfound",
    message: "There is no subscription key",
    serverid: "4B0C7E5A2F19D8361C0A9E7D5B3F2168",
    url: "https://www.proxmox.com/en/proxmox-virtual-environment/pricing",
  })),
];
