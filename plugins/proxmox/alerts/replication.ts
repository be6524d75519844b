// A replication that fails again and again, or lags far behind its schedule. None: one failure (Proxmox tries again in 30 minutes), a disabled job, a first long sync at work, a target node that is down (that is told by itself).
import type { Alert } from "jarvis";
import type { ReplicationJob } from "../monitors/replication-state.ts";
import { failureKind } from "../shapes/backup.ts";
import { alertOf } from "./tell.ts";

const HOUR_MS = 3_600_000;
const FAILURES = 2;
/** So many intervals, and at least so many hours, without a good run. */
const [INTERVALS, LEAST_HOURS] = [4, 1];

/** By the clock of the reading. */
const lagOf = ({ lastSync, at }: ReplicationJob): number | undefined => (lastSync === undefined ? undefined : (Date.parse(at) - Date.parse(lastSync)) / HOUR_MS);
const spoken = (hours: number): string => (hours < 48 ? `${Math.round(hours * 10) / 10} h` : `${Math.round(hours / 24)} days`);

const evidenceOf = (job: ReplicationJob) => [
  {
    what: `job ${job.id}: last good ${job.lastSync ?? "never"}, ${job.failCount} failures since${job.error === undefined ? "" : `: ${job.error}`}`,
    source: `GET /nodes/${job.source}/replication`,
    at: job.at,
  },
];

const one = (job: ReplicationJob): Alert | undefined => {
  if (job.off || job.running || !job.targetThere) return undefined;
  const lag = lagOf(job);
  const behind = lag !== undefined && lag > Math.max(LEAST_HOURS, INTERVALS * job.intervalHours);
  const since = lag === undefined ? "it never went well" : `the copy on ${job.target} is ${spoken(lag)} old`;
  const about = { resource: `guest/${job.vmid}`, severity: "warning" as const, evidence: evidenceOf(job) };
  if (job.failCount >= FAILURES || (job.failCount > 0 && behind))
    return alertOf({
      ...about,
      key: "replication-failing",
      title: `Replication of ${job.name} to ${job.target} fails`,
      why: `${job.failCount} times in a row, and ${since}: if ${job.source} dies, that much is lost. ${(job.error ?? "no reason is told").slice(0, 200)}`,
      cause: job.error === undefined ? "replication" : failureKind(job.error).replace("backup", "replication"),
    });
  if (!behind) return undefined;
  return alertOf({
    ...about,
    key: "replication-behind",
    title: `Replication of ${job.name} to ${job.target} is ${spoken(lag)} behind`,
    why: `it runs every ${spoken(job.intervalHours)} and tells no failure, but its last good run is ${spoken(lag)} ago: is pvescheduler alive on ${job.source}?`,
    cause: "replication",
  });
};

/** A guest with two targets has one alert: the worse comes first. */
export const replicationAlerts = (jobs: readonly ReplicationJob[]): Alert[] => {
  const found = [...jobs].sort((a, b) => a.failCount - b.failCount).flatMap((job) => one(job) ?? []);
  return [...new Map(found.map((alert) => [`${alert.key} ${alert.resource}`, alert])).values()];
};
