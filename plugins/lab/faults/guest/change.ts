// What people and clean-up leave behind on guests: a stale lock, an old snapshot, a changed configuration; and the ones that are wanted.
import { resized } from "../../world/guests/size.ts";
import type { Guest, Snapshot, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { all, amount, level, swap } from "../level.ts";

const HOUR_MS = 3_600_000;
const MADE_UP_MS = 60_000;
const DAY_S = 86_400;
export const LOCKS = ["backup", "snapshot", "snapshot-delete", "migrate", "clone", "rollback"];

export const guestLockStale = (world: World): Fault =>
  level({
    name: "guest-lock-stale",
    targetKind: "guest",
    what: "a lock is left on the guest by a task that died hours ago (lock=backup, hours=5)",
    targets: () => eligible(world, running),
    apply(target, args) {
      const guest = guestAt(world, target);
      const lock = args.lock ?? "backup";
      const startedAt = world.clock.now() - amount(args.hours, 5, 0.1, 10_000) * HOUR_MS;
      const type =
        lock === "backup" ? "vzdump" : guest.kind === "qemu" ? `qm${lock.replace("snapshot-delete", "delsnapshot")}` : `vz${lock.replace("snapshot-delete", "delsnapshot")}`;
      const order = {
        node: guest.node,
        type,
        id: String(guest.vmid),
        user: "root@pam",
        log: [`INFO: Starting Backup of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (${guest.kind})`, "INFO: ionice priority: 7"],
      };
      const task = world.tasks.past({ ...order, startedAt, durationMs: 214_000, exit: "unexpected status" });
      task.log.pop();
      // Healed, its owner has taken the lock off and made up for what died.
      const madeUp = (): void =>
        void world.tasks.past({
          ...order,
          startedAt: world.clock.now() - MADE_UP_MS,
          durationMs: MADE_UP_MS,
          exit: "OK",
          log: [...order.log, `INFO: Finished Backup of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (00:01:00)`],
        });
      return all(swap(guest, { lock }), type === "vzdump" ? madeUp : () => undefined);
    },
    still: (target) => guestAt(world, target).lock !== undefined,
  });

function leave(guest: Guest, snapshot: Snapshot): () => void {
  guest.snapshots.push(snapshot);
  const parent = swap(guest, { parent: snapshot.name });
  return () => {
    parent();
    const at = guest.snapshots.indexOf(snapshot);
    if (at >= 0) guest.snapshots.splice(at, 1);
  };
}

const canHave =
  (name: string) =>
  (guest: Guest): boolean =>
    guest.status === "running" && !guest.snapshots.some((snapshot) => snapshot.name === name);

function snapshot(world: World, order: { name: string; what: string; snapshot: string; description: string; days: number }): Fault {
  return level({
    name: order.name,
    targetKind: "guest",
    what: order.what,
    targets: () => eligible(world, canHave(order.snapshot)),
    apply(target, args) {
      const guest = guestAt(world, target);
      const snaptime = Math.floor(world.clock.now() / 1000) - Math.floor(amount(args.days, order.days, 0, 5_000) * DAY_S);
      return leave(guest, { name: order.snapshot, description: order.description, snaptime, ...(guest.parent ? { parent: guest.parent } : {}) });
    },
    still: (target) => guestAt(world, target).snapshots.some((one) => one.name === order.snapshot),
  });
}

export const snapshotOld = (world: World): Fault =>
  snapshot(world, { name: "snapshot-old", what: "a snapshot that was forgotten weeks ago still grows (days=74)", snapshot: "test", description: "", days: 74 });

export const snapshotLeftover = (world: World): Fault =>
  snapshot(world, {
    name: "snapshot-leftover",
    what: "a backup that broke off left its snapshot `vzdump` behind (days=3)",
    snapshot: "vzdump",
    description: "vzdump backup snapshot",
    days: 3,
  });

/** Look-alike: a restore point somebody made on purpose, a day old and named. */
export const snapshotWanted = (world: World): Fault =>
  snapshot(world, {
    name: "snapshot-wanted",
    what: "a person took a snapshot before an upgrade (days=1)",
    snapshot: "before-upgrade",
    description: "before the upgrade, keep until Sunday",
    days: 1,
  });

export const guestConfigChanged = (world: World): Fault =>
  level({
    name: "guest-config-changed",
    targetKind: "guest",
    what: "a person changes the guest's configuration: its digest is another one (memory=MiB, user=root@pam)",
    targets: () => eligible(world, running),
    apply(target, args) {
      const guest = guestAt(world, target);
      const memory = Math.floor(amount(args.memory, guest.seed.memoryMiB * 2, 16, 1_048_576));
      const pid = world.nodes.get(guest.node)?.pids.pvedaemon;
      world.journals.add(guest.node, `pvedaemon[${pid}]: <${args.user ?? "root@pam"}> update ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}: -memory ${memory}`);
      const undo = swap(guest.config, { memory: guest.kind === "qemu" ? String(memory) : memory });
      resized(guest);
      return all(() => resized(guest), undo);
    },
  });
