// task-fails: tasks on the guest end with an error text until healed; the calls themselves still answer a UPID.
import type { World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { chanceOf, createHeld, eligible, guestAt } from "./guest.ts";

const MAX_TEXT = 300;

export function taskFails(world: World): Fault {
  const held = createHeld();
  return {
    name: "task-fails",
    targetKind: "guest",
    what: "starts and stops of the guest are accepted and their tasks fail (text=...)",
    targets: () => eligible(world, (guest) => guest.mishap.taskError === undefined),
    break(target, args) {
      const guest = guestAt(world, target);
      const { pick } = chanceOf(world, "task-fails", guest);
      const texts =
        guest.kind === "qemu"
          ? ["start failed: QEMU exited with code 1", `timeout waiting on systemd`, `storage '${guest.seed.storage}' is not online`]
          : [`startup for container '${guest.vmid}' failed`, `storage '${guest.seed.storage}' is not online`];
      guest.mishap.taskError = args.text?.slice(0, MAX_TEXT) ?? pick(texts);
      held.add(target);
    },
    heal(target) {
      for (const one of held.take(target)) delete guestAt(world, one).mishap.taskError;
    },
  };
}
