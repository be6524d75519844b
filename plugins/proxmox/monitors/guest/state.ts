// The state of one guest as the channel proxmox/guests carries it, and the resource drawn from it. Pure.

import { type Resource, type Status, z } from "jarvis";
import type { Memory } from "../../client/memory.ts";
import { compact } from "../../shapes/compact.ts";
import { figuresOf, MEASURED } from "../../shapes/figures.ts";
import { Entry } from "../../shapes/resources.ts";
import { startOf } from "../started.ts";
import { type Findings, GuestFindings } from "./findings.ts";
import type { Seen } from "./seen.ts";

const MAX_LABEL = 500;

/** `status`: Proxmox's own word. `lastRunningAt`: of a stopped guest, when it was last seen running. Sizes in bytes, times ISO 8601. */
export const GuestState = z.object({
  vmid: z.number().int(),
  name: z.string(),
  node: z.string(),
  guestKind: z.enum(["vm", "ct"]),
  status: z.string(),
  template: z.boolean(),
  ...MEASURED,
  startedAt: z.string().optional(),
  lastRunningAt: z.string().optional(),
  lock: z.string().optional(),
  tags: z.array(z.string()),
  haState: z.string().optional(),
  pool: z.string().optional(),
  identity: z.string().optional(),
  macs: z.array(z.string()).optional(),
  addresses: z.array(z.string()).optional(),
  /** Proxmox does not list it to us any more: `unknown: needs VM.Audit on /vms`. */
  hidden: z.string().optional(),
  ...GuestFindings.shape,
});
export type GuestState = z.output<typeof GuestState>;

/** As the list would have named it. */
export const entryOf = ({ guestKind, vmid, name, node, template, tags, pool, hidden }: GuestState): Entry => ({
  ...Entry.parse({ type: guestKind === "vm" ? "qemu" : "lxc", vmid, name, node, template: template ? 1 : 0, tags: tags.join(";"), pool, status: "unknown" }),
  ...(hidden === undefined ? {} : { hidden }),
});

export const tagsOf = (tags: string | undefined): string[] => (tags ?? "").split(/[;,\s]+/).filter((tag) => tag !== "");

/** `down`: names of nodes that are not online, or whose numbers are from before they went; what is told of their guests is old. */
export const guestOf = (entry: Entry, down: ReadonlySet<string>, memory: Memory, nowMs: number, find: (seen: Seen) => Findings): GuestState | undefined => {
  const { vmid, node } = entry;
  if (vmid === undefined || node === undefined || !Number.isInteger(vmid)) return undefined;
  const status = down.has(node) ? "unknown" : (entry.status ?? "unknown");
  const runs = status === "running";
  const known = memory.facts.get(vmid)?.facts;
  if (runs) memory.running.set(vmid, nowMs);
  const last = memory.running.get(vmid);
  // A paused one has not ended; only what is stopped loses its start.
  const uptime = status === "stopped" ? undefined : entry.uptime;
  const startedAt = status === "unknown" ? undefined : startOf(memory.started, `guest/${vmid}`, uptime, nowMs);
  return compact({
    vmid,
    name: entry.name ?? `guest ${vmid}`,
    node,
    guestKind: entry.type === "qemu" ? ("vm" as const) : ("ct" as const),
    status,
    template: entry.template ?? false,
    cpuPercent: runs && entry.cpu !== undefined ? Math.round(entry.cpu * 1000) / 10 : undefined,
    cpus: entry.maxcpu,
    memoryBytes: runs ? entry.mem : undefined,
    memoryTotalBytes: entry.maxmem,
    diskBytes: entry.type === "lxc" && runs ? entry.disk : undefined,
    diskTotalBytes: entry.maxdisk,
    uptimeSeconds: runs ? uptime : undefined,
    startedAt,
    lastRunningAt: status === "stopped" && last !== undefined ? new Date(last).toISOString() : undefined,
    lock: entry.lock,
    tags: tagsOf(entry.tags),
    haState: entry.hastate,
    pool: entry.pool,
    identity: known?.identity,
    macs: known?.macs.length ? known.macs : undefined,
    addresses: known?.addresses.length ? known.addresses : undefined,
    hidden: entry.hidden,
    ...find({ entry, vmid, node, status, startedAt }),
  });
};

const PAUSED = new Set([
  "paused",
  "suspended",
  "prelaunch",
  "io-error",
  "inmigrate",
  "postmigrate",
  "save-vm",
  "restore-vm",
  "finish-migrate",
  "internal-error",
  "guest-panicked",
  "watchdog",
]);

export const statusOf = (word: string): Status => {
  if (word === "running") return "up";
  if (word === "stopped") return "down";
  return PAUSED.has(word) ? "paused" : "unknown";
};

const labelsOf = (guest: GuestState): Record<string, string> => {
  const known = Object.entries({
    state: guest.hidden ?? guest.status,
    tags: guest.tags.join(";"),
    lock: guest.lock,
    hastate: guest.haState,
    pool: guest.pool,
    macs: guest.macs?.join(","),
    addresses: guest.addresses?.join(","),
    network: guest.bridges?.join(","),
    digest: guest.digest,
    agent: guest.agent === undefined ? undefined : { yes: "answers", no: "silent", unknown: "unknown" }[guest.agent.answers],
    work: guest.work,
    oldestsnapshot: guest.snapshots?.oldest?.name,
  });
  return Object.fromEntries(known.flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value.slice(0, MAX_LABEL)]])));
};

export const resourceOf = (guest: GuestState): Resource =>
  compact({
    id: `guest/${guest.vmid}`,
    kind: "guest" as const,
    name: guest.name.slice(0, 200),
    parent: `node/${guest.node.toLowerCase()}`,
    status: statusOf(guest.status),
    vmid: guest.vmid,
    guestKind: guest.guestKind,
    template: guest.template || undefined,
    identity: guest.identity,
    startedAt: guest.startedAt,
    needs: guest.needs,
    figures: compact({
      ...figuresOf(guest),
      ...(guest.snapshots === undefined ? {} : { snapshots: guest.snapshots.count }),
    }),
    labels: labelsOf(guest),
  });
