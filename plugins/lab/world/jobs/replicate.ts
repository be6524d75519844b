// Replication at work: every job syncs when it is due, retries every 30 minutes after a failure, and shows a task on the guest's node.

import { stamp } from "../journal.ts";
import { quorumOf } from "../membership.ts";
import { label } from "../power.ts";
import type { World } from "../state.ts";
import { nextRun } from "./schedule.ts";
import type { ReplicationJob } from "./shape.ts";

const LOOK_EVERY_MS = 30_000;
const RETRY_MS = 1_800_000;
const MAX_LOG_LINES = 200;
export const USUAL_SCHEDULE = "*/15";

const obstacle = (world: World, job: ReplicationJob): string | undefined => {
  if (job.mishap) return job.mishap;
  const target = world.nodes.get(job.target);
  if (target?.power !== "on" || target.segment !== 0)
    return `command '/usr/bin/ssh -e none -o 'BatchMode=yes' root@${target?.seed.address ?? job.target} -- pvesr prepare-local-job ${job.id}' failed: exit code 255`;
  return undefined;
};

export async function runReplication(world: World, job: ReplicationJob): Promise<void> {
  const guest = world.guests.get(job.guest);
  if (!guest) return;
  const startedAt = world.clock.now();
  job.lastTry = startedAt;
  const say = (text: string): void => {
    job.log.push(`${stamp(world.clock.now())} ${job.id}: ${text}`);
    if (job.log.length > MAX_LOG_LINES) job.log.splice(0, job.log.length - MAX_LOG_LINES);
  };
  say(`start replication job`);
  say(`guest => ${label(guest)}, running => ${guest.pid ?? 0}`);
  const wrong = obstacle(world, job);
  await world.clock.sleep(wrong ? 1_000 : job.durationSeconds * 1000);
  if (wrong) {
    job.failCount += 1;
    job.error = wrong;
    job.nextSync = world.clock.now() + RETRY_MS;
    say(`end replication job with error: ${wrong}`);
    world.journals.add(guest.node, `pvescheduler[${world.nodes.get(guest.node)?.pids.pvescheduler ?? 1400}]: ${job.id}: got unexpected replication job error - ${wrong}`);
    return;
  }
  job.lastSync = startedAt;
  job.failCount = 0;
  delete job.error;
  job.nextSync = nextRun(job.schedule ?? USUAL_SCHEDULE, world.clock.now()) ?? world.clock.now() + RETRY_MS;
  say(`create snapshot '__replicate_${job.id}_${Math.floor(startedAt / 1000)}__' on ${guest.seed.storage}:vm-${guest.vmid}-disk-0`);
  say("end replication job");
}

export function startReplication(world: World): () => void {
  const running = new Set<string>();
  return world.clock.every(LOOK_EVERY_MS, () => {
    for (const job of world.replication) {
      const node = world.nodes.get(world.guests.get(job.guest)?.node ?? "");
      if (job.disabled || running.has(job.id) || job.nextSync > world.clock.now() || !node || node.power !== "on" || !quorumOf(world, node).quorate) continue;
      running.add(job.id);
      void runReplication(world, job)
        .catch(() => undefined)
        .finally(() => running.delete(job.id));
    }
  });
}
