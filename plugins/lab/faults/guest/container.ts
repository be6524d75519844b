// What goes wrong in containers alone: their start fails, their cgroup runs out of memory, their root disk is full; with the look-alikes of each.
import { takeDown } from "../../world/power.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { chanceOf, createDowned, eligible, guestAt, running } from "../guest.ts";
import { all, amount, level, swap } from "../level.ts";
import { repeat } from "../node.ts";
import { strainGuest } from "../strain.ts";

const isCt = (guest: Guest): boolean => guest.kind === "lxc" && running(guest);
const OOM_EVERY_MS = 90_000;
const CULPRITS = ["java", "node", "mysqld", "python3", "ffmpeg"];

/** A start somebody asked for at once, and what its log says. */
function failedStart(world: World, guest: Guest, user: string, exit: string): void {
  const log = [
    `run_buffer: 571 Script exited with status 1`,
    `lxc_init: 845 Failed to run lxc.hook.pre-start for container "${guest.vmid}"`,
    `__lxc_start: 2034 Failed to initialize container "${guest.vmid}"`,
  ];
  world.tasks.past({ node: guest.node, type: "vzstart", id: String(guest.vmid), user, startedAt: world.clock.now(), durationMs: 0, exit, log });
}

export function ctStartFails(world: World): Fault {
  const down = createDowned(world);
  const mishap = level({
    name: "ct-start-fails",
    targetKind: "guest",
    what: "the container ends without a task and every start of it fails (text=..., tried=USER: who tried one already)",
    targets: () => eligible(world, isCt),
    apply(target, args) {
      const guest = guestAt(world, target);
      const taskError = args.text?.slice(0, 300) ?? `startup for container '${guest.vmid}' failed`;
      const undo = swap(guest.mishap, { taskError });
      const unit = `pve-container@${guest.vmid}.service`;
      for (const line of [
        `lxc-start[${guest.pid}]: lxc-start: ${guest.vmid}: ../src/lxc/sync.c: sync_wait: 34 An error occurred in another process (expected sequence number 7)`,
        `systemd[1]: ${unit}: Main process exited, code=exited, status=1/FAILURE`,
        `systemd[1]: ${unit}: Failed with result 'exit-code'.`,
      ])
        world.journals.add(guest.node, line);
      takeDown(world, guest, { how: "container failed", clean: false });
      if (args.tried) failedStart(world, guest, args.tried, taskError);
      return undo;
    },
  });
  return {
    ...mishap,
    break(target, args) {
      down.add(target);
      mishap.break(target, args);
    },
    heal(target) {
      mishap.heal(target);
      down.heal(target);
    },
  };
}

export const ctOom = (world: World): Fault =>
  level({
    name: "ct-oom",
    targetKind: "guest",
    what: "a process inside the container is killed again and again because the container's own memory limit is reached",
    targets: () => eligible(world, isCt),
    apply(target) {
      const guest = guestAt(world, target);
      const { pick, whole } = chanceOf(world, "ct-oom", guest);
      const culprit = pick(CULPRITS);
      const limitKb = guest.seed.memoryMiB * 1024;
      const kill = (round: number): void => {
        const pid = whole(200_000, 900_000) + round;
        for (const line of [
          `kernel: ${culprit} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`,
          `kernel: memory: usage ${limitKb}kB, limit ${limitKb}kB, failcnt ${4_100 + round * 37}`,
          `kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=ns,mems_allowed=0,oom_memcg=/lxc/${guest.vmid},task_memcg=/lxc/${guest.vmid}/ns/system.slice/${culprit}.service,task=${culprit},pid=${pid},uid=100000`,
          `kernel: Memory cgroup out of memory: Killed process ${pid} (${culprit}) total-vm:${limitKb + 300_000}kB, anon-rss:${Math.floor(limitKb * 0.8)}kB, file-rss:0kB, shmem-rss:0kB, UID:100000 pgtables:2200kB oom_score_adj:0`,
        ])
          world.journals.add(guest.node, line);
      };
      return all(repeat(world, OOM_EVERY_MS, kill), strainGuest(world, guest, { memoryShare: 0.995, pressure: { memorySome: 41.2, memoryFull: 28.6 } }));
    },
    still: (target) => guestAt(world, target).status === "running",
  });

/** Look-alike: an application that takes its memory and keeps it, with nothing killed. */
export const ctMemoryHigh = (world: World): Fault =>
  level({
    name: "ct-memory-high",
    targetKind: "guest",
    what: "the container uses most of its memory and nothing is killed (percent=88)",
    targets: () => eligible(world, isCt),
    apply: (target, args) => strainGuest(world, guestAt(world, target), { memoryShare: amount(args.percent, 88, 1, 94) / 100 }),
  });

export const ctDiskFull = (world: World): Fault =>
  level({
    name: "ct-disk-full",
    targetKind: "guest",
    what: "the container's root disk is nearly full (percent=97)",
    targets: () => eligible(world, isCt),
    apply: (target, args) => strainGuest(world, guestAt(world, target), { diskShare: amount(args.percent, 97, 1, 100) / 100 }),
  });

/** Look-alike: what is full is mounted into it from the host; its own root disk has room. */
export const ctBindMount = (world: World): Fault =>
  level({
    name: "ct-bind-mount",
    targetKind: "guest",
    what: "a large folder of the host is mounted into the container; its own disk has room",
    targets: () => eligible(world, (guest) => isCt(guest) && guest.config.mp0 === undefined),
    apply(target) {
      const guest = guestAt(world, target);
      return all(swap(guest.config, { mp0: "/mnt/pve/nas/media,mp=/media,ro=1" }), strainGuest(world, guest, { diskShare: 0.41 }));
    },
  });
