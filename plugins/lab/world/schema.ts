// What a world is made of, as data: the home that ships (world/home) and the files given with --world have this shape. It refuses unknown keys and guests on unknown nodes.
import { z } from "zod";

const name = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/);
const MAX_NODES = 100;
const fraction = z.number().min(0).max(1);

export const NodeSeed = z.strictObject({
  name,
  address: z.ipv4(),
  cpus: z.number().int().min(1).max(512),
  memoryGiB: z.number().positive(),
  rootGiB: z.number().positive().default(94),
  model: z.string().default("Intel(R) Core(TM) i5"),
  /** What the host itself uses, guests aside. */
  baseCpu: fraction.default(0.02),
  baseMemoryGiB: z.number().nonnegative().default(1.6),
  uptimeDays: z.number().positive().default(30),
  /** In the cluster's votes. */
  votes: z.number().int().min(0).max(10).default(1),
});

export const StorageSeed = z.strictObject({
  name,
  type: z.enum(["dir", "lvmthin", "zfspool", "nfs", "cifs", "pbs"]),
  content: z.string(),
  shared: z.boolean().default(false),
  /** Nodes that have it; absent means all. */
  nodes: z.array(name).optional(),
  totalGiB: z.number().positive(),
  usedGiB: z.number().nonnegative(),
});

export const GuestSeed = z.strictObject({
  vmid: z.number().int().min(100).max(999_999_999),
  name,
  kind: z.enum(["qemu", "lxc"]),
  node: name,
  cores: z.number().int().min(1).default(1),
  memoryMiB: z.number().int().min(16).default(512),
  diskGiB: z.number().positive().default(8),
  storage: name.default("local-lvm"),
  address: z.ipv4().optional(),
  tags: z.array(z.string().regex(/^[a-z0-9_][a-z0-9_.+-]*$/i)).default([]),
  ostype: z.string().optional(),
  running: z.boolean().default(true),
  onboot: z.boolean().default(true),
  template: z.boolean().default(false),
  agent: z.boolean().default(true),
  ha: z.boolean().default(false),
  /** Does not react to an ACPI shutdown. */
  ignoresAcpi: z.boolean().default(false),
  /** Hours since the last start. */
  uptimeHours: z.number().nonnegative().default(200),
  /** Mean load: a fraction of its cores, and of its memory. */
  cpu: fraction.default(0.03),
  memory: fraction.default(0.5),
  /** A job has backed it up all along: it has the verified backups of that job's last runs, however long ago the last one is when the lab begins. */
  backedUp: z.boolean().default(false),
  /** Instead of that: hours since its last verified backup. Neither means none. */
  backupHours: z.number().positive().optional(),
  /** Who stopped it how many hours ago (a stopped guest only). */
  stopped: z.strictObject({ by: z.string(), hoursAgo: z.number().positive() }).optional(),
  description: z.string().optional(),
  pool: name.optional(),
  /** Snapshots that are there, oldest first. */
  snapshots: z
    .array(z.strictObject({ name, hoursAgo: z.number().positive(), description: z.string().default("") }))
    .max(50)
    .default([]),
});

export const BackupJobSeed = z.strictObject({
  id: name,
  schedule: z.string().max(128),
  storage: name,
  mode: z.enum(["snapshot", "suspend", "stop"]).default("snapshot"),
  enabled: z.boolean().default(true),
  vmids: z.array(z.number().int()).max(1_000).default([]),
  all: z.boolean().default(false),
  exclude: z.array(z.number().int()).max(1_000).default([]),
  pool: name.optional(),
  prune: z.string().max(200).optional(),
});

export const ReplicationSeed = z.strictObject({ guest: z.number().int(), target: name, schedule: z.string().max(128).optional() });

const More = z.strictObject({
  nodes: z.number().int().min(0).max(MAX_NODES).default(0),
  guests: z.number().int().min(0).max(20_000).default(0),
  cpus: z.number().int().min(1).max(512).default(32),
  memoryGiB: z.number().positive().default(252),
});

export const WorldSeed = z
  .strictObject({
    cluster: name.default("homelab"),
    nodes: z.array(NodeSeed).min(1).max(MAX_NODES),
    /** A third party that votes: with `ffsplit` once, for the larger half; with `lms` as often as all nodes but one. */
    qdevice: z.strictObject({ host: z.ipv4(), algorithm: z.enum(["ffsplit", "lms"]).default("ffsplit") }).optional(),
    /** The backup server's release; without one it is as old as the nodes. */
    backupServer: z.strictObject({ release: z.string().regex(/^\d+\.\d+\.\d+$/) }).optional(),
    storages: z.array(StorageSeed).max(200),
    guests: z.array(GuestSeed).max(20_000),
    /** Nodes and guests besides, made from the seed. */
    more: More.optional(),
    pools: z
      .array(z.strictObject({ id: name, comment: z.string().default("") }))
      .max(1_000)
      .default([]),
    /** Absent: one nightly job over all guests that have backups. */
    backupJobs: z.array(BackupJobSeed).max(200).optional(),
    replication: z.array(ReplicationSeed).max(1_000).default([]),
  })
  .superRefine((world, ctx) => {
    const nodes = new Set(world.nodes.map((node) => node.name));
    const seen = new Set<number>();
    for (const [index, guest] of world.guests.entries()) {
      if (!nodes.has(guest.node)) ctx.addIssue({ code: "custom", path: ["guests", index, "node"], message: `there is no node ${guest.node}` });
      if (seen.has(guest.vmid)) ctx.addIssue({ code: "custom", path: ["guests", index, "vmid"], message: `${guest.vmid} is taken` });
      seen.add(guest.vmid);
    }
    const pools = new Set(world.pools.map((pool) => pool.id));
    for (const [index, guest] of world.guests.entries())
      if (guest.pool && !pools.has(guest.pool)) ctx.addIssue({ code: "custom", path: ["guests", index, "pool"], message: `there is no pool ${guest.pool}` });
    for (const [index, job] of world.replication.entries()) {
      if (!seen.has(job.guest)) ctx.addIssue({ code: "custom", path: ["replication", index, "guest"], message: `there is no guest ${job.guest}` });
      if (!nodes.has(job.target)) ctx.addIssue({ code: "custom", path: ["replication", index, "target"], message: `there is no node ${job.target}` });
    }
  });

export type NodeSeed = z.infer<typeof NodeSeed>;
export type StorageSeed = z.infer<typeof StorageSeed>;
export type GuestSeed = z.infer<typeof GuestSeed>;
export type WorldSeed = z.infer<typeof WorldSeed>;
export type WorldInput = z.input<typeof WorldSeed>;
