// guest-crash: QEMU or the container's first process dies. The journal has both lines: the failure, and the unit's end.
import { takeDown } from "../world/power.ts";
import type { Guest, World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { chanceOf, createDowned, eligible, guestAt, running } from "./guest.ts";

function vmLines(world: World, guest: Guest): string[] {
  const { pick, hex } = chanceOf(world, "crash", guest);
  const pid = guest.pid ?? 4242;
  return pick([
    [
      `kernel: kvm[${pid}]: segfault at ${hex(2)} ip 000055${hex(10)} sp 00007ffd${hex(8)} error 4 in qemu-system-x86_64[55${hex(10)}+6b1000]`,
      `kernel: Code: 48 8b 47 ${hex(2)} 48 85 c0 74 ${hex(2)} 48 8b 40 18 c3 66 90`,
    ],
    [`kernel: traps: CPU 1/KVM[${pid + 7}] general protection fault ip:55${hex(10)} sp:7f${hex(10)} error:0 in qemu-system-x86_64[55${hex(10)}+6b1000]`],
    [
      `QEMU[${pid}]: kvm: ../util/iov.c:${chanceOf(world, "line", guest).whole(200, 900)}: iov_from_buf_full: Assertion \`offset == 0' failed.`,
      `kernel: kvm[${pid}]: aborted, signal 6`,
      `systemd-coredump[${pid + 91}]: Process ${pid} (kvm) of user 0 terminated abnormally with signal 6/ABRT, processing...`,
    ],
    [
      `QEMU[${pid}]: KVM internal error. Suberror: 3`,
      `QEMU[${pid}]: extra data[0]: 0x0000000080000b0e`,
      `kernel: kvm[${pid}]: segfault at 0 ip 000055${hex(10)} sp 00007ffc${hex(8)} error 6 in qemu-system-x86_64[55${hex(10)}+6b1000]`,
    ],
  ]);
}

function ctLines(world: World, guest: Guest): string[] {
  const { pick } = chanceOf(world, "crash", guest);
  const unit = `pve-container@${guest.vmid}.service`;
  const [main, result] = pick([
    ["code=killed, status=11/SEGV", "signal"],
    ["code=dumped, status=6/ABRT", "core-dump"],
    ["code=exited, status=1/FAILURE", "exit-code"],
    ["code=killed, status=7/BUS", "signal"],
  ] as const);
  return [`systemd[1]: ${unit}: Main process exited, ${main}`, `systemd[1]: ${unit}: Failed with result '${result}'.`];
}

export function crash(world: World, guest: Guest, how = "crash"): void {
  for (const line of guest.kind === "qemu" ? vmLines(world, guest) : ctLines(world, guest)) world.journals.add(guest.node, line);
  takeDown(world, guest, { how, clean: guest.kind === "qemu" });
}

export function guestCrash(world: World): Fault {
  const down = createDowned(world);
  return {
    name: "guest-crash",
    targetKind: "guest",
    what: "the guest's process dies: a VM by a segfault or an abort of QEMU, a container by its first process",
    targets: () => eligible(world, running),
    break(target) {
      down.add(target);
      crash(world, guestAt(world, target));
    },
    stands: down.stands,
    heal: down.heal,
  };
}
