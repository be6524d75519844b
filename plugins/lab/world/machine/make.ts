// A node's hardware and software out of the seed: the same machine after every start of the lab. Knobs that faults turn begin in good order.
import { randomOf } from "../../random.ts";
import type { NodeSeed, StorageSeed } from "../schema.ts";
import { type Dialect, GIB, seconds } from "../state.ts";
import { freshServices } from "./services.ts";
import type { CertificateFile, Disk, Interface, Machine, ThinPool, Update, ZfsPool } from "./shape.ts";

const DAY_S = 86_400;
const KERNELS = { "8.4": "6.8.12-16-pve", "9.1": "6.17.2-2-pve" } as const;
const MANAGERS = { "8.4": { version: "8.4.14", repoid: "b502d23c55afcba1" }, "9.1": { version: "9.1.6", repoid: "71482d1833ded40a" } } as const;
const METADATA_SHARE_OF_POOL = 0.01;
const SPINNING_BYTES = 4_000_787_030_016;

interface Order {
  seed: number;
  node: NodeSeed;
  /** It is the only one: a node in no cluster. */
  alone: boolean;
  storages: readonly StorageSeed[];
  /** The guest that resolves names for the house; without one the gateway does. */
  resolver?: string | undefined;
  dialect: Dialect;
  now: number;
  bootedAt: number;
}

const here = (storage: StorageSeed, node: string): boolean => !storage.shared && (storage.nodes?.includes(node) ?? true);

function wearOf(seed: number, label: string) {
  const { whole } = randomOf(seed, `wear/${label}`);
  return { temperatureC: whole(31, 44), powerOnHours: whole(4_000, 32_000), reallocated: 0, pending: 0, uncorrectable: 0, crcErrors: whole(0, 2), mediaErrors: 0 };
}

/** `Sun Nov  8 03:36:45 2026` */
const zpoolDate = (ms: number): string => {
  const [day = "", date = "", month = "", year = "", time = ""] = new Date(ms).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${String(Number(date)).padStart(2, " ")} ${time} ${year}`;
};

function disksOf({ seed, node, storages }: Order): Disk[] {
  const { hex, whole } = randomOf(seed, `disks/${node.name}`);
  const system: Disk = {
    devpath: "/dev/nvme0n1",
    type: "nvme",
    vendor: "unknown",
    model: "Samsung SSD 980 PRO 500GB",
    serial: `S5GYNX0${hex(8).toUpperCase()}`,
    wwn: `eui.0025385${hex(9)}`,
    rpm: 0,
    sizeBytes: 500_107_862_016,
    used: "BIOS boot",
    health: "PASSED",
    wearLeftPercent: whole(81, 98),
    wear: wearOf(seed, `${node.name}/nvme0n1`),
  };
  const spinning = storages.filter((storage) => storage.type === "zfspool" && here(storage, node.name)).flatMap((_, index) => [index * 2, index * 2 + 1]);
  const disks = spinning.map(
    (index): Disk => ({
      devpath: `/dev/sd${String.fromCharCode(97 + index)}`,
      type: "hdd",
      vendor: "ATA     ",
      model: "WDC_WD40EFPX-68C6CN0",
      serial: `WD-WX${hex(8).toUpperCase()}`,
      wwn: `0x50014ee2${hex(8)}`,
      rpm: 5400,
      sizeBytes: SPINNING_BYTES,
      used: "ZFS",
      health: "PASSED",
      wear: wearOf(seed, `${node.name}/${index}`),
    }),
  );
  return [system, ...disks];
}

function zfsOf({ node, storages, now }: Order, disks: readonly Disk[]): ZfsPool[] {
  const mine = storages.filter((storage) => storage.type === "zfspool" && here(storage, node.name));
  const member = (disk: Disk) => ({ name: `ata-${disk.model}_${disk.serial}`, state: "ONLINE" as const, read: 0, write: 0, cksum: 0, msg: "" });
  const spinning = disks.filter((disk) => disk.used === "ZFS");
  return mine.map((storage, index) => ({
    name: storage.name,
    vdev: "mirror-0",
    health: "ONLINE" as const,
    members: spinning.slice(index * 2, index * 2 + 2).map(member),
    scan: `scrub repaired 0B in 03:12:44 with 0 errors on ${zpoolDate(now - 15 * DAY_S * 1000)}`,
    errors: "No known data errors",
    fragmentationPercent: 11,
  }));
}

const thinOf = ({ seed, node, storages }: Order): ThinPool[] =>
  storages
    .filter((storage) => storage.type === "lvmthin" && here(storage, node.name))
    .map((storage) => ({
      storage: storage.name,
      vg: "pve",
      lv: storage.name === "local-lvm" ? "data" : storage.name,
      metadataSizeBytes: Math.floor(storage.totalGiB * GIB * METADATA_SHARE_OF_POOL),
      metadataShare: randomOf(seed, `thin/${node.name}/${storage.name}`).between(0.018, 0.06),
    }));

function updatesOf({ seed, node, dialect }: Order): Update[] {
  const fresh = dialect === "9.1";
  const row = (name: string, oldVersion: string, version: string, title: string): Update => ({
    name,
    title,
    oldVersion,
    version,
    section: "admin",
    priority: "optional",
    origin: "Proxmox",
    description: title,
  });
  const known = fresh
    ? [
        row("pve-manager", "9.1.6", "9.1.9", "Proxmox Virtual Environment Management Tools"),
        row("qemu-server", "9.1.4", "9.1.6", "Qemu Server Tools"),
        row("libpve-common-perl", "9.1.5", "9.1.7", "Proxmox VE base library"),
      ]
    : [
        row("pve-manager", "8.4.14", "8.4.16", "Proxmox Virtual Environment Management Tools"),
        row("qemu-server", "8.4.2", "8.4.5", "Qemu Server Tools"),
        row("libpve-common-perl", "8.3.4", "8.3.6", "Proxmox VE base library"),
      ];
  return known.slice(0, randomOf(seed, `updates/${node.name}`).whole(0, 3));
}

function certificatesOf({ node, now, seed }: Order): CertificateFile[] {
  const issued = seconds(now) - randomOf(seed, `certificate/${node.name}`).whole(60, 380) * DAY_S;
  const authority = "/CN=Proxmox Virtual Environment/OU=a8e1f6d2-4c57-4b0e-9f6f-3a5d1c9be207/O=PVE Cluster Manager CA";
  return [
    {
      filename: "pve-root-ca.pem",
      subject: authority,
      issuer: authority,
      san: [],
      notBefore: issued - 300 * DAY_S,
      notAfter: issued + 3_350 * DAY_S,
      keyType: "rsaEncryption",
      keyBits: 4096,
    },
    {
      filename: "pve-ssl.pem",
      subject: `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=${node.name}.lan`,
      issuer: authority,
      san: ["127.0.0.1", "0000:0000:0000:0000:0000:0000:0000:0001", "localhost", node.address, node.name, `${node.name}.lan`],
      notBefore: issued,
      notAfter: issued + 730 * DAY_S,
      keyType: "rsaEncryption",
      keyBits: 2048,
    },
  ];
}

const gatewayOf = (address: string): string => address.replace(/\.\d+$/, ".1");

const interfacesOf = ({ node }: Order): Interface[] => [
  { iface: "enp1s0", type: "eth", active: true, method: "manual" },
  { iface: "vmbr0", type: "bridge", active: true, method: "static", cidr: `${node.address}/24`, gateway: gatewayOf(node.address), ports: "enp1s0" },
];

export function machineOf(order: Order): Machine {
  const { node, dialect, bootedAt, resolver } = order;
  const { hex } = randomOf(order.seed, `board/${node.name}`);
  const disks = disksOf(order);
  const kernel = KERNELS[dialect];
  return {
    disks,
    zfs: zfsOf(order, disks),
    thin: thinOf(order),
    services: freshServices(bootedAt, { alone: order.alone }),
    updates: updatesOf(order),
    kernel: { running: kernel, installed: kernel },
    manager: { ...MANAGERS[dialect] },
    certificates: certificatesOf(order),
    interfaces: interfacesOf(order),
    dns: { search: "lan", ...(resolver === undefined ? { dns1: gatewayOf(node.address), dns2: "9.9.9.9" } : { dns1: resolver }) },
    hosts: `127.0.0.1 localhost.localdomain localhost\n${node.address} ${node.name}.lan ${node.name}\n`,
    driftMs: 0,
    timezone: "UTC",
    mac: ["bc", "24", "11", hex(2), hex(2), hex(2)].join(":"),
  };
}
