// Backup jobs at work: which guests a job means, and starting it on every node when its time comes, as pvescheduler does.
import { runs } from "../machine/services.ts";
import { quorumOf } from "../membership.ts";
import type { Guest, World } from "../state.ts";
import { vzdump } from "../vzdump.ts";
import { nextRun } from "./schedule.ts";
import type { BackupJob } from "./shape.ts";

const LOOK_EVERY_MS = 60_000;

export function guestsOf(world: World, job: BackupJob): Guest[] {
  return [...world.guests.values()].filter((guest) => {
    if (job.node && guest.node !== job.node) return false;
    if (job.pool) return guest.pool === job.pool;
    return job.all ? !job.exclude.includes(guest.vmid) : job.vmids.includes(guest.vmid);
  });
}

/** Guests that no enabled or disabled job names, as `not-backed-up` counts them. */
export function uncovered(world: World): Guest[] {
  const covered = new Set(world.backupJobs.flatMap((job) => guestsOf(world, job).map((guest) => guest.vmid)));
  return [...world.guests.values()].filter((guest) => !covered.has(guest.vmid));
}

export function runJob(world: World, job: BackupJob): void {
  const storage = world.storages.find((one) => one.name === job.storage);
  if (!storage) return;
  const due = guestsOf(world, job).filter((guest) => !guest.template);
  for (const node of world.nodes.values()) {
    const mine = due.filter((guest) => guest.node === node.name);
    if (mine.length === 0 || node.power !== "on" || !runs(node.machine, "pvescheduler") || !quorumOf(world, node).quorate) continue;
    const work = { guests: mine, storage, mode: job.mode, node: node.name, jobId: job.id, ...(job.prune ? { prune: job.prune } : {}) };
    world.tasks.start({ node: node.name, type: "vzdump", id: "", user: "root@pam", work: (worker) => vzdump(world, worker, work) });
  }
}

/** Looks once a minute; what fell due while nobody looked is not made up for. */
export function startBackupJobs(world: World): () => void {
  let seen = world.clock.now();
  return world.clock.every(LOOK_EVERY_MS, () => {
    const now = world.clock.now();
    for (const job of world.backupJobs) {
      const due = job.enabled ? nextRun(job.schedule, seen) : undefined;
      if (due !== undefined && due <= now) runJob(world, job);
    }
    seen = now;
  });
}
