// The backups a world begins with: what its jobs made in their last runs, and single ones somebody wrote down with their age. A run that would still be at work when the lab begins is over by then.
import type { Guest, Storage, World } from "../state.ts";
import { addBackup } from "../storage.ts";
import { guestsOf } from "./backup.ts";
import { runsBefore } from "./schedule.ts";

const HOUR_MS = 3_600_000;
const RUNS = 6;
/** More guests than this have fewer runs' backups behind them. */
const MANY_GUESTS = 1_000;
const FEW_RUNS = 2;
const GUEST_MS = 71_000;
const LONGEST_RUN_MS = HOUR_MS;
/** Of guests no job of this world has any more. */
const USUAL_SCHEDULE = "03:00";

const isTarget = ({ seed }: Storage): boolean => seed.content.split(",").includes("backup");
const usualTarget = (world: World): Storage | undefined => world.storages.find(({ seed }) => seed.type === "pbs") ?? world.storages.find(isTarget);

interface Run {
  storage: Storage;
  node: string;
  guests: Guest[];
  startedAt: number;
  guestMs: number;
}

function noteRun(world: World, { storage, node, guests, startedAt, guestMs }: Run): void {
  const log = [
    `INFO: starting new backup job: vzdump --all 1 --mode snapshot --storage ${storage.name} --quiet 1`,
    ...guests.flatMap((guest) => [
      `INFO: Starting Backup of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (${guest.kind})`,
      `INFO: Finished Backup of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (00:01:1${guest.vmid % 10})`,
    ]),
    "INFO: Backup job finished successfully",
  ];
  world.tasks.past({ node, type: "vzdump", id: "", user: "root@pam", startedAt, durationMs: guests.length * guestMs, exit: "OK", log });
}

/** Every node backs its guests up one after the other, all nodes at once. */
function runsOf(world: World, schedule: string, storage: Storage, guests: readonly Guest[], now: number): void {
  const times = runsBefore(schedule, now).slice(-RUNS);
  const kept = times.slice(world.guests.size > MANY_GUESTS ? -FEW_RUNS : -RUNS);
  const sinceLast = now - (times.at(-1) ?? now);
  for (const [node, mine] of Map.groupBy(guests, (guest) => guest.node)) {
    const guestMs = Math.min(GUEST_MS, LONGEST_RUN_MS / mine.length, sinceLast / (mine.length + 1));
    for (const startedAt of kept) for (const [index, guest] of mine.entries()) addBackup(world, storage, guest, startedAt + index * guestMs);
    for (const startedAt of times) noteRun(world, { storage, node, guests: mine, startedAt, guestMs });
  }
}

export function recallBackups(world: World, now: number): void {
  const usual = usualTarget(world);
  if (!usual) return;
  for (const guest of world.guests.values()) if (guest.seed.backupHours !== undefined) addBackup(world, usual, guest, now - guest.seed.backupHours * HOUR_MS);
  const left = new Set([...world.guests.values()].filter(({ seed, template }) => seed.backedUp && seed.backupHours === undefined && !template));
  for (const job of world.backupJobs) {
    if (!job.enabled) continue;
    const storage = world.storages.find(({ name }) => name === job.storage) ?? usual;
    const mine = guestsOf(world, job).filter((guest) => left.has(guest));
    for (const guest of mine) left.delete(guest);
    runsOf(world, job.schedule, storage, mine, now);
  }
  runsOf(world, USUAL_SCHEDULE, usual, [...left], now);
}
