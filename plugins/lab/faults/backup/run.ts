// Backup runs: one that fails, one a person cancels, one that is slow, one that freezes the guest for a moment; the last three are no failures.
import type { Guest, Storage, World } from "../../world/state.ts";
import { addBackup } from "../../world/storage.ts";
import { type Mode, vzdump } from "../../world/vzdump.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { type Args, all, amount, level, swap } from "../level.ts";

const CAUSES: Readonly<Record<string, (guest: Guest, storage: string) => string>> = {
  space: (_, storage) => `unable to write to storage '${storage}': No space left on device (os error 28)`,
  lock: (guest) => `${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} is locked (snapshot-delete)`,
  agent: (guest) => `VM ${guest.vmid} qmp command 'guest-fsfreeze-freeze' failed - got timeout`,
  network: (_, storage) => `backup connect to '${storage}' failed: error trying to connect: tcp connect error: Connection timed out (os error 110)`,
};

/** What `cause=` of backup-fails may say. */
export const BACKUP_FAILURES: readonly string[] = Object.keys(CAUSES);

export function backupTarget(world: World): Storage | undefined {
  return world.storages.find((one) => one.seed.type === "pbs") ?? world.storages.find((one) => one.seed.content.split(",").includes("backup"));
}

interface Run {
  user?: string;
  mode?: Mode;
  copyMs: number;
}

function begin(world: World, guest: Guest, { user = "root@pam", mode = "snapshot", copyMs }: Run) {
  const storage = backupTarget(world);
  if (!storage) throw new Error("this world has no storage for backups");
  return world.tasks.start({
    node: guest.node,
    type: "vzdump",
    id: String(guest.vmid),
    user,
    work: (worker) => vzdump(world, worker, { guests: [guest], storage, mode, node: guest.node, copyMs }),
  });
}

const able =
  (world: World) =>
  (guest: Guest): boolean =>
    running(guest) && guest.mishap.backupError === undefined && backupTarget(world) !== undefined;

/** Whoever removes the cause runs the backup again; it is over at once. */
function madeAgain(world: World, guest: Guest): void {
  const storage = backupTarget(world);
  if (!storage) return;
  const startedAt = world.clock.now();
  addBackup(world, storage, guest, startedAt);
  world.tasks.past({
    node: guest.node,
    type: "vzdump",
    id: String(guest.vmid),
    user: "root@pam",
    startedAt,
    durationMs: 0,
    exit: "OK",
    log: [`INFO: starting new backup job: vzdump ${guest.vmid} --mode snapshot --storage ${storage.name} --node ${guest.node}`, "INFO: Backup job finished successfully"],
  });
}

export const backupFails = (world: World): Fault =>
  level({
    name: "backup-fails",
    targetKind: "guest",
    what: `every backup of the guest fails, the first at once; healing makes it again (cause=${BACKUP_FAILURES.join("|")}, once=yes: only the first)`,
    targets: () => eligible(world, able(world)),
    apply(target, args) {
      const guest = guestAt(world, target);
      const words = CAUSES[args.cause ?? "network"] ?? CAUSES.network;
      const undo = swap(guest.mishap, { backupError: words?.(guest, backupTarget(world)?.name ?? "") ?? "unknown error" });
      const task = begin(world, guest, { copyMs: 6_000 });
      if (args.once === "yes") void task.done.then(undo);
      return () => {
        undo();
        madeAgain(world, guest);
      };
    },
  });

/** A running task that ends by itself; healing ends it at once. */
function passing(world: World, about: { name: string; what: string }, start: (guest: Guest, args: Args) => { abort(): void; done: Promise<string> }): Fault {
  const under = new Map<string, { abort(): void }>();
  return {
    ...about,
    targetKind: "guest",
    targets: () => eligible(world, able(world)),
    break(target, args) {
      const task = start(guestAt(world, target), args);
      under.set(target, task);
      void task.done.then(() => under.delete(target));
    },
    stands: (target) => under.has(target),
    heal(target) {
      for (const [one, task] of under) if (target === undefined || one === target) task.abort();
    },
  };
}

export const backupCancelled = (world: World): Fault =>
  passing(world, { name: "backup-cancelled", what: "a person starts a backup of the guest and stops it half-way (user=olli@pve)" }, (guest, args) => {
    const user = args.user ?? "olli@pve";
    const task = begin(world, guest, { user, copyMs: 600_000 });
    world.clock.after(20_000, () => {
      world.journals.add(guest.node, `pvedaemon[${world.nodes.get(guest.node)?.pids.pvedaemon}]: <${user}> stopping task ${task.upid}`);
      task.abort();
    });
    return task;
  });

export const backupSlow = (world: World): Fault =>
  passing(world, { name: "backup-slow", what: "a backup to a slow target holds the guest's lock for hours, and is alive (hours=6)" }, (guest, args) =>
    begin(world, guest, { copyMs: amount(args.hours, 6, 0.01, 240) * 3_600_000 }),
  );

export const backupFreezing = (world: World): Fault =>
  passing(world, { name: "backup-freezing", what: "a running backup has the guest's file systems frozen for a while (seconds=90)" }, (guest, args) => {
    const frozenMs = amount(args.seconds, 90, 1, 3_600) * 1000;
    const task = begin(world, guest, { copyMs: frozenMs * 2 });
    const thaw = swap(guest, { frozen: true });
    const end = world.clock.after(frozenMs, thaw);
    void task.done.then(all(thaw, end));
    return task;
  });
