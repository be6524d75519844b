// cat and ls over the few files a look at a node needs, written from the world as it is. It refuses every other path, and all that would hold a secret.
import { nodeLoadOf } from "../../world/load.ts";
import { GIB } from "../../world/state.ts";
import { type Command, complained, type Machine, said } from "../output.ts";

const NO_FILE = 1;

function storageConfig({ world }: Machine): string[] {
  return world.storages.flatMap(({ name, seed, disabled }) => [
    `${seed.type}: ${name}`,
    ...(disabled ? ["\tdisable"] : []),
    `\tcontent ${seed.content}`,
    ...(seed.nodes ? [`\tnodes ${seed.nodes.join(",")}`] : []),
    ...(seed.shared ? ["\tshared 1"] : []),
    "",
  ]);
}

function pressure({ node }: Machine, kind: string): string[] | undefined {
  const strain = node.machine.strain?.pressure ?? {};
  const [some, full] = kind === "cpu" ? [strain.cpuSome, 0] : kind === "io" ? [strain.ioSome, strain.ioFull] : kind === "memory" ? [strain.memorySome, strain.memoryFull] : [];
  if (!["cpu", "io", "memory"].includes(kind)) return undefined;
  const line = (word: string, percent = 0): string =>
    `${word} avg10=${percent.toFixed(2)} avg60=${(percent * 0.9).toFixed(2)} avg300=${(percent * 0.6).toFixed(2)} total=${Math.floor(percent * 1e6)}`;
  return [line("some", some), line("full", full)];
}

function guestConfig({ world, node }: Machine, path: string): string[] | undefined {
  const [, folder, vmid] = /^\/etc\/pve\/(?:local\/|nodes\/[^/]+\/)?(qemu-server|lxc)\/(\d+)\.conf$/.exec(path) ?? [];
  const guest = world.guests.get(Number(vmid));
  if (!guest || guest.node !== node.name || (folder === "lxc") !== (guest.kind === "lxc")) return undefined;
  return Object.entries({ ...guest.config, ...(guest.lock ? { lock: guest.lock } : {}) })
    .sort()
    .map(([key, value]) => `${key}: ${String(value).trimEnd()}`);
}

function read(at: Machine, path: string): string[] | undefined {
  const { world, node } = at;
  const load = nodeLoadOf(world, node);
  const total = Math.floor((node.seed.memoryGiB * 0.985 * GIB) / 1024);
  switch (path) {
    case "/etc/hostname":
      return [node.name];
    case "/etc/hosts":
      return ["127.0.0.1 localhost", ...[...world.nodes.values()].map((one) => `${one.seed.address} ${one.name}`)];
    case "/etc/os-release":
      return world.dialect === "9.1"
        ? ['PRETTY_NAME="Debian GNU/Linux 13 (trixie)"', 'VERSION_ID="13"', "ID=debian"]
        : ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'VERSION_ID="12"', "ID=debian"];
    case "/proc/uptime":
      return [`${load.uptimeSeconds}.00 ${Math.floor(load.uptimeSeconds * node.seed.cpus * (1 - load.cpu))}.00`];
    case "/proc/loadavg":
      return [`${load.load.map((value) => value.toFixed(2)).join(" ")} 2/1024 31337`];
    case "/proc/meminfo":
      return [`MemTotal:       ${total} kB`, `MemAvailable:   ${total - Math.floor(load.memBytes / 1024)} kB`, "SwapTotal:      8388604 kB"];
    case "/etc/pve/storage.cfg":
      return storageConfig(at);
    default:
      return path.startsWith("/proc/pressure/") ? pressure(at, path.slice("/proc/pressure/".length)) : guestConfig(at, path);
  }
}

const cat: Command = (at, words, input) => {
  const paths = words.filter((word) => !word.startsWith("-"));
  if (paths.length === 0) return { out: input, code: 0 };
  const parts = paths.map((path) => ({ path, lines: read(at, path) }));
  const missing = parts.find((part) => part.lines === undefined);
  const out = parts.flatMap((part) => part.lines ?? []);
  return {
    ...(out.length > 0 ? said(out) : { out: "", code: 0 }),
    ...(missing ? { ...complained(`cat: ${missing.path}: No such file or directory`, NO_FILE), out: out.length > 0 ? `${out.join("\n")}\n` : "" } : {}),
  };
};

const ls: Command = ({ world, node }, words) => {
  const path = words.find((word) => word.startsWith("/"))?.replace(/\/$/, "");
  const folder = path === undefined ? undefined : /^\/etc\/pve\/(?:local|nodes\/[^/]+)\/(qemu-server|lxc)$/.exec(path)?.[1];
  if (path === undefined) return { out: "", code: 0 };
  if (path === "/mnt/pve") return said(world.storages.filter((storage) => ["nfs", "cifs"].includes(storage.seed.type)).map((storage) => storage.name));
  if (folder === undefined) return complained(`ls: cannot access '${path}': No such file or directory`, 2);
  const kind = folder === "lxc" ? "lxc" : "qemu";
  return said([...world.guests.values()].filter((guest) => guest.kind === kind && guest.node === node.name).map((guest) => `${guest.vmid}.conf`));
};

export const files: Record<string, Command> = { cat, ls };
