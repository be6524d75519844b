// The guest agent: ping, what it knows of its guest, freezing and thawing, trimming, and running commands. An agent that does not answer costs 3 s, as on a real node.
import { oneOf, type Rules, required, textOf } from "../../front/parameters.ts";
import { type Call, get, needsAny, post, type Route } from "../../front/route.ts";
import { shutdown } from "../../world/power.ts";
import { type Dialect, GIB, type Guest } from "../../world/state.ts";
import { noteChange } from "../work.ts";
import { agentOf } from "./agent-answer.ts";
import { execRoutes } from "./exec.ts";
import { guestOf } from "./find.ts";

/** What one guest's trimming gives back of a pool that was filled, and what stays whatever is trimmed. */
const [TRIMMED_SHARE, LEAST_FILL] = [0.12, 0.5];

const macOf = (guest: Guest): string => /=([0-9A-F:]{17})/i.exec(String(guest.config.net0))?.[1]?.toLowerCase() ?? "";

function interfaces(guest: Guest): unknown {
  const address = (ip: string, prefix: number) => ({ "ip-address": ip, "ip-address-type": "ipv4", prefix });
  return [
    { name: "lo", "hardware-address": "00:00:00:00:00:00", "ip-addresses": [address("127.0.0.1", 8)] },
    { name: "ens18", "hardware-address": macOf(guest), "ip-addresses": guest.seed.address ? [address(guest.seed.address, 24)] : [] },
  ];
}

const osInfo = (guest: Guest): unknown =>
  String(guest.config.ostype).startsWith("win")
    ? {
        id: "mswindows",
        name: "Microsoft Windows",
        "pretty-name": "Windows 11 Pro",
        version: "Microsoft Windows 11",
        "version-id": "11",
        machine: "x86_64",
        "kernel-release": "26100",
        "kernel-version": "10.0",
      }
    : {
        id: "debian",
        name: "Debian GNU/Linux",
        "pretty-name": "Debian GNU/Linux 12 (bookworm)",
        version: "12 (bookworm)",
        "version-id": "12",
        machine: "x86_64",
        "kernel-release": "6.1.0-37-amd64",
        "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1",
      };

function filesystems(guest: Guest): unknown {
  const total = Math.floor(guest.seed.diskGiB * GIB * 0.96);
  const disk = [{ "bus-type": "scsi", bus: 0, unit: 0, target: 0, dev: "/dev/sda1", serial: "drive-scsi0", "pci-controller": { domain: 0, bus: 0, slot: 5, function: 0 } }];
  return [{ name: "sda1", mountpoint: "/", type: "ext4", "total-bytes": total, "used-bytes": Math.floor(total * (guest.strain?.diskShare ?? 0.41)), disk }];
}

type Ask = (guest: Guest, call: Call) => unknown;

const READS: Readonly<Record<string, Ask>> = {
  "get-fsinfo": filesystems,
  "get-host-name": (guest) => ({ "host-name": guest.seed.name }),
  "get-memory-block-info": () => ({ size: 134_217_728 }),
  "get-memory-blocks": () => [{ "phys-index": 0, "can-offline": false, online: true }],
  "get-osinfo": osInfo,
  "get-time": (_, { world }) => Math.floor(world.clock.now() * 1_000_000),
  "get-timezone": () => ({ zone: "UTC", offset: 0 }),
  "get-users": () => [],
  "get-vcpus": (guest) => Array.from({ length: guest.seed.cores }, (_, index) => ({ "logical-id": index, online: true, "can-offline": index > 0 })),
  info: () => ({ version: "9.2.0", supported_commands: Object.keys(READS).map((name) => ({ name: `guest-${name}`, enabled: true, "success-response": true })) }),
  "network-get-interfaces": interfaces,
};

const FILES: Readonly<Record<string, Ask>> = {
  "fsfreeze-freeze": (guest) => {
    guest.frozen = true;
    return 1;
  },
  "fsfreeze-status": (guest) => (guest.frozen ? "frozen" : "thawed"),
  "fsfreeze-thaw": (guest) => {
    const count = guest.frozen ? 1 : 0;
    guest.frozen = false;
    return count;
  },
  fstrim: (guest, { world }) => {
    const fill = world.storages.find(({ name }) => name === guest.seed.storage)?.fill;
    const share = fill?.get(guest.node);
    // Of a pool that ran full much is what its guests deleted and never gave back.
    if (share !== undefined) fill?.set(guest.node, Math.max(LEAST_FILL, share - TRIMMED_SHARE));
    return { paths: [{ path: "/", minimum: 0, trimmed: 3_650_722_816 }] };
  },
};

const POWER: Readonly<Record<string, Ask>> = {
  shutdown: (guest, { world }) => {
    world.clock.after(0, () => void shutdown(world, guest, { upid: "", log: () => undefined, sleep: (ms) => world.clock.sleep(ms) }).catch(() => undefined));
    return {};
  },
};

const ask =
  (find: Ask, changes: boolean): Route["run"] =>
  async (call) => {
    const guest = await agentOf(call);
    const result = find(guest, call);
    if (changes) noteChange(call, `guest/${guest.vmid}`);
    return { result };
  };

/** 8.x knows one privilege for all of it. */
export const agentNeeds = (dialect: Dialect, ...privileges: string[]) =>
  dialect === "8.4" ? needsAny("/vms/{vmid}", "VM.Monitor") : needsAny("/vms/{vmid}", ...privileges, "VM.GuestAgent.Unrestricted");

const byName: Route["run"] = (call) => {
  const command = textOf(call.parameters, "command") ?? "";
  const find = READS[command] ?? FILES[command] ?? POWER[command] ?? (() => ({}));
  return ask(find, FILES[command] !== undefined)(call);
};

export function agentRoutes(dialect: Dialect): Route[] {
  const base = "/nodes/{node}/qemu/{vmid}/agent";
  const audit = agentNeeds(dialect, "VM.GuestAgent.Audit");
  const files = agentNeeds(dialect, "VM.GuestAgent.FileSystemMgmt");
  const names = [...Object.keys(READS), ...Object.keys(FILES), ...Object.keys(POWER), "ping", "exec", "exec-status"];
  const command: Rules = { command: required(oneOf(...Object.keys(READS), ...Object.keys(FILES), ...Object.keys(POWER), "ping", "suspend-disk", "suspend-hybrid", "suspend-ram")) };
  return [
    get(base, (call) => guestOf(call, "qemu") && names.map((name) => ({ name }))),
    post(base, byName, { ...agentNeeds(dialect), rules: command }),
    post(
      `${base}/ping`,
      ask(() => ({}), false),
      audit,
    ),
    ...Object.entries(READS).map(([name, find]) => get(`${base}/${name}`, ask(find, false), audit)),
    ...Object.entries(FILES).map(([name, find]) =>
      post(
        `${base}/${name}`,
        ask(find, name !== "fsfreeze-status"),
        name === "fsfreeze-status" ? agentNeeds(dialect, "VM.GuestAgent.Audit", "VM.GuestAgent.FileSystemMgmt") : files,
      ),
    ),
    ...Object.entries(POWER).map(([name, find]) =>
      post(`${base}/${name}`, ask(find, true), dialect === "8.4" ? needsAny("/vms/{vmid}", "VM.Monitor") : needsAny("/vms/{vmid}", "VM.PowerMgmt", "VM.GuestAgent.Unrestricted")),
    ),
    ...execRoutes(dialect),
  ];
}
