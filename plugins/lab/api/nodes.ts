// /nodes/N: the machine itself: state, time, journal, services.
import { COUNT, numberOf, TEXT, textOf } from "../front/parameters.ts";
import { answer, type Call, get, needs, type Route } from "../front/route.ts";
import { cursorOf, printLine } from "../world/journal.ts";
import { nodeLoadOf } from "../world/load.ts";
import { GIB, type Node, seconds } from "../world/state.ts";
import { releaseOf } from "./access.ts";

const SERVICES = [
  ["chrony", "chrony, an NTP client/server"],
  ["corosync", "Corosync Cluster Engine"],
  ["cron", "Regular background program processing daemon"],
  ["ksmtuned", "Kernel Samepage Merging (KSM) Tuning Daemon"],
  ["lxcfs", "FUSE filesystem for LXC"],
  ["postfix", "Postfix Mail Transport Agent"],
  ["proxmox-firewall", "Proxmox nftables firewall"],
  ["pve-cluster", "The Proxmox VE cluster filesystem"],
  ["pve-firewall", "Proxmox VE firewall"],
  ["pve-ha-crm", "PVE Cluster HA Resource Manager Daemon"],
  ["pve-ha-lrm", "PVE Local HA Resource Manager Daemon"],
  ["pve-lxc-syscalld", "Proxmox VE LXC Syscall Daemon"],
  ["pvedaemon", "PVE API Daemon"],
  ["pvefw-logger", "Proxmox VE firewall logger"],
  ["pveproxy", "PVE API Proxy Server"],
  ["pvescheduler", "Proxmox VE scheduler"],
  ["pvestatd", "PVE Status Daemon"],
  ["qmeventd", "PVE Qemu Event Daemon"],
  ["spiceproxy", "PVE SPICE Proxy Server"],
  ["sshd", "OpenBSD Secure Shell server"],
  ["syslog", "System Logging Service"],
  ["systemd-journald", "Journal Service"],
  ["systemd-timesyncd", "Network Time Synchronization"],
] as const;
const ABSENT = new Set(["syslog", "systemd-timesyncd"]);
const MAX_JOURNAL_LINES = 5_000;

function nodeOf({ world, path }: Call): Node {
  const node = world.nodes.get(path.node ?? "");
  if (!node) throw new Error(`no such cluster node '${path.node}'`);
  return node;
}

function status(call: Call): unknown {
  const { world } = call;
  const node = nodeOf(call);
  const load = nodeLoadOf(world, node);
  const total = Math.floor(node.seed.memoryGiB * 0.985 * GIB);
  const root = Math.floor(node.seed.rootGiB * GIB);
  const swap = 8 * GIB;
  const kernel = world.dialect === "9.1" ? "6.17.2-2-pve" : "6.8.12-16-pve";
  const version = "#1 SMP PREEMPT_DYNAMIC PMX";
  const free = total - load.memBytes;
  const { release, version: manager, repoid } = releaseOf(world);
  return {
    uptime: load.uptimeSeconds,
    cpu: load.cpu,
    wait: load.wait,
    idle: 0,
    loadavg: load.load.map((value) => value.toFixed(2)),
    memory: { total, used: load.memBytes, free: Math.floor(free * 0.6), ...(release === "9.1" ? { available: free } : {}) },
    rootfs: { total: root, used: load.rootBytes, free: root - load.rootBytes, avail: Math.floor((root - load.rootBytes) * 0.95) },
    swap: { total: swap, used: Math.floor(swap * 0.01), free: Math.ceil(swap * 0.99) },
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

function time({ world }: Call): unknown {
  const now = seconds(world.clock.now());
  return { time: now, localtime: now, timezone: "UTC" };
}

/** Lines as mini-journalreader prints them, between the first and the last line's cursor; always compressed. */
function journal({ world, path, parameters }: Call): unknown {
  const node = path.node ?? "";
  const [since, until, last] = [numberOf(parameters, "since"), numberOf(parameters, "until"), numberOf(parameters, "lastentries")];
  const [from, to] = [textOf(parameters, "startcursor"), textOf(parameters, "endcursor")];
  const positionOf = (cursor: string | undefined): number | undefined => {
    const hex = cursor === undefined ? undefined : /;i=([0-9a-f]+);/.exec(cursor)?.[1];
    return hex === undefined ? undefined : parseInt(hex, 16);
  };
  const [first, end] = [positionOf(from), positionOf(to)];
  const fitting = world.journals
    .read(node)
    .filter(
      (line) =>
        (since === undefined || seconds(line.at) >= since) &&
        (until === undefined || seconds(line.at) <= until) &&
        (first === undefined || line.seq >= first) &&
        (end === undefined || line.seq <= end),
    );
  const lines = last === undefined ? fitting.slice(-MAX_JOURNAL_LINES) : last === 0 ? [] : fitting.slice(-last);
  const [opening, closing] = [lines[0], lines.at(-1)];
  if (!opening || !closing) return answer([], {}, true);
  return answer([cursorOf(node, opening), ...lines.map((line) => printLine(node, line)), cursorOf(node, closing)], {}, true);
}

const UNIT_WORDS: Readonly<Record<string, string>> = {
  pvedaemon: "pvedaemon",
  pveproxy: "pveproxy",
  qmeventd: "qmeventd",
  kernel: "kernel",
  "pve-cluster": "pmxcfs",
  cron: "CRON",
};

function syslog({ world, path, parameters }: Call): unknown {
  const parse = (name: string): number | undefined => {
    const text = textOf(parameters, name);
    return text === undefined ? undefined : Date.parse(`${text.length === 10 ? `${text}T00:00:00` : text.replace(" ", "T")}Z`);
  };
  const [since, until, service] = [parse("since"), parse("until"), textOf(parameters, "service")];
  const word = service === undefined ? undefined : (UNIT_WORDS[service] ?? service);
  const fitting = world.journals
    .read(path.node ?? "")
    .filter((line) => (since === undefined || line.at >= since) && (until === undefined || line.at <= until) && (word === undefined || line.text.startsWith(word)));
  const start = numberOf(parameters, "start") ?? 0;
  const limit = numberOf(parameters, "limit") ?? 50;
  const page = fitting.slice(start, limit > 0 ? start + limit : undefined);
  return answer(
    page.map((line, index) => ({ n: start + index + 1, t: printLine(path.node ?? "", line) })),
    { total: fitting.length },
  );
}

function services(): unknown {
  return SERVICES.map(([service, desc]) => {
    const absent = ABSENT.has(service);
    return { service, name: service, desc, state: absent ? "dead" : "running", "active-state": absent ? "inactive" : "active", "unit-state": absent ? "not-found" : "enabled" };
  });
}

const WHEN = { type: "string", pattern: /^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?$/ } as const;

export const nodeRoutes = (): Route[] => [
  get("/nodes/{node}/status", status, needs("/nodes/{node}", "Sys.Audit")),
  get("/nodes/{node}/version", ({ world }) => releaseOf(world)),
  get("/nodes/{node}/time", time, needs("/nodes/{node}", "Sys.Audit")),
  get("/nodes/{node}/journal", journal, { ...needs("/nodes/{node}", "Sys.Syslog"), rules: { since: COUNT, until: COUNT, lastentries: COUNT, startcursor: TEXT, endcursor: TEXT } }),
  get("/nodes/{node}/syslog", syslog, {
    ...needs("/nodes/{node}", "Sys.Syslog"),
    rules: { start: COUNT, limit: COUNT, since: WHEN, until: WHEN, service: { ...TEXT, maxLength: 128 } },
  }),
  get("/nodes/{node}/services", services, needs("/nodes/{node}", "Sys.Audit")),
];
