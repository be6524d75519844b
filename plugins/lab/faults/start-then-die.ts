// start-then-die: the guest is down, its start task ends OK, and a few seconds later it is gone again, as often as it is started.
import { bringUp } from "../world/power.ts";
import type { World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { createHeld, eligible, guestAt } from "./guest.ts";
import { crash } from "./guest-crash.ts";

const LIFE_MS = 3_000;

export function startThenDie(world: World): Fault {
  const held = createHeld();
  return {
    name: "start-then-die",
    targetKind: "guest",
    what: "the guest crashes; every start succeeds and it dies again 3 s later",
    targets: () => eligible(world, (guest) => !guest.lock && !guest.busy && guest.mishap.diesAfterStartMs === undefined),
    break(target, args) {
      const guest = guestAt(world, target);
      const seconds = Number(args.seconds);
      guest.mishap.diesAfterStartMs = seconds > 0 ? seconds * 1000 : LIFE_MS;
      if (guest.status === "running") crash(world, guest);
      held.add(target);
    },
    heal(target) {
      for (const one of held.take(target)) {
        const guest = guestAt(world, one);
        delete guest.mishap.diesAfterStartMs;
        if (guest.status === "stopped" && !guest.busy) bringUp(world, guest);
      }
    },
  };
}
