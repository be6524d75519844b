// What the simulated cluster holds at one moment: plain records. Only world/* and faults/* change them; the API reads them.
import type { Clock } from "../clock.ts";
import type { Accounts } from "./accounts.ts";
import type { ClusterLog } from "./cluster-log.ts";
import type { Effects } from "./effects.ts";
import type { Journals } from "./journal.ts";
import type { GuestSeed, NodeSeed, StorageSeed } from "./schema.ts";
import type { Tasks } from "./tasks.ts";

export type Dialect = "8.4" | "9.1";
export type ConfigValue = string | number;

export interface Node {
  readonly seed: NodeSeed;
  readonly name: string;
  readonly id: number;
  /** World time of its boot in milliseconds. */
  bootedAt: number;
  /** When in the 10 s round its pvestatd runs. */
  readonly phaseMs: number;
  /** How its API misbehaves now. */
  api: { kind: "well" } | { kind: "hang" } | { kind: "garbage"; form: string };
  fingerprint: string;
  /** Numbers of daemons as the journal shows them. */
  readonly pids: { pvedaemon: number; pveproxy: number; qmeventd: number; pvescheduler: number; pvestatd: number };
}

export interface Snapshot {
  name: string;
  parent?: string;
  description: string;
  snaptime: number;
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
}

/** What a fault has laid in a guest's way. */
export interface Mishap {
  /** It dies this long after every start. */
  diesAfterStartMs?: number;
  /** Its next tasks end with this text. */
  taskError?: string;
}

export interface Guest {
  readonly seed: GuestSeed;
  readonly vmid: number;
  readonly kind: "qemu" | "lxc";
  node: string;
  template: boolean;
  status: "running" | "stopped";
  paused: boolean;
  /** World time of the last start in milliseconds; 0 while stopped. */
  startedAt: number;
  pid?: number;
  lock?: string;
  config: Record<string, ConfigValue>;
  snapshots: Snapshot[];
  ha?: { request: "started" | "stopped"; state: string };
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
}

/** What one node's pvestatd told the others in its last round, by the ids of /cluster/resources. */
export interface Broadcast {
  at: number;
  entries: Map<string, Record<string, unknown>>;
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
