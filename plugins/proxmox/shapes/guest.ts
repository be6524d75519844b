// One guest's own answers: status/current and config, and what stays equal while it is the same guest.
import { z } from "jarvis";
import { looseFlag, looseNumber, looseText } from "./loose.ts";
import { TOLD } from "./pressure.ts";

/** Proxmox's word in paths. */
export type Sort = "qemu" | "lxc";
export const kindOf = (sort: Sort): "vm" | "ct" => (sort === "qemu" ? "vm" : "ct");

const Ha = z.unknown().transform((value) => z.object({ managed: looseFlag, state: looseText }).safeParse(value).data);

export const Current = z.object({
  status: z.string(),
  qmpstatus: looseText,
  name: looseText,
  uptime: looseNumber,
  cpu: looseNumber,
  cpus: looseNumber,
  mem: looseNumber,
  maxmem: looseNumber,
  disk: looseNumber,
  maxdisk: looseNumber,
  lock: looseText,
  tags: looseText,
  template: looseFlag,
  pid: looseNumber,
  agent: looseFlag,
  ha: Ha.optional(),
  ...TOLD,
});
export type Current = z.output<typeof Current>;

/** Proxmox's word for its state: the one of QEMU where that says more than `running`. */
export const stateOf = (current: Pick<Current, "status" | "qmpstatus">): string =>
  current.status === "running" && current.qmpstatus !== undefined ? current.qmpstatus : current.status;

export const GuestConfig = z.record(z.string(), z.unknown());
export type GuestConfig = z.output<typeof GuestConfig>;

export interface Facts {
  identity: string | undefined;
  macs: string[];
  addresses: string[];
  onboot: boolean;
  /** Its place among those that start with the node; without one it comes last. */
  startOrder: number | undefined;
  protection: boolean;
  template: boolean;
  lock: string | undefined;
  /** The owner wants a guest agent asked. */
  agent: boolean;
  /** The snapshot it stands on; absent: it has none. */
  parent: string | undefined;
  /** Names of the storages its disks lie on; neither CDs nor folders of the host. */
  storages: string[];
  bridges: string[];
  digest: string | undefined;
}

const MAC = /\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/i;
const ADDRESS = /\bip6?=([0-9a-f.:]+)/gi;
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

const valuesOf = (config: GuestConfig, key: RegExp): string[] =>
  Object.keys(config)
    .filter((name) => key.test(name))
    .sort()
    .map((name) => text(config[name]));

const identityOf = (sort: Sort, config: GuestConfig, macs: readonly string[]): string | undefined => {
  const uuid = /\buuid=([0-9a-f-]{36})/i.exec(text(config.smbios1))?.[1];
  if (sort === "qemu" && uuid) return `smbios:${uuid.toLowerCase()}`;
  const made = /\bctime=(\d+)/.exec(text(config.meta))?.[1];
  const disk = sort === "lxc" ? text(config.rootfs).split(",")[0] : undefined;
  const parts = [made, ...macs, macs.length === 0 ? disk : undefined].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? undefined : `${kindOf(sort)}:${parts.join("+")}`.slice(0, 200);
};

const DISK = { qemu: /^(?:ide|sata|scsi|virtio)\d+$|^(?:efidisk|tpmstate)0$/, lxc: /^(?:rootfs|mp\d+)$/ } as const;

const storagesOf = (sort: Sort, config: GuestConfig): string[] => {
  const disks = valuesOf(config, DISK[sort]).filter((disk) => !/\bmedia=cdrom\b/.test(disk));
  return [...new Set(disks.flatMap((disk) => /^([A-Za-z][\w.-]*):/.exec(disk)?.[1] ?? []))].sort();
};

/** `1`, `1,fstrim_cloned_disks=1`, `enabled=1,type=isa`. */
const hasAgent = (value: string): boolean => /^(?:enabled=)?(?:1|yes|on|true)(?:,|$)|,enabled=(?:1|yes|on|true)\b/.test(value);

/** `order=2,up=30`, or `2` alone. */
const orderOf = (startup: string): number | undefined => {
  const order = /(?:^|,)(?:order=)?(\d+)(?:,|$)/.exec(startup)?.[1];
  return order === undefined ? undefined : Number(order);
};

export const factsOf = (sort: Sort, config: GuestConfig): Facts => {
  const nets = valuesOf(config, /^net\d+$/);
  const macs = nets.flatMap((net) => MAC.exec(net)?.[0].toLowerCase() ?? []);
  const addresses = [...nets, ...valuesOf(config, /^ipconfig\d+$/)]
    .flatMap((net) => [...net.matchAll(ADDRESS)].map((match) => match[1] ?? ""))
    .filter((address) => /[.:]/.test(address));
  const flag = (key: string): boolean => looseFlag.parse(config[key]) ?? false;
  return {
    identity: identityOf(sort, config, macs),
    macs,
    addresses,
    onboot: flag("onboot"),
    startOrder: orderOf(text(config.startup)),
    protection: flag("protection"),
    template: flag("template"),
    lock: text(config.lock) || undefined,
    agent: sort === "qemu" && hasAgent(text(config.agent)),
    parent: text(config.parent) || undefined,
    storages: storagesOf(sort, config),
    bridges: [...new Set(nets.flatMap((net) => /\bbridge=([\w.-]+)/.exec(net)?.[1] ?? []))],
    digest: text(config.digest) || undefined,
  };
};

const SECRET = /pass|secret|token|sshkeys|key$/i;

/** A configuration fit to be kept: what is secret or may carry a secret says only that it was there. */
export const redacted = (config: GuestConfig): GuestConfig =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      SECRET.test(key) ? "(kept out)" : key === "args" || key === "description" ? text(value).replace(/(pass\w*|secret|token|key)\s*[=:]\s*\S+/gi, "$1=(kept out)") : value,
    ]),
  );
