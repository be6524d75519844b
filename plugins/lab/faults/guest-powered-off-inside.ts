// guest-powered-off-inside: somebody inside the guest shuts it down. The journal shows the agent's or ACPI's trace and the unit's clean end, no failure and no task.
import { takeDown } from "../world/power.ts";
import type { Guest, World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { chanceOf, createDowned, eligible, guestAt, running } from "./guest.ts";

const WAY_DOWN_MS = 2_500;

function trace(world: World, guest: Guest): string[] {
  const { pick } = chanceOf(world, "inside", guest);
  const qmeventd = world.nodes.get(guest.node)?.pids.qmeventd ?? 800;
  if (guest.kind === "lxc") return [`pve-container-stop-wrapper[${(guest.pid ?? 4242) + 3}]: CT ${guest.vmid}: guest requested shutdown (systemd-shutdown inside the container)`];
  return pick([
    [`qmeventd[${qmeventd}]: VM ${guest.vmid}: SHUTDOWN event, guest: true, reason: guest-shutdown`],
    [`QEMU[${guest.pid}]: qemu-ga: guest-shutdown called, mode: powerdown`, `qmeventd[${qmeventd}]: VM ${guest.vmid}: SHUTDOWN event, guest: true, reason: guest-shutdown`],
    [`QEMU[${guest.pid}]: acpi: guest entered S5, powering off VM ${guest.vmid}`],
  ]);
}

export function guestPoweredOffInside(world: World): Fault {
  const down = createDowned(world);
  return {
    name: "guest-powered-off-inside",
    targetKind: "guest",
    what: "somebody inside the guest shuts it down; no task, a clean end",
    targets: () => eligible(world, running),
    break(target) {
      down.add(target);
      const guest = guestAt(world, target);
      for (const line of trace(world, guest)) world.journals.add(guest.node, line);
      world.clock.after(WAY_DOWN_MS, () => takeDown(world, guest, { how: "guest" }));
    },
    stands: down.stands,
    heal: down.heal,
  };
}
