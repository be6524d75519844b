// What is wrong with a backup server: a task that hangs and holds its datastore, garbage collection that does not run, damaged backups nobody else tells of. How full it is, and damaged backups of this cluster's guests, are told by the storage and the guest.
import type { Alert } from "jarvis";
import type { BackupServer, Datastore } from "../pbs/state.ts";
import { alertOf } from "./tell.ts";

const HOUR_MS = 3_600_000;
/** So many runs may be missed. */
const MISSED = 2;

const hung = ({ store, resource, hung: task }: Datastore, at: string): Alert[] =>
  task === undefined
    ? []
    : [
        alertOf({
          key: "pbs-task-hung",
          resource,
          severity: "warning",
          title: `A task of the backup server hangs and holds the datastore ${store}`,
          why: `the ${task.type} has run for ${task.hours} h${task.medianHours === undefined ? "" : `, its like take ${Math.max(0.1, Math.round(task.medianHours * 10) / 10)} h`}${task.lockedOut === undefined ? "" : ", and others cannot lock the datastore"}: no room is freed and backups may wait. Look at its log; when it stands still, restart the server's proxy in an idle hour`,
          cause: "hang",
          evidence: [
            { what: `running since ${task.startedAt}: ${task.upid}`, source: "PBS GET /nodes/localhost/tasks", at },
            ...(task.lockedOut === undefined ? [] : [{ what: task.lockedOut, source: "PBS GET /nodes/localhost/tasks", at }]),
          ],
        }),
      ];

const overdue = ({ store, resource, collectedAt, collected, collectEveryHours, collecting, hung: task }: Datastore, at: string): Alert[] => {
  // A task that holds the datastore is the cause, and told.
  if (collectedAt === undefined || collectEveryHours === undefined || collecting || task !== undefined) return [];
  const hours = (Date.parse(at) - Date.parse(collectedAt)) / HOUR_MS;
  if (hours <= MISSED * collectEveryHours + 1) return [];
  return [
    alertOf({
      key: "pbs-gc-overdue",
      resource,
      severity: "warning",
      title: `Garbage collection of the datastore ${store} is overdue`,
      why: `it is meant to run every ${collectEveryHours} h and last did ${Math.round(hours)} h ago: what pruning removed still takes its room. See the server's task list for why`,
      cause: "backup-server",
      evidence: [{ what: `last run ended ${collectedAt}: ${collected ?? "?"}`, source: "PBS GET /admin/gc", at }],
    }),
  ];
};

const damaged = ({ store, resource, strange }: Datastore, at: string): Alert[] =>
  strange.length === 0
    ? []
    : [
        alertOf({
          key: "pbs-verify-failed",
          resource,
          severity: "warning",
          title: `Verification found damaged backups in the datastore ${store}`,
          why: `the newest backup of ${strange.slice(0, 6).join(", ")} cannot be restored from: back those up again, and look at the server's disks`,
          cause: "backup",
          evidence: [{ what: `verification failed: ${strange.join(", ")}`, source: `PBS GET /admin/datastore/${store}/snapshots`, at }],
        }),
      ];

/** Told by a part that is not of now it neither begins nor ends. */
const told = ({ resource, unread }: Datastore, part: keyof Datastore["unread"], key: string, alerts: readonly Alert[], open: readonly Alert[]): readonly Alert[] =>
  unread[part] === undefined ? alerts : open.filter((one) => one.key === key && one.resource === resource);

export const serverAlerts = ({ at = "", unreadable, datastores }: BackupServer, open: readonly Alert[]): Alert[] => {
  if (unreadable !== undefined) return [...open];
  return Object.values(datastores).flatMap((store) => [
    ...told(store, "tasks", "pbs-task-hung", hung(store, at), open),
    // Whether it is at it is told by the tasks.
    ...told(store, store.unread.collection === undefined ? "tasks" : "collection", "pbs-gc-overdue", overdue(store, at), open),
    ...told(store, "snapshots", "pbs-verify-failed", damaged(store, at), open),
  ]);
};
