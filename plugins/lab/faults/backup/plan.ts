// Backups that are not made or not good: a job switched off, a guest in none, a last one that is old, one that is damaged; and a guest left out on purpose.
import type { Pbs } from "../../pbs/state.ts";
import { resized } from "../../world/guests/size.ts";
import type { BackupJob } from "../../world/jobs/shape.ts";
import type { Backup, Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt } from "../guest.ts";
import { all, amount, level, swap, type Undo } from "../level.ts";
import { clusterTarget } from "../node.ts";

const HOUR_S = 3_600;

function leaveOut(job: BackupJob, guest: Guest): Undo {
  const exclude = job.exclude.includes(guest.vmid) ? job.exclude : [...job.exclude, guest.vmid];
  return swap(job, { exclude, vmids: job.vmids.filter((vmid) => vmid !== guest.vmid) });
}

/** Asked for thousands of guests at once: each job's list is looked through once. */
function covered(world: World): (guest: Guest) => boolean {
  const jobs = world.backupJobs.map((job) => ({ all: job.all, exclude: new Set(job.exclude), vmids: new Set(job.vmids) }));
  return (guest) => !guest.template && jobs.some((job) => (job.all && !job.exclude.has(guest.vmid)) || job.vmids.has(guest.vmid));
}

export const guestInNoJob = (world: World): Fault =>
  level({
    name: "guest-in-no-job",
    targetKind: "guest",
    what: "no backup job covers the guest any more",
    targets: () => eligible(world, covered(world)),
    apply: (target) => all(...world.backupJobs.map((job) => leaveOut(job, guestAt(world, target)))),
  });

/** Look-alike: left out on purpose, and marked so. */
export const guestExcluded = (world: World): Fault =>
  level({
    name: "guest-excluded",
    targetKind: "guest",
    what: "a person left the guest out of backups on purpose and tagged it so (tag=no-backup)",
    targets: () => eligible(world, covered(world)),
    apply(target, args) {
      const guest = guestAt(world, target);
      const tags = [String(guest.config.tags ?? ""), args.tag ?? "no-backup"].filter(Boolean).join(";");
      const undo = swap(guest.config, { tags });
      resized(guest);
      return all(() => resized(guest), undo, ...world.backupJobs.map((job) => leaveOut(job, guest)));
    },
  });

export const backupJobDisabled = (world: World): Fault =>
  level({
    name: "backup-job-disabled",
    targetKind: "cluster",
    what: "the nightly backup job is switched off: nothing is backed up any more",
    targets: () => (world.backupJobs.some((job) => job.enabled) ? [clusterTarget(world)] : []),
    apply: () => all(...world.backupJobs.filter((job) => job.enabled).map((job) => swap(job, { enabled: false }))),
  });

function among(backups: readonly Backup[]): (guest: Guest) => boolean {
  const vmids = new Set(backups.map((backup) => backup.vmid));
  return (guest) => vmids.has(guest.vmid);
}

function take<T>(list: T[], one: T): Undo {
  list.splice(list.indexOf(one), 1);
  return () => void list.push(one);
}

function put<T>(list: T[], one: T): Undo {
  list.push(one);
  return () => {
    const at = list.indexOf(one);
    if (at >= 0) list.splice(at, 1);
  };
}

export const backupStale = (world: World): Fault =>
  level({
    name: "backup-stale",
    targetKind: "guest",
    what: "the guest's last backup is days old though a job covers it (days=4)",
    targets: () => eligible(world, among(world.backups)),
    apply(target, args) {
      const { vmid } = guestAt(world, target);
      const limit = world.clock.now() / 1000 - amount(args.days, 4, 0.1, 5_000) * 24 * HOUR_S;
      const mine = world.backups.filter((backup) => backup.vmid === vmid);
      const [newest] = [...mine].sort((a, b) => b.ctime - a.ctime);
      const taken = mine.filter((backup) => backup.ctime > limit).map((backup) => take(world.backups, backup));
      const left = world.backups.some((backup) => backup.vmid === vmid);
      return all(...taken, ...(newest && !left ? [put(world.backups, { ...newest, ctime: Math.floor(limit) })] : []));
    },
  });

export const backupDamaged = (world: World, pbs: Pbs): Fault =>
  level({
    name: "backup-damaged",
    targetKind: "guest",
    what: "verification finds the guest's newest backup damaged on the backup server",
    targets: () => eligible(world, among(pbs.datastores.flatMap((datastore) => pbs.snapshots(datastore)))),
    apply(target) {
      const { vmid } = guestAt(world, target);
      for (const datastore of pbs.datastores) {
        const [newest] = pbs
          .snapshots(datastore)
          .filter((backup) => backup.vmid === vmid)
          .sort((a, b) => b.ctime - a.ctime);
        if (!newest) continue;
        const path = newest.volid.split(":backup/")[1] ?? "";
        pbs.tasks.past({
          type: "verificationjob",
          id: `${datastore.store}:v-nightly`,
          startedAt: world.clock.now() - 1_500_000,
          durationMs: 1_440_000,
          exit: "verification failed - please check the log for details",
          log: [
            `verify datastore ${datastore.store}`,
            `verify ${path}/drive-scsi0.img.fidx failed: chunks could not be verified`,
            "Failed to verify the following snapshots/groups:",
            `\t${path}`,
          ],
        });
        return swap(newest, { damaged: true, verified: false });
      }
      return () => undefined;
    },
  });
