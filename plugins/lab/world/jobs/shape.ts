// Work that the cluster does by itself on a schedule: backup jobs and replication jobs. Plain records; faults may disable them or make them fail.

export interface BackupJob {
  readonly id: string;
  enabled: boolean;
  /** As PVE::CalendarEvent writes it: `03:00`, `sun 04:30`, `*:0/15`. */
  schedule: string;
  storage: string;
  mode: "snapshot" | "suspend" | "stop";
  all: boolean;
  vmids: number[];
  exclude: number[];
  pool?: string;
  node?: string;
  comment?: string;
  prune?: string;
  /** What else was written with POST or PUT, as the API gives it back. */
  rest: Record<string, string | number>;
}

export interface ReplicationJob {
  /** `101-0`. */
  readonly id: string;
  readonly guest: number;
  target: string;
  /** `*\/15` when absent. */
  schedule?: string;
  rateMBps?: number;
  comment?: string;
  disabled: boolean;
  /** `full` or `local` while it is being removed. */
  removing?: "full" | "local";
  /** World time in milliseconds; 0: never. */
  lastSync: number;
  lastTry: number;
  nextSync: number;
  durationSeconds: number;
  failCount: number;
  error?: string;
  log: string[];
  /** What a fault makes every run end with. */
  mishap?: string;
}
