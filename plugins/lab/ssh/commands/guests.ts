// qm and pct: lists, states and configurations of the node's guests, and taking a stale lock off. It refuses every other verb: those go through the API.
import { loadOf } from "../../world/load.ts";
import { type Guest, MIB } from "../../world/state.ts";
import { type Command, complained, type Machine, type Output, said, table } from "../output.ts";

type Kind = Guest["kind"];

const mine = ({ world, node }: Machine, kind: Kind): Guest[] =>
  [...world.guests.values()].filter((guest) => guest.kind === kind && guest.node === node.name).sort((a, b) => a.vmid - b.vmid);

const nameOf = (guest: Guest): string => String(guest.config.name ?? guest.config.hostname ?? guest.seed.name);

const qmList = (at: Machine): Output =>
  said(
    [
      ["VMID", "NAME", "STATUS", "MEM(MB)", "BOOTDISK(GB)", "PID"],
      ...mine(at, "qemu").map((guest) => [guest.vmid, nameOf(guest), guest.status, guest.seed.memoryMiB, guest.seed.diskGiB.toFixed(2), guest.pid ?? 0].map(String)),
    ].map(([vmid = "", name = "", status = "", memory = "", disk = "", pid = ""]) =>
      `${vmid.padStart(10)} ${name.padEnd(20)} ${status.padEnd(10)} ${memory.padEnd(10)} ${disk.padStart(12)} ${pid.padEnd(10)}`.trimEnd(),
    ),
  );

const pctList = (at: Machine): Output =>
  said(
    table([
      ["VMID", "Status", "Lock", "Name"],
      ...mine(at, "lxc").map((guest) => [String(guest.vmid).padEnd(10), guest.status.padEnd(10), (guest.lock ?? "").padEnd(12), nameOf(guest)]),
    ]),
  );

function unlock({ world, node }: Machine, guest: Guest): Output {
  if (guest.lock !== undefined) {
    world.journals.add(node.name, `${guest.kind === "qemu" ? "qm" : "pct"}[31337]: <root@pam> unlock ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (${guest.lock})`);
    world.effects.add({ user: "root@pam", method: "SSH", path: `${guest.kind === "qemu" ? "qm" : "pct"} unlock ${guest.vmid}`, target: `guest/${guest.vmid}`, exit: "OK" });
    delete guest.lock;
  }
  return { out: "", code: 0 };
}

function about(at: Machine, guest: Guest, verb: string, words: readonly string[]): Output | undefined {
  const { world } = at;
  if (verb === "status") {
    if (!words.includes("--verbose")) return said(`status: ${guest.paused ? "paused" : guest.status}`);
    const load = loadOf(world, guest);
    return said([`cpus: ${guest.seed.cores}`, `maxmem: ${guest.seed.memoryMiB * MIB}`, `mem: ${load.memBytes}`, `status: ${guest.status}`, `uptime: ${load.uptimeSeconds}`]);
  }
  if (verb === "config")
    return said(
      Object.entries({ ...guest.config, ...(guest.lock ? { lock: guest.lock } : {}) })
        .sort()
        .map(([key, value]) => `${key}: ${String(value).replaceAll("\n", "%0A")}`),
    );
  if (verb === "unlock") return unlock(at, guest);
  if (verb === "listsnapshot")
    return said([
      ...guest.snapshots.map(
        (snapshot) => `\`-> ${snapshot.name.padEnd(24)}${new Date(snapshot.snaptime * 1000).toISOString().slice(0, 19).replace("T", " ")}   ${snapshot.description}`,
      ),
      "`-> current             You are here!",
    ]);
  return undefined;
}

async function agent({ world }: Machine, guest: Guest, verb: string): Promise<Output> {
  if (guest.config.agent === undefined) return complained("No QEMU guest agent configured", 255);
  if (guest.status !== "running") return complained(`VM ${guest.vmid} is not running`, 255);
  if (guest.agent !== "well" || guest.paused) {
    await world.clock.sleep(3_000);
    return complained("QEMU guest agent is not running", 255);
  }
  if (verb === "fsfreeze-status") return said(guest.frozen ? "frozen" : "thawed");
  if (verb === "fsfreeze-thaw") guest.frozen = false;
  return { out: "", code: 0 };
}

const tool =
  (kind: Kind): Command =>
  async (at, words) => {
    const [verb = "help", vmid = "", ...rest] = words;
    const name = kind === "qemu" ? "qm" : "pct";
    if (verb === "list") return kind === "qemu" ? qmList(at) : pctList(at);
    const guest = at.world.guests.get(Number(vmid));
    if (!guest || guest.kind !== kind || guest.node !== at.node.name)
      return complained(`Configuration file 'nodes/${at.node.name}/${kind === "qemu" ? "qemu-server" : "lxc"}/${vmid}.conf' does not exist`, 2);
    if (kind === "qemu" && (verb === "agent" || verb === "guest")) return agent(at, guest, rest.at(-1) ?? "ping");
    if (kind === "lxc" && verb === "df") {
      const { diskBytes } = loadOf(at.world, guest);
      const total = guest.seed.diskGiB * 1024 * MIB;
      const gib = (bytes: number): string => `${(bytes / 1024 / MIB).toFixed(1)}G`;
      return said(
        table([
          ["MP", "Volume", "Size", "Used", "Avail", "Use%", "Path"],
          ["rootfs", String(guest.config.rootfs ?? "").split(",")[0] ?? "", gib(total), gib(diskBytes), gib(total - diskBytes), (diskBytes / total).toFixed(2), "/"],
        ]),
      );
    }
    return (
      about(at, guest, verb, rest) ??
      complained(`ERROR: this lab's ${name} has list, status, config, listsnapshot, unlock${kind === "qemu" ? ", agent" : ", df"}; not '${verb}'`, 255)
    );
  };

export const guests: Record<string, Command> = { qm: tool("qemu"), pct: tool("lxc") };
