// A guest whose newest backup is older than its jobs and the owner's limit allow. Judged only while every storage with backups was read lately; a guest that does not run changes nothing, and one whose run failed or is at work is told by that.
import type { Alert } from "jarvis";
import type { Backups, GuestBackups } from "../monitors/backup-state.ts";
import { alertOf } from "./tell.ts";

const HOUR_MS = 3_600_000;
const MANY = 3;
const [KEY, RESOURCE] = ["backup-stale", "service/proxmox/backups"];

/** Hours; Infinity when there is none at all. */
const ageOf = ({ lastAt }: GuestBackups, at: string): number => (lastAt === undefined ? Number.POSITIVE_INFINITY : (Date.parse(at) - Date.parse(lastAt)) / HOUR_MS);

const isStale = (guest: GuestBackups, at: string): boolean => {
  if (guest.cover !== "yes" || !guest.running || guest.busy || guest.hidden || guest.failure !== undefined) return false;
  // A guest without any backup is new until it has run through one whole period.
  if (guest.lastAt === undefined) return (guest.uptimeSeconds ?? 0) / 3600 > guest.limitHours;
  return ageOf(guest, at) > guest.limitHours;
};

const ageWords = (guest: GuestBackups, at: string): string => (guest.lastAt === undefined ? "none at all" : `${Math.round(ageOf(guest, at))} h old`);

const one = (guest: GuestBackups, at: string): Alert =>
  alertOf({
    key: KEY,
    resource: `guest/${guest.vmid}`,
    severity: "warning",
    title: guest.lastAt === undefined ? `${guest.name} has no backup` : `The newest backup of ${guest.name} is ${Math.round(ageOf(guest, at))} h old`,
    why: `a job covers it, and by its schedule and your limit it may be ${Math.round(guest.limitHours)} h old: what changed since is lost if it breaks now. See whether the job ran`,
    cause: "backup",
    evidence: [
      {
        what: `newest backup: ${guest.lastAt ?? "none"}${guest.lastOn === undefined ? "" : ` on ${guest.lastOn}`}`,
        source: `GET /nodes/N/storage/${guest.lastOn ?? "*"}/content`,
        at,
      },
    ],
  });

const many = (guests: readonly GuestBackups[], at: string): Alert =>
  alertOf({
    key: KEY,
    resource: RESOURCE,
    severity: "critical",
    title: `The newest backups of ${guests.length} guests are too old`,
    why: `so many at once have one cause: the job did not run (pvescheduler, its storage, its node). ${guests
      .slice(0, 6)
      .map((guest) => `${guest.name} ${ageWords(guest, at)}`)
      .join(", ")}`,
    cause: "backup",
    evidence: guests.slice(0, 10).map((guest) => ({ what: `${guest.name} (${guest.vmid}): ${guest.lastAt ?? "none"}`, source: "GET /nodes/N/storage/S/content", at })),
  });

export const staleAlerts = (now: Backups, guests: readonly GuestBackups[], open: readonly Alert[]): Alert[] => {
  if (!now.complete) return open.filter(({ key }) => key === KEY);
  const stale = guests.filter((guest) => isStale(guest, now.at));
  return stale.length > MANY ? [many(stale, now.at)] : stale.map((guest) => one(guest, now.at));
};
