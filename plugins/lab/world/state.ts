// What the simulated cluster holds at one moment: plain records. Only world/* and faults/* change them; the API reads them.
import type { Clock } from "../clock.ts";
import type { Accounts } from "./accounts.ts";
import type { ClusterLog } from "./cluster-log.ts";
import type { Effects } from "./effects.ts";
import type { Firewall } from "./firewall.ts";
import type { BackupJob, ReplicationJob } from "./jobs/shape.ts";
import type { Journals } from "./journal.ts";
import type { Machine } from "./machine/shape.ts";
import type { GuestSeed, NodeSeed, StorageSeed } from "./schema.ts";
import type { Tasks } from "./tasks.ts";

export type Dialect = "8.4" | "9.1";
export type ConfigValue = string | number;

/** A time something ran, in milliseconds of world time. */
export interface Span {
  from: number;
  to: number;
}

export interface Node {
  readonly seed: NodeSeed;
  readonly name: string;
  readonly id: number;
  /** World time of its boot in milliseconds. */
  bootedAt: number;
  /** Earlier times it was up, for its history. */
  readonly past: Span[];
  /** When in the 10 s round its pvestatd runs. */
  readonly phaseMs: number;
  /** Change it with machine/power.ts, which takes the guests along. */
  power: "on" | "off" | "booting";
  /** On its way down in good order, until it is off. */
  leaving?: "reboot" | "shutdown";
  /** Nodes of the same segment reach one another through corosync; 0 is the whole cluster. */
  segment: number;
  /** Told to give its HA services away. */
  maintenance: boolean;
  machine: Machine;
  firewall: Firewall;
  /** How its API misbehaves now. */
  /** `stuck`: pvedaemon takes no more calls, pveproxy answers what it can by itself. */
  api: { kind: "well" } | { kind: "hang" } | { kind: "stuck" } | { kind: "slow"; delayMs: number } | { kind: "garbage"; form: string };
  fingerprint: string;
  /** What its API shows instead of its own certificate, with the fingerprint above. */
  certificate?: { cert: string; key: string };
  /** Numbers of daemons as the journal shows them. */
  readonly pids: { pvedaemon: number; pveproxy: number; qmeventd: number; pvescheduler: number; pvestatd: number };
}

export interface Snapshot {
  name: string;
  parent?: string;
  description: string;
  snaptime: number;
  vmstate?: boolean;
  /** The configuration it froze; absent on those that were there before the lab began. */
  config?: Record<string, ConfigValue>;
}

export interface Backup {
  volid: string;
  vmid: number;
  kind: "qemu" | "lxc";
  storage: string;
  /** Node of a storage that is not shared. */
  node?: string;
  ctime: number;
  sizeBytes: number;
  notes: string;
  verified: boolean;
  /** PBS found it damaged. */
  damaged?: boolean;
  protected?: boolean;
}

/** What a fault has laid in a guest's way. */
export interface Mishap {
  /** It dies this long after every start. */
  diesAfterStartMs?: number;
  /** Its next tasks end with this text. */
  taskError?: string;
  /** Its migrations break off with this text after the copy began. */
  migrationError?: string;
  /** Resuming it fails with this text, as what paused it stands. */
  stuck?: string;
  /** Its backups fail with this text. */
  backupError?: string;
  /** Its snapshots fail with this text and leave the lock behind. */
  snapshotError?: string;
}

/** What weighs on a guest now; history before `since` stays as it was. Absent parts are as usual. */
export interface GuestStrain {
  /** World time in milliseconds. */
  since: number;
  cpu?: number;
  memoryShare?: number;
  /** Share of a container's root disk that is used. */
  diskShare?: number;
  /** Beside the usual; 0: nothing at all. */
  diskReadBytesPerSecond?: number;
  diskWriteBytesPerSecond?: number;
  /** Network counters stand still. */
  mute?: boolean;
  pressure?: { cpuSome?: number; ioSome?: number; ioFull?: number; memorySome?: number; memoryFull?: number };
}

export interface HaState {
  request: "started" | "stopped" | "disabled" | "ignored";
  state: string;
  maxRestart: number;
  maxRelocate: number;
  /** Starts that failed in a row. */
  failures: number;
  /** A fault keeps its state: the manager leaves it alone. */
  held?: true;
  group?: string;
  comment?: string;
}

export interface Guest {
  /** Replaced as a whole when its configuration changes its size. */
  seed: GuestSeed;
  readonly vmid: number;
  readonly kind: "qemu" | "lxc";
  node: string;
  template: boolean;
  status: "running" | "stopped";
  paused: boolean;
  /** World time of the last start in milliseconds; 0 while stopped. */
  startedAt: number;
  /** Earlier times it ran, for its history. */
  readonly past: Span[];
  pid?: number;
  lock?: string;
  config: Record<string, ConfigValue>;
  snapshots: Snapshot[];
  /** Configuration that waits for the next start; null deletes the key. */
  pending: Record<string, ConfigValue | null>;
  /** Name of the snapshot it grew from. */
  parent?: string;
  ha?: HaState;
  /** What QEMU says of itself when that is neither running nor paused: `io-error`, `internal-error`, `prelaunch`. */
  qmp?: string;
  /** How its guest agent is: `hung` answers nothing, `absent` is not installed inside. */
  agent: "well" | "hung" | "absent";
  /** Its file systems are frozen (fsfreeze). */
  frozen: boolean;
  /** Where its local disks stayed when HA brought its configuration elsewhere. */
  diskOn?: string;
  pool?: string;
  firewall: Firewall;
  strain?: GuestStrain;
  mishap: Mishap;
  /** The last way down, for `GET /state`. */
  lastStop?: { at: number; how: string; upid?: string };
  /** Whose turn it is at the configuration's lock. */
  busy?: { upid: string; free: Promise<void> };
}

export interface Storage {
  readonly seed: StorageSeed;
  readonly name: string;
  active: boolean;
  /** Nodes on which it alone is not mounted. */
  readonly offOn: Set<string>;
  /** Nodes on which it hangs: what touches it there waits, and that node's pvestatd with it. */
  readonly hangsOn: Set<string>;
  /** How full it is instead of its usual growth, 0..1, by node; `*` for all. */
  readonly fill: Map<string, number>;
  disabled: boolean;
}

/** What one node's pvestatd told the others in its last round, by the ids of /cluster/resources. */
export interface Broadcast {
  at: number;
  entries: Map<string, Record<string, unknown>>;
}

export interface Pool {
  readonly poolid: string;
  comment: string;
  storages: string[];
}

/** HA groups on 8.4, node-affinity rules on 9.x: the same wish. */
export interface HaRule {
  readonly name: string;
  comment: string;
  /** `pve:2,agent1` with priorities. */
  nodes: string;
  strict: boolean;
  nofailback: boolean;
  /** `vm:104`; 9.x only. */
  resources: string[];
}

export interface World {
  readonly clock: Clock;
  readonly seed: number;
  readonly dialect: Dialect;
  readonly cluster: string;
  readonly nodes: Map<string, Node>;
  readonly guests: Map<number, Guest>;
  readonly storages: Storage[];
  readonly backups: Backup[];
  readonly backupJobs: BackupJob[];
  readonly replication: ReplicationJob[];
  readonly pools: Map<string, Pool>;
  readonly haRules: HaRule[];
  /** Votes the cluster was made for; more than it has nodes makes it lose quorum earlier. */
  expectedVotes: number;
  /** Of the backup server: `4.1.2`. */
  readonly backupRelease: string;
  readonly qdevice?: { readonly host: string; readonly algorithm: "ffsplit" | "lms"; readonly votes: number; connected: boolean };
  readonly firewall: Firewall;
  /** Where pvestatd is told to send its numbers, by id, as written. */
  readonly metricServers: Map<string, Record<string, unknown>>;
  /** datacenter.cfg, property strings parsed. */
  readonly options: Record<string, unknown>;
  readonly broadcasts: Map<string, Broadcast>;
  readonly tasks: Tasks;
  readonly journals: Journals;
  readonly log: ClusterLog;
  readonly effects: Effects;
  readonly accounts: Accounts;
}

export const seconds = (ms: number): number => Math.floor(ms / 1000);
export const GIB = 1_073_741_824;
export const MIB = 1_048_576;
