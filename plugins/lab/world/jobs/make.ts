// The jobs a world begins with: what its data names, or one nightly backup of everything that has ever been backed up.
import { randomOf } from "../../random.ts";
import type { WorldSeed } from "../schema.ts";
import { nextRun } from "./schedule.ts";
import type { BackupJob, ReplicationJob } from "./shape.ts";

const MINUTE_MS = 60_000;
const QUARTER = "*/15";

export function backupJobsOf(world: WorldSeed): BackupJob[] {
  if (world.backupJobs) return world.backupJobs.map(({ prune, pool, ...job }) => ({ ...job, ...(prune ? { prune } : {}), ...(pool ? { pool } : {}), rest: {} }));
  const storage = world.storages.find((one) => one.type === "pbs") ?? world.storages.find((one) => one.content.split(",").includes("backup"));
  if (!storage) return [];
  const exclude = world.guests.filter((guest) => (guest.backupHours === undefined && !guest.backedUp) || guest.template).map((guest) => guest.vmid);
  const rest = { "notes-template": "{{guestname}}" };
  return [
    {
      id: "backup-5c1d7a2e-9f30",
      enabled: true,
      schedule: "03:00",
      storage: storage.name,
      mode: "snapshot",
      all: true,
      vmids: [],
      exclude,
      prune: "keep-daily=7,keep-weekly=4",
      rest,
    },
  ];
}

export function replicationOf(world: WorldSeed, seed: number, now: number): ReplicationJob[] {
  const counts = new Map<number, number>();
  return world.replication.map(({ guest, target, schedule }) => {
    const number = counts.get(guest) ?? 0;
    counts.set(guest, number + 1);
    const { between } = randomOf(seed, `replication/${guest}/${target}`);
    const nextSync = nextRun(schedule ?? QUARTER, now) ?? now + 15 * MINUTE_MS;
    const lastSync = nextSync - 15 * MINUTE_MS;
    return {
      id: `${guest}-${number}`,
      guest,
      target,
      ...(schedule ? { schedule } : {}),
      disabled: false,
      lastSync,
      lastTry: lastSync,
      nextSync,
      durationSeconds: between(2.2, 9.8),
      failCount: 0,
      log: [],
    };
  });
}
