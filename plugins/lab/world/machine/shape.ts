// What a node is made of beside its guests: disks, pools, services, packages, certificates, cables. Plain records: faults turn their knobs, the API only reads them.

/** Raw values of the attributes that say a disk is dying. */
export interface Wear {
  temperatureC: number;
  powerOnHours: number;
  reallocated: number;
  pending: number;
  uncorrectable: number;
  crcErrors: number;
  mediaErrors: number;
}

export interface Disk {
  readonly devpath: string;
  readonly type: "ssd" | "nvme" | "hdd";
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  readonly wwn: string;
  readonly rpm: number;
  readonly sizeBytes: number;
  /** `LVM`, `ZFS`, `partitions`, `BIOS boot`. */
  readonly used: string;
  health: "PASSED" | "OK" | "FAILED" | "UNKNOWN";
  /** Life left; absent on spinning disks (`N/A`). */
  wearLeftPercent?: number;
  wear: Wear;
}

export interface PoolMember {
  name: string;
  state: "ONLINE" | "DEGRADED" | "FAULTED" | "UNAVAIL" | "REMOVED" | "OFFLINE";
  read: number;
  write: number;
  cksum: number;
  msg: string;
}

/** How full it is follows the storage of the same name (`Storage.fill`). */
export interface ZfsPool {
  readonly name: string;
  readonly vdev: string;
  health: "ONLINE" | "DEGRADED" | "FAULTED" | "SUSPENDED";
  members: PoolMember[];
  scan: string;
  errors: string;
  /** Advice `zpool status` gives with a pool that is not well. */
  status?: string;
  action?: string;
  fragmentationPercent: number;
}

/** Data use follows the storage (`Storage.fill`); metadata has a share of its own. */
export interface ThinPool {
  readonly storage: string;
  readonly vg: string;
  readonly lv: string;
  metadataSizeBytes: number;
  metadataShare: number;
}

export interface Service {
  readonly name: string;
  readonly desc: string;
  state: "running" | "dead" | "failed" | "exited";
  active: "active" | "inactive" | "failed" | "activating";
  unit: "enabled" | "disabled" | "masked" | "static" | "not-found";
  /** World time of the last start in milliseconds. */
  since: number;
}

export interface Update {
  name: string;
  title: string;
  oldVersion: string;
  version: string;
  section: string;
  priority: string;
  origin: string;
  description: string;
}

export interface CertificateFile {
  filename: "pve-root-ca.pem" | "pve-ssl.pem" | "pveproxy-ssl.pem";
  subject: string;
  issuer: string;
  san: string[];
  /** Seconds since 1970. */
  notBefore: number;
  notAfter: number;
  keyType: string;
  keyBits: number;
}

export interface Interface {
  iface: string;
  type: "bridge" | "eth" | "bond" | "vlan";
  active: boolean;
  method: "static" | "manual" | "dhcp";
  cidr?: string;
  gateway?: string;
  ports?: string;
  comments?: string;
}

/** What weighs on a machine now; history before `since` stays as it was. Absent parts are as usual. */
export interface NodeStrain {
  /** World time in milliseconds. */
  since: number;
  cpu?: number;
  memoryShare?: number;
  rootShare?: number;
  swapShare?: number;
  /** Share of the time spent waiting for disks. */
  wait?: number;
  load?: number;
  /** PSI, percent over 10 s; served on 9.x only. */
  pressure?: { cpuSome?: number; ioSome?: number; ioFull?: number; memorySome?: number; memoryFull?: number };
}

export interface Machine {
  disks: Disk[];
  zfs: ZfsPool[];
  thin: ThinPool[];
  services: Map<string, Service>;
  updates: Update[];
  /** Kernel that runs and kernel that would run after a reboot. */
  kernel: { running: string; installed: string };
  manager: { version: string; repoid: string };
  certificates: CertificateFile[];
  interfaces: Interface[];
  dns: { search: string; dns1: string; dns2?: string };
  hosts: string;
  /** How far its clock is ahead of the others' (negative: behind). */
  driftMs: number;
  timezone: string;
  mac: string;
  strain?: NodeStrain;
}
