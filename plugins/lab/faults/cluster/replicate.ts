// Replication of a guest that fails again and again, or lags behind. A guest without a job gets one that is taken away again by healing.
import type { ReplicationJob } from "../../world/jobs/shape.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { all, amount, level, swap, type Undo } from "../level.ts";

const MINUTE_MS = 60_000;
const RETRY_MS = 30 * MINUTE_MS;

function jobOf(world: World, guest: Guest): { job: ReplicationJob; undo: Undo } {
  const known = world.replication.find((job) => job.guest === guest.vmid);
  if (known) return { job: known, undo: () => undefined };
  const now = world.clock.now();
  const target = [...world.nodes.keys()].find((name) => name !== guest.node) ?? guest.node;
  const job: ReplicationJob = {
    id: `${guest.vmid}-0`,
    guest: guest.vmid,
    target,
    disabled: false,
    lastSync: now - 15 * MINUTE_MS,
    lastTry: now - 15 * MINUTE_MS,
    nextSync: now,
    durationSeconds: 4.6,
    failCount: 0,
    log: [],
  };
  world.replication.push(job);
  return {
    job,
    undo: () => {
      const at = world.replication.indexOf(job);
      if (at >= 0) world.replication.splice(at, 1);
    },
  };
}

export const replicationFails = (world: World): Fault =>
  level({
    name: "replication-fails",
    targetKind: "guest",
    what: "replication of the guest fails since hours and is tried again every 30 minutes (hours=3, text=..., passed=yes: its cause has passed, the next try is well)",
    targets: () => (world.nodes.size > 1 ? eligible(world, running) : []),
    apply(target, args) {
      const guest = guestAt(world, target);
      const { job, undo } = jobOf(world, guest);
      const now = world.clock.now();
      const forMs = amount(args.hours, 3, 0.1, 1_000) * 60 * MINUTE_MS;
      const error =
        args.text?.slice(0, 300) ?? `command 'set -o pipefail && pvesm export ${guest.seed.storage}:vm-${guest.vmid}-disk-0 zfs - -with-snapshots 1' failed: exit code 255`;
      const failCount = Math.max(1, Math.floor(forMs / RETRY_MS));
      world.journals.add(guest.node, `pvescheduler[${world.nodes.get(guest.node)?.pids.pvescheduler}]: ${job.id}: got unexpected replication job error - ${error}`);
      const log = [
        `${job.id}: start replication job`,
        `${job.id}: guest => ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}, running => 1`,
        `${job.id}: end replication job with error: ${error}`,
      ];
      return all(
        undo,
        swap(job, {
          error,
          ...(args.passed === "yes" ? {} : { mishap: error }),
          failCount,
          lastSync: now - forMs,
          lastTry: now - 6 * MINUTE_MS,
          nextSync: now + RETRY_MS - 6 * MINUTE_MS,
          log,
        }),
      );
    },
  });
