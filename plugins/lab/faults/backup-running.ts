// backup-running: a backup in stop mode: the guest goes down under the lock `backup`, is copied, and comes up again; all of it in one vzdump task.
import type { World } from "../world/state.ts";
import { vzdump } from "../world/vzdump.ts";
import type { Fault } from "./fault.ts";
import { eligible, guestAt, running } from "./guest.ts";

const DEFAULT_COPY_S = 75;
const MAX_COPY_S = 86_400;

export function backupRunning(world: World): Fault {
  const under = new Map<string, () => void>();
  return {
    name: "backup-running",
    targetKind: "guest",
    what: "a backup in stop mode takes the guest down for a while and starts it again (seconds=75)",
    targets: () => eligible(world, running),
    break(target, args) {
      const guest = guestAt(world, target);
      const storage = world.storages.find((one) => one.seed.type === "pbs") ?? world.storages.find((one) => one.seed.content.includes("backup"));
      if (!storage) throw new Error("this world has no storage for backups");
      const seconds = Math.min(MAX_COPY_S, Math.max(1, Number(args.seconds ?? DEFAULT_COPY_S) || DEFAULT_COPY_S));
      const task = world.tasks.start({
        node: guest.node,
        type: "vzdump",
        id: String(guest.vmid),
        user: args.user ?? "root@pam",
        work: (worker) => vzdump(world, worker, { guests: [guest], storage, mode: "stop", node: guest.node, copyMs: seconds * 1000 }),
      });
      under.set(target, () => task.abort());
      void task.done.then(() => under.delete(target));
    },
    stands: (target) => under.has(target),
    heal(target) {
      for (const [one, abort] of under) if (target === undefined || one === target) abort();
    },
  };
}
