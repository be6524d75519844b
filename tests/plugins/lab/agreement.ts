// How far a recorded answer and the lab's agree: every key of the recorded one is in ours, with a JSON type the recorded one has too. What a version, a setting or hardware brings is listed by name.
import { record, rows } from "./open-lab.ts";

export interface Agreement {
  file: string;
  endpoint: string;
  quality: string;
  keys: number;
  shared: number;
  missing: string[];
  /** Same key, other type. */
  strange: string[];
  /** Keys that are excused. */
  excused: string[];
}

/** Keys that only some servers send, by file: another version, hardware the lab does not have, or a setting. */
const EXCUSED: Record<string, string[]> = {
  "access-domains.json": ["tfa"],
  "access-permissions.json": ["/pools"],
  "access-user-tokens.json": ["expire", "privsep", "tokenid", "comment"],
  "access-users.json": ["lastname", "firstname", "email"],
  "cluster-backup-jobs.json": ["mailnotification", "mailto", "notes-template", "prune-backups"],
  "cluster-options-9.json": ["console", "language", "max_workers", "crs", "migration", "ha", "next-id"],
  "cluster-tasks.json": ["pid", "tokenid"],
  "disks-list-9.json": ["bluestore", "osdencrypted"],
  "ha-status-current-active-9.2.json": ["auto-rebalance", "comment"],
  "ha-status-current-migrate-9.2.json": ["auto-rebalance", "comment"],
  "lxc-config-7.json": ["lxc", "mp0"],
  "lxc-interfaces-8.json": ["inet6"],
  "lxc-list-7.json": ["template"],
  "lxc-status-current-stopped-7.json": ["template"],
  "node-certificates-info-7.json": ["pem"],
  "node-network-7.json": ["bridge_vlan_aware", "bridge_vids", "mtu", "cidr6", "address6", "comments", "netmask6", "vlan-raw-device", "vlan-id"],
  "node-storage-status-7.json": ["storage"],
  "qemu-config-9.json": ["vmid", "ide0", "ide2", "sata0", "virtio0", "unused0", "numa0", "hostpci0", "serial0", "usb0", "parallel0", "ipconfig0"],
  "qemu-list-9.json": ["serial"],
  "qemu-status-current-7.json": ["shares", "spice", "balloon_min"],
  "qemu-status-current-running-9.1.json": ["serial"],
  "qemu-status-current-template-9.1.json": ["serial", "agent"],
  "task-status-failed.json": ["endtime"],
  "task-status-ok-9.2.json": ["tokenid"],
  "task-status-running-9.2.json": ["tokenid"],
  "zfs-pool-9.json": ["status"],
};

const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** Perl sends a number as text now and then; the schema test looks at that. */
const kindOf = (type: string): string => (type === "number" || type === "string" || type === "boolean" ? "plain" : type);

/** Keys and types over all rows, so that one row lacking a key does not matter. */
function keysOf(data: unknown): Map<string, Set<string>> {
  const keys = new Map<string, Set<string>>();
  for (const row of Array.isArray(data) ? rows(data) : [record(data)])
    for (const [key, value] of Object.entries(row)) keys.set(key, (keys.get(key) ?? new Set()).add(typeOf(value)));
  return keys;
}

export function agreementOf(file: string, recorded: Record<string, unknown>, data: unknown): Agreement {
  const theirs = keysOf(record(recorded.body).data);
  const ours = keysOf(data);
  const excused = [...(EXCUSED[file] ?? [])];
  const wanted = [...theirs].filter(([key]) => !excused.includes(key));
  const missing = wanted.filter(([key]) => !ours.has(key)).map(([key]) => `no ${key}`);
  const strange = wanted.flatMap(([key, types]) => {
    const kinds = new Set([...types].map(kindOf));
    const odd = [...(ours.get(key) ?? [])].filter((type) => !types.has(type) && !(kinds.has("plain") && kindOf(type) === "plain") && !types.has("null"));
    return odd.map((type) => `${key} is ${type}, recorded ${[...types].join("|")}`);
  });
  return {
    file,
    endpoint: String(recorded.endpoint),
    quality: String(recorded.quality),
    keys: theirs.size,
    shared: [...theirs.keys()].filter((key) => ours.has(key)).length,
    missing,
    strange,
    excused,
  };
}

export function tableOf(agreements: readonly Agreement[]): string {
  const lines = agreements.map(({ file, endpoint, quality, keys, shared, missing, strange, excused }) => {
    const verdict = missing.length + strange.length === 0 ? "agrees" : [...missing, ...strange].join(", ");
    return `${file.padEnd(44)} ${quality.padEnd(12)} ${String(shared).padStart(3)}/${String(keys).padEnd(3)} ${verdict}${excused.length > 0 ? ` (without ${excused.join(", ")})` : ""}  ${endpoint}`;
  });
  return ["recorded answer                              quality      keys    shape", ...lines].join("\n");
}
