// The rows of guests: what is told when a machine or a container stops, hangs, freezes, fills up, or is left behind.
import type { Row } from "./row.ts";

const GUESTS = "proxmox/guests";
/** Agents and snapshots are asked a few at a time: within so many readings everybody of a home has had its turn twice, or once. */
const [ALL_TWICE, ALL_ONCE] = [40, 60];
/** They share a few calls a minute with everything else that may wait. */
const SOME_TIME_S = 1200;
/** On 8.x asking an agent takes a right that may also run commands inside; the read token has it only on 9.x. */
const AGENTS_SEEN = "9.1";
const [VM, CT] = ["guest/101", "guest/105"] as const;
const BACKUP = { fault: "backup-running", target: VM, forSeconds: 150 } as const;
/** They stay stopped: nobody but that person starts them again. */
const [USER_STOP, CT_USER_STOP] = [
  { fault: "guest-user-stop", target: "guest/106" },
  { fault: "guest-user-stop", target: "guest/102" },
] as const;

export const guests: readonly Row[] = [
  {
    row: 1,
    what: "a VM's process dies",
    fault: "guest-crash",
    target: VM,
    alert: { key: "guest-stopped", resource: VM, cause: "crash", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [USER_STOP, BACKUP, { fault: "guest-powered-off-inside", target: VM }, { fault: "guest-user-reboot", target: VM }],
  },
  {
    row: 3,
    what: "the node's kernel kills a VM for memory",
    fault: "guest-oom",
    target: VM,
    alert: { key: "guest-stopped", resource: VM, cause: "oom", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [],
  },
  {
    row: 4,
    what: "a VM hangs, one core busy for ever",
    fault: "guest-hung",
    target: VM,
    alert: { key: "guest-hung", resource: VM, cause: "hung", severity: "critical" },
    channel: GUESTS,
    first: ["proxmox/agents"],
    readings: ALL_TWICE,
    withinSeconds: SOME_TIME_S,
    dialect: AGENTS_SEEN,
    lookAlikes: [
      { fault: "guest-busy", target: VM },
      { fault: "guest-user-pause", target: VM },
    ],
  },
  {
    row: 5,
    what: "a VM stays frozen after its backup",
    fault: "guest-frozen",
    target: VM,
    alert: { key: "guest-frozen", resource: VM, cause: "backup", severity: "critical" },
    channel: GUESTS,
    first: ["proxmox/agents"],
    readings: ALL_TWICE,
    withinSeconds: SOME_TIME_S,
    dialect: AGENTS_SEEN,
    lookAlikes: [{ fault: "backup-freezing", target: VM, forSeconds: 150 }],
  },
  {
    row: 6,
    what: "a VM is paused by an input/output error",
    fault: "guest-io-error",
    target: VM,
    alert: { key: "guest-io-error", resource: VM, cause: "storage", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [{ fault: "guest-user-pause", target: VM }],
  },
  {
    row: 7,
    what: "a container ends and does not start again",
    fault: "ct-start-fails",
    target: CT,
    alert: { key: "guest-stopped", resource: CT, cause: "crash", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [CT_USER_STOP, { fault: "guest-user-migrate", target: CT, forSeconds: 120 }],
  },
  {
    row: 8,
    what: "a container kills its own processes for memory",
    fault: "ct-oom",
    target: CT,
    alert: { key: "guest-memory-limit", resource: CT, cause: "oom", severity: "critical" },
    channel: GUESTS,
    first: ["proxmox/kills"],
    readings: 8,
    lookAlikes: [{ fault: "ct-memory-high", target: CT }],
  },
  {
    row: 9,
    what: "a container's root disk is nearly full",
    fault: "ct-disk-full",
    target: CT,
    alert: { key: "guest-disk-full", resource: CT, cause: "storage", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [{ fault: "ct-bind-mount", target: CT }],
  },
  {
    row: 10,
    what: "a lock is left by a task that died",
    fault: "guest-lock-stale",
    target: VM,
    alert: { key: "guest-lock-stale", resource: VM, cause: "lock", severity: "warning" },
    channel: GUESTS,
    lookAlikes: [{ fault: "backup-slow", target: VM, forSeconds: 400 }],
  },
  {
    row: 11,
    what: "a backup left its snapshot behind",
    fault: "snapshot-leftover",
    target: CT,
    alert: { key: "snapshot-leftover", resource: CT, cause: "leftover", severity: "warning" },
    channel: GUESTS,
    first: ["proxmox/snapshots"],
    readings: ALL_ONCE,
    withinSeconds: SOME_TIME_S,
    lookAlikes: [{ fault: "snapshot-wanted", target: CT }],
  },
  {
    row: 11,
    what: "a snapshot was forgotten weeks ago",
    fault: "snapshot-old",
    target: VM,
    alert: { key: "snapshot-old", resource: VM, cause: "leftover", severity: "info" },
    channel: GUESTS,
    first: ["proxmox/snapshots"],
    readings: ALL_ONCE,
    withinSeconds: SOME_TIME_S,
    lookAlikes: [],
  },
  {
    row: 44,
    what: "guests are left out when their node boots",
    fault: "guests-not-started",
    target: "node/home",
    alert: { key: "guests-not-started", resource: "node/home", cause: "not-started", severity: "critical" },
    channel: GUESTS,
    lookAlikes: [],
  },
  {
    row: 45,
    what: "a guest agent is silent, its guest is well",
    fault: "agent-dead",
    target: VM,
    alert: { key: "guest-agent-silent", resource: VM, cause: "agent", severity: "warning" },
    channel: GUESTS,
    first: ["proxmox/agents"],
    readings: ALL_TWICE,
    withinSeconds: SOME_TIME_S,
    dialect: AGENTS_SEEN,
    lookAlikes: [{ fault: "guest-user-reboot", target: VM, forSeconds: 240 }],
  },
  {
    row: 48,
    what: "one guest storms its node's disks",
    fault: "io-storm",
    target: VM,
    alert: { key: "guest-io-storm", resource: VM, cause: "load", severity: "warning" },
    channel: GUESTS,
    first: ["proxmox/nodes"],
    readings: 12,
    lookAlikes: [
      { fault: "zfs-scrub", target: "node/pve" },
      { fault: "guest-busy", target: VM },
    ],
  },
];
