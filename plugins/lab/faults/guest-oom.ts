// guest-oom: the host runs out of memory and the kernel kills the guest, naming its scope.
import { takeDown } from "../world/power.ts";
import { type Guest, MIB, type World } from "../world/state.ts";
import { unitOf } from "../world/units.ts";
import type { Fault } from "./fault.ts";
import { chanceOf, createDowned, eligible, guestAt, running } from "./guest.ts";

function lines(world: World, guest: Guest): string[] {
  const { pick, whole } = chanceOf(world, "oom", guest);
  const pid = guest.pid ?? 4242;
  const vm = guest.kind === "qemu";
  const asker = pick(vm ? ["CPU 0/KVM", "pvestatd", "kvm"] : ["pvestatd", "rpc-server", "kvm"]);
  const group = vm ? `/qemu.slice/${guest.vmid}.scope` : `/lxc/${guest.vmid}/ns/init.scope`;
  const task = vm ? "kvm" : "systemd";
  const anon = Math.floor((guest.seed.memoryMiB * MIB * 0.9) / 1024);
  return [
    `kernel: ${asker} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`,
    `kernel: Node 0 Normal free:${whole(40_000, 60_000)}kB boost:0kB min:${whole(60_000, 68_000)}kB low:80412kB high:96488kB`,
    `kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=${group},task=${task},pid=${pid},uid=${vm ? 0 : 100_000}`,
    `kernel: Out of memory: Killed process ${pid} (${task}) total-vm:${anon + 900_000}kB, anon-rss:${anon}kB, file-rss:4096kB, shmem-rss:0kB, UID:${vm ? 0 : 100_000} pgtables:${whole(4_000, 20_000)}kB oom_score_adj:0`,
    ...(vm
      ? [`systemd[1]: ${unitOf(guest)}: A process of this unit has been killed by the OOM killer.`, `systemd[1]: ${unitOf(guest)}: Failed with result 'oom-kill'.`]
      : [`systemd[1]: ${unitOf(guest)}: Main process exited, code=killed, status=9/KILL`, `systemd[1]: ${unitOf(guest)}: Failed with result 'oom-kill'.`]),
  ];
}

export function guestOom(world: World): Fault {
  const down = createDowned(world);
  return {
    name: "guest-oom",
    targetKind: "guest",
    what: "the host's OOM killer takes the guest",
    targets: () => eligible(world, running),
    break(target) {
      down.add(target);
      const guest = guestAt(world, target);
      for (const line of lines(world, guest)) world.journals.add(guest.node, line);
      takeDown(world, guest, { how: "oom", clean: false });
    },
    stands: down.stands,
    heal: down.heal,
  };
}
