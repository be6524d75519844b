// What is wrong with backups: a run that failed, a newest one that is too old or damaged, a guest in no job, jobs switched off. Many of a kind are one alert, as they have one cause. None: a backup at work or cancelled, a template, a guest left out on purpose.
import type { Alert } from "jarvis";
import type { Backups, GuestBackups } from "../monitors/backup-state.ts";
import { failureAlerts } from "./backup-failed.ts";
import { staleAlerts } from "./backup-stale.ts";
import { alertOf } from "./tell.ts";

const SERVICE = "service/proxmox/backups";
/** More of a kind than this have one cause. */
const MANY = 3;
/** Somebody may be at the jobs just now. */
const STANDS_S = 240;

const listed = (guests: readonly GuestBackups[]): string =>
  `${guests
    .slice(0, 6)
    .map(({ name, vmid }) => `${name} (${vmid})`)
    .join(", ")}${guests.length > 6 ? ` and ${guests.length - 6} more` : ""}`;

const coverAlerts = (now: Backups, guests: readonly GuestBackups[]): Alert[] => {
  const bare = guests.filter(({ cover }) => cover === "no");
  const tell = (key: string, resource: string, title: string, why: string): Alert =>
    alertOf({
      key,
      resource,
      severity: "warning",
      title,
      why,
      cause: "backup",
      afterSeconds: STANDS_S,
      evidence: [
        { what: `${now.jobs.length} jobs, ${now.jobs.filter(({ enabled }) => enabled).length} of them enabled`, source: "GET /cluster/backup", at: now.at },
        { what: `in none of them: ${listed(bare) || "nobody"}`, source: "GET /cluster/backup-info/not-backed-up", at: now.at },
      ],
    });
  const off = guests.filter(({ cover }) => cover === "disabled");
  const switchedOff =
    off.length === 0
      ? []
      : [
          tell(
            "backup-jobs-off",
            SERVICE,
            `${off.length} guests are only in backup jobs that are switched off`,
            `nothing backs up ${listed(off)} any more: enable the job again, or tag guests that need none`,
          ),
        ];
  if (bare.length > MANY)
    return [
      ...switchedOff,
      tell("guest-in-no-job", SERVICE, `${bare.length} guests are in no backup job`, `nothing backs up ${listed(bare)}: add them to a job, or tag those that need none`),
    ];
  return [
    ...switchedOff,
    ...bare.map((guest) =>
      tell(
        "guest-in-no-job",
        `guest/${guest.vmid}`,
        `${guest.name} is in no backup job`,
        `${guest.lastAt === undefined ? "it was never backed up" : `its last backup is of ${guest.lastAt}`} and no job names it, so there will be no newer one: add it to a job, or tag it if it needs none`,
      ),
    ),
  ];
};

const damaged = (guest: GuestBackups, at: string): Alert[] =>
  guest.verification !== "failed"
    ? []
    : [
        alertOf({
          key: "backup-damaged",
          resource: `guest/${guest.vmid}`,
          severity: "critical",
          title: `The newest backup of ${guest.name} is damaged`,
          why: "verification on the backup server found chunks that cannot be read: it cannot be restored from. Back it up again now, and look at the server's disks",
          cause: "backup",
          evidence: [
            { what: `the backup of ${guest.lastAt ?? "?"} on ${guest.lastOn ?? "?"}: verification failed`, source: `GET /nodes/N/storage/${guest.lastOn ?? "?"}/content`, at },
          ],
        }),
      ];

export const backupAlerts = (now: Backups, open: readonly Alert[]): Alert[] => {
  const guests = Object.values(now.guests);
  return [...failureAlerts(now, guests, open), ...staleAlerts(now, guests, open), ...guests.flatMap((guest) => damaged(guest, now.at)), ...coverAlerts(now, guests)];
};
