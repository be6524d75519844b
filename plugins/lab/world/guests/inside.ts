// What runs inside a guest when the agent is asked to run something: a handful of commands with believable output, nothing of the machine the lab is on.
import { loadOf } from "../load.ts";
import { GIB, type Guest, MIB, type World } from "../state.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
  ms: number;
}

const MAX_DEPTH = 3;
const MAX_SLEEP_S = 600;
const MANY_LINES = 2_000_000;
const done = (out: string, ms = 120): Ran => ({ code: 0, out, err: "", ms });
const failed = (code: number, err: string): Ran => ({ code, out: "", err, ms: 60 });
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)}G`;

function uptime(world: World, guest: Guest): string {
  const { uptimeSeconds, cpu } = loadOf(world, guest);
  const [days, hours, minutes] = [Math.floor(uptimeSeconds / 86_400), Math.floor((uptimeSeconds % 86_400) / 3600), Math.floor((uptimeSeconds % 3600) / 60)];
  const load = (cpu * guest.seed.cores).toFixed(2);
  return ` ${new Date(world.clock.now()).toISOString().slice(11, 19)} up ${days} days, ${hours}:${String(minutes).padStart(2, "0")},  1 user,  load average: ${load}, ${load}, ${load}\n`;
}

function df(guest: Guest): string {
  const total = guest.seed.diskGiB * GIB;
  const share = guest.strain?.diskShare ?? 0.41;
  return `Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1       ${gib(total)}  ${gib(total * share)}  ${gib(total * (1 - share))}  ${Math.round(share * 100)}% /\n`;
}

function free(world: World, guest: Guest): string {
  const [total, used] = [Math.floor(guest.seed.memoryMiB), Math.floor(loadOf(world, guest).memBytes / MIB)];
  return `               total        used        free      shared  buff/cache   available\nMem:           ${total}        ${used}        ${total - used}           2         310        ${total - used}\n`;
}

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';

type Command = (world: World, guest: Guest, args: readonly string[]) => Ran;

const COMMANDS: Readonly<Record<string, Command>> = {
  uptime: (world, guest) => done(uptime(world, guest)),
  hostname: (_, guest) => done(`${guest.seed.name}\n`),
  whoami: () => done("root\n"),
  id: () => done("uid=0(root) gid=0(root) groups=0(root)\n"),
  uname: (_, guest, args) =>
    done(args.includes("-a") ? `Linux ${guest.seed.name} 6.1.0-37-amd64 #1 SMP PREEMPT_DYNAMIC Debian x86_64 GNU/Linux\n` : args.includes("-r") ? "6.1.0-37-amd64\n" : "Linux\n"),
  df: (_, guest) => done(df(guest)),
  free: (world, guest) => done(free(world, guest)),
  date: (world) => done(`${new Date(world.clock.now()).toUTCString()}\n`),
  echo: (_, __, args) => done(`${args.join(" ")}\n`),
  true: () => done(""),
  false: () => ({ code: 1, out: "", err: "", ms: 30 }),
  sync: () => done("", 400),
  /** As much as somebody sees before pressing ctrl-C. */
  yes: () => done("y\n".repeat(MANY_LINES)),
  sleep: (_, __, args) => done("", Math.min(MAX_SLEEP_S, Number(args[0]) || 0) * 1000),
  cat: (_, __, args) => (args[0] === "/etc/os-release" ? done(OS_RELEASE) : failed(1, `cat: ${args[0] ?? "-"}: No such file or directory\n`)),
  ls: () => done("bin  boot  dev  etc  home  lib  media  mnt  opt  proc  root  run  sbin  srv  sys  tmp  usr  var\n"),
  ip: (_, guest) => done(`2: eth0    inet ${guest.seed.address ?? "169.254.10.2"}/24 scope global eth0\n`),
  systemctl: (_, __, args) => (args[0] === "is-active" ? done("active\n") : args[0] === "is-system-running" ? done("running\n") : done("")),
  fstrim: (_, __, args) => done(args.includes("-v") ? "/: 3.4 GiB (3650722816 bytes) trimmed\n" : "", 2_500),
};

const split = (line: string): string[] => [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? "");

export function runInside(world: World, guest: Guest, argv: readonly string[], depth = 0): Ran {
  const [program = "", ...args] = argv;
  const name = program.split("/").at(-1) ?? "";
  if ((name === "sh" || name === "bash") && args[0] === "-c" && depth < MAX_DEPTH) {
    const parts = (args[1] ?? "").split(/&&|;/).map((part) => runInside(world, guest, split(part.trim()), depth + 1));
    const stop = parts.findIndex((part) => part.code !== 0);
    const ran = stop < 0 ? parts : parts.slice(0, stop + 1);
    return { code: ran.at(-1)?.code ?? 0, out: ran.map((part) => part.out).join(""), err: ran.map((part) => part.err).join(""), ms: ran.reduce((sum, part) => sum + part.ms, 0) };
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command ? command(world, guest, args) : failed(127, `${depth > 0 ? "sh: 1: " : ""}${program}: not found\n`);
}
