// HA services in states they do not leave by themselves: in error, or fenced again and again.
import { bringUp, takeDown } from "../../world/power.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt } from "../guest.ts";
import { all, level, swap, type Undo } from "../level.ts";
import { repeat } from "../node.ts";

const FENCE_EVERY_MS = 120_000;
const sid = (guest: Guest): string => `${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`;
const managed = (guest: Guest): boolean => guest.ha !== undefined && guest.status === "running" && !guest.busy;

function inState(guest: Guest, state: string): Undo {
  return guest.ha ? swap(guest.ha, { state, failures: guest.ha.maxRestart + 1 }) : () => undefined;
}

export const haServiceError = (world: World): Fault =>
  level({
    name: "ha-service-error",
    targetKind: "guest",
    what: "the HA manager gave the guest up after failed starts: it is stopped and in state error",
    targets: () => eligible(world, managed),
    apply(target) {
      const guest = guestAt(world, target);
      const master = [...world.nodes.keys()][0] ?? guest.node;
      const now = world.clock.now();
      takeDown(world, guest, { how: "HA gave it up" });
      for (const minutes of [2, 1])
        world.tasks.past({
          node: guest.node,
          type: guest.kind === "qemu" ? "qmstart" : "vzstart",
          id: String(guest.vmid),
          user: "root@pam",
          startedAt: now - minutes * 20_000,
          durationMs: 3_000,
          exit: "start failed: QEMU exited with code 1",
          log: ["task started by HA resource agent"],
        });
      world.journals.add(guest.node, `pve-ha-lrm[1402]: unable to start service ${sid(guest)}`);
      world.journals.add(guest.node, `pve-ha-lrm[1402]: restart policy: retry number 2 for service '${sid(guest)}' failed`);
      world.journals.add(master, `pve-ha-crm[1398]: service '${sid(guest)}': state changed from 'started' to 'error'`);
      return all(
        () => {
          if (guest.status === "stopped" && !guest.busy) bringUp(world, guest);
        },
        inState(guest, "error"),
      );
    },
    still: (target) => guestAt(world, target).ha?.state === "error",
  });

export const haFenceLoop = (world: World): Fault =>
  level({
    name: "ha-fence-loop",
    targetKind: "guest",
    what: "the guest's node is to be fenced and never is: the service waits in state fence",
    targets: () => eligible(world, managed),
    apply(target) {
      const guest = guestAt(world, target);
      const master = [...world.nodes.keys()].find((name) => name !== guest.node) ?? guest.node;
      const say = (): void => {
        world.journals.add(master, `pve-ha-crm[1398]: node '${guest.node}': state changed from 'unknown' => 'fence'`);
        world.journals.add(master, `pve-ha-crm[1398]: service '${sid(guest)}': state changed from 'started' to 'fence'`);
        world.journals.add(master, `pve-ha-crm[1398]: fencing: acknowledged - got agent lock for node '${guest.node}' failed`);
      };
      const end = repeat(world, FENCE_EVERY_MS, say);
      return all(
        () => {
          if (guest.ha) guest.ha.failures = 0;
        },
        inState(guest, "fence"),
        end,
      );
    },
    still: (target) => guestAt(world, target).ha?.state === "fence",
  });
