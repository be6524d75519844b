// Which keys a guest's configuration takes, of which type, and which privilege each of them wants (qemu-server's and pve-container's tables).
import { COUNT, FLAG, type Rule, type Rules, TEXT } from "../../front/parameters.ts";
import type { Dialect } from "../../world/state.ts";
import type { Kind } from "./find.ts";

const MAX_NOTES = 8_192;
const NAME: Rule = { type: "string", pattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$/ };
const share = (min: number, max?: number): Rule => ({ type: "integer", min, ...(max === undefined ? {} : { max }) });

/** `net0` to `net31`. */
const numbered = (name: string, count: number): Rules => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, TEXT]));
const words = (rule: Rule, names: string): Rules => Object.fromEntries(names.split(" ").map((name) => [name, rule]));

const ORDERS: Rules = { delete: TEXT, digest: TEXT, revert: TEXT };
const SHARED: Rules = {
  ...ORDERS,
  ...words(TEXT, "arch hookscript lock nameserver ostype searchdomain startup tags"),
  ...words(FLAG, "onboot protection template"),
  description: { ...TEXT, maxLength: MAX_NOTES },
  ...numbered("net", 32),
};

const QEMU: Rules = {
  ...SHARED,
  ...words(
    TEXT,
    "affinity agent amd-sev args audio0 bios boot bootdisk cdrom cicustom cipassword citype ciuser cpu efidisk0 hotplug hugepages ivshmem keyboard machine memory rng0 scsihw smbios1 spice_enhancements sshkeys startdate tpmstate0 vga vmgenid vmstatestorage watchdog",
  ),
  ...words(FLAG, "acpi autostart ciupgrade force freeze keephugepages kvm localtime numa reboot skiplock tablet tdf"),
  ...words(share(1), "cores sockets smp vcpus"),
  ...words(COUNT, "balloon migrate_speed"),
  cpulimit: { type: "number", min: 0, max: 128 },
  cpuunits: share(1, 262_144),
  migrate_downtime: { type: "number", min: 0 },
  shares: share(0, 50_000),
  name: NAME,
  ...numbered("ide", 4),
  ...numbered("sata", 6),
  ...numbered("scsi", 31),
  ...numbered("virtio", 16),
  ...numbered("virtiofs", 10),
  ...numbered("unused", 256),
  ...numbered("hostpci", 16),
  ...numbered("ipconfig", 32),
  ...numbered("numa", 8),
  ...numbered("parallel", 3),
  ...numbered("serial", 4),
  ...numbered("usb", 14),
};

const LXC: Rules = {
  ...SHARED,
  ...words(TEXT, "cmode features rootfs timezone"),
  ...words(FLAG, "console debug unprivileged"),
  cores: share(1, 8_192),
  cpulimit: { type: "number", min: 0, max: 8_192 },
  cpuunits: share(0, 500_000),
  memory: share(16),
  swap: COUNT,
  tty: share(0, 6),
  hostname: NAME,
  ...numbered("mp", 256),
  ...numbered("dev", 256),
  ...numbered("unused", 256),
};

const FRESH: Readonly<Record<Kind, Rules>> = { qemu: { "allow-ksm": FLAG, "intel-tdx": TEXT }, lxc: { entrypoint: TEXT, env: TEXT } };
const OLD: Readonly<Record<Kind, Rules>> = { qemu: {}, lxc: {} };

export const configRules = (kind: Kind, dialect: Dialect): Rules => ({ ...(kind === "qemu" ? QEMU : LXC), ...(dialect === "9.1" ? FRESH : OLD)[kind] });

export const CONFIG_PRIVILEGES: Readonly<Record<Kind, readonly string[]>> = {
  qemu: ["VM.Config.Disk", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.HWType", "VM.Config.Options", "VM.Config.Cloudinit"],
  lxc: ["VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options"],
};

export const ROOT_ONLY = new Set(["lock", "args", "hookscript", "affinity"]);

const PRIVILEGES: [pattern: RegExp, privilege: string][] = [
  [/^(cpu|cores|sockets|smp|vcpus|numa\d*|cpulimit|cpuunits|cpu)$/, "VM.Config.CPU"],
  [/^(memory|balloon|shares|swap|hugepages|keephugepages|allow-ksm)$/, "VM.Config.Memory"],
  [/^(net\d+|hostname|nameserver|searchdomain)$/, "VM.Config.Network"],
  [/^(ide|sata|scsi|virtio|mp|unused)\d+$|^(rootfs|efidisk0|tpmstate0|bootdisk|vmstatestorage)$/, "VM.Config.Disk"],
  [/^cdrom$/, "VM.Config.CDROM"],
  [/^(ci\w+|sshkeys|ipconfig\d+)$/, "VM.Config.Cloudinit"],
  [/^(acpi|hotplug|kvm|machine|scsihw|smbios1|tablet|vga|watchdog|audio0|arch|bios|ivshmem|rng0|spice_enhancements|(hostpci|usb|serial|parallel|dev)\d+)$/, "VM.Config.HWType"],
];

/** Containers have no hardware types: those keys are options there. */
export function privilegeOf(kind: Kind, key: string): string {
  const found = PRIVILEGES.find(([pattern]) => pattern.test(key))?.[1] ?? "VM.Config.Options";
  if (kind === "lxc" && (found === "VM.Config.HWType" || found === "VM.Config.Cloudinit")) return "VM.Config.Options";
  return kind === "qemu" && (key === "nameserver" || key === "searchdomain") ? "VM.Config.Cloudinit" : found;
}

const AT_ONCE = /^(name|description|onboot|protection|startup|tags|lock|hookscript|shares|template|net\d+|scsi\d+|virtio\d+|mp\d+|unused\d+|hostname|nameserver|searchdomain)$/;
const LXC_AT_ONCE = /^(memory|swap|cores|cpulimit|cpuunits)$/;

/** Whether a running guest takes the key without a restart. */
export const takesAtOnce = (kind: Kind, key: string): boolean => AT_ONCE.test(key) || (kind === "lxc" && LXC_AT_ONCE.test(key));
