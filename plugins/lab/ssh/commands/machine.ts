// Questions to the machine itself: who it is, how long it runs, how busy it is, its clock, its cluster.
import { nodeLoadOf } from "../../world/load.ts";
import { quorumOf } from "../../world/membership.ts";
import { GIB, type Node, type World } from "../../world/state.ts";
import { type Command, complained, type Machine, said, table } from "../output.ts";

const MIB_IN_GIB = 1024;

export const kernelOf = (node: Node): string => node.machine.kernel.running;
const localNow = ({ world, node }: Machine): number => world.clock.now() + node.machine.driftMs;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)}Gi`;
const online = (world: World, node: Node): Node[] => [...world.nodes.values()].filter((other) => other.power === "on" && other.segment === node.segment);

const uptime: Command = (at, words) => {
  const load = nodeLoadOf(at.world, at.node);
  const days = Math.floor(load.uptimeSeconds / 86_400);
  const rest = new Date((load.uptimeSeconds % 86_400) * 1000).toISOString().slice(11, 16).replace(/^0/, " ");
  if (words.includes("-s")) return said(new Date(at.node.bootedAt).toISOString().slice(0, 19).replace("T", " "));
  const clock = new Date(localNow(at)).toISOString().slice(11, 19);
  const since = days > 0 ? `${days} day${days === 1 ? "" : "s"}, ${rest}` : rest;
  return said(` ${clock} up ${since},  1 user,  load average: ${load.load.map((value) => value.toFixed(2)).join(", ")}`);
};

const free: Command = ({ world, node }, words) => {
  const { memBytes } = nodeLoadOf(world, node);
  const total = Math.floor(node.seed.memoryGiB * 0.985 * GIB);
  const swap = 8 * GIB;
  const swapUsed = Math.floor(swap * (node.machine.strain?.swapShare ?? 0.01));
  const unit = words.includes("-h")
    ? gib
    : words.includes("-m")
      ? (bytes: number) => String(Math.floor((bytes / GIB) * MIB_IN_GIB))
      : (bytes: number) => String(Math.floor(bytes / 1024));
  const left = total - memBytes;
  const row = (name: string, cells: number[]): string => name.padEnd(15) + cells.map((cell) => unit(cell).padStart(12)).join("");
  return said([
    `${" ".repeat(15)}${["total", "used", "free", "shared", "buff/cache", "available"].map((word) => word.padStart(12)).join("")}`,
    row("Mem:", [total, memBytes, Math.floor(left * 0.6), 64 * 1024 * 1024, Math.floor(left * 0.4), left]),
    row("Swap:", [swap, swapUsed, swap - swapUsed]),
  ]);
};

const pvecm: Command = ({ world, node }, words) => {
  const here = online(world, node);
  const { votes, needed } = quorumOf(world, node);
  if (words[0] === "nodes")
    return said([
      "",
      "Membership information",
      "----------------------",
      "    Nodeid      Votes Name",
      ...here.map((one) => `${String(one.id).padStart(10)}${String(one.seed.votes).padStart(11)} ${one.name}${one === node ? " (local)" : ""}`),
    ]);
  if (words[0] !== "status") return complained("ERROR: unknown command: this lab's pvecm has `status` and `nodes`", 255);
  return said([
    "Cluster information",
    "-------------------",
    `Name:             ${world.cluster}`,
    "Transport:        knet",
    "Secure auth:      on",
    "",
    "Quorum information",
    "------------------",
    `Date:             ${new Date(localNow({ world, node })).toUTCString()}`,
    "Quorum provider:  corosync_votequorum",
    `Nodes:            ${here.length}`,
    `Quorate:          ${votes >= needed ? "Yes" : "No"}`,
    "",
    "Votequorum information",
    "----------------------",
    `Expected votes:   ${world.expectedVotes}`,
    `Total votes:      ${votes}`,
    `Quorum:           ${needed}${votes >= needed ? "" : " Activity blocked"}`,
  ]);
};

const chronyc: Command = ({ node }, words) => {
  if (words[0] !== "tracking") return complained(`Unrecognized command`, 1);
  const offset = node.machine.driftMs / 1000;
  return said([
    "Reference ID    : C0A80101 (192.168.1.1)",
    "Stratum         : 3",
    `System time     : ${Math.abs(offset || 0.000_012).toFixed(9)} seconds ${offset < 0 ? "slow" : "fast"} of NTP time`,
    `Last offset     : ${(offset || -0.000_004).toFixed(9)} seconds`,
    `Leap status     : ${Math.abs(offset) > 1 ? "Not synchronised" : "Normal"}`,
  ]);
};

const ps: Command = ({ world, node }) =>
  said(
    table([
      ["PID", "STAT", "COMMAND"],
      ["1", "Ss", "/sbin/init"],
      ...[...node.machine.services.values()].filter((service) => service.state === "running").map((service, index) => [String(1_000 + index * 17), "Ss", service.name]),
      ...world.storages
        .filter((storage) => storage.hangsOn.has(node.name))
        .flatMap((storage) => [
          [String(node.pids.pvestatd), "D", "pvestatd"],
          ["91822", "D", `df -P /mnt/pve/${storage.name}`],
        ]),
      ...[...world.guests.values()]
        .filter((guest) => guest.node === node.name && guest.pid !== undefined && guest.kind === "qemu")
        .map((guest) => [String(guest.pid), "Sl", `/usr/bin/kvm -id ${guest.vmid} -name ${guest.seed.name}`]),
    ]),
  );

export const machine: Record<string, Command> = {
  uptime,
  free,
  pvecm,
  chronyc,
  ps,
  hostname: ({ node }, words) => said(words.includes("-I") ? node.seed.address : node.name),
  whoami: () => said("root"),
  id: (_, words) => said(words.includes("-u") ? "0" : "uid=0(root) gid=0(root) groups=0(root)"),
  date: (at, words) => said(words[0] === "+%s" ? String(Math.floor(localNow(at) / 1000)) : new Date(localNow(at)).toUTCString().replace("GMT", "UTC")),
  nproc: ({ node }) => said(String(node.seed.cpus)),
  uname: ({ node }, words) =>
    said(words.includes("-r") ? kernelOf(node) : words.includes("-a") ? `Linux ${node.name} ${kernelOf(node)} #1 SMP PREEMPT_DYNAMIC PMX x86_64 GNU/Linux` : "Linux"),
  pveversion: ({ node }) => said(`pve-manager/${node.machine.manager.version}/${node.machine.manager.repoid} (running kernel: ${kernelOf(node)})`),
};
