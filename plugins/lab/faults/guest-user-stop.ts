// guest-user-stop: a person stops or shuts the guest down over the API; there is a task with a name on it.
import type { Dispatch } from "../front/dispatch.ts";
import type { World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { chanceOf, createDowned, eligible, guestAt, running } from "./guest.ts";
import { refusedWord } from "./takes.ts";

const MOST_NAMED = 8;
const PEOPLE = ["root@pam", "olli@pve", "root@pam!automation"];

export function guestUserStop(world: World, dispatch: Dispatch): Fault {
  const call = (user: string, target: string, verb: string): void => {
    const guest = guestAt(world, target);
    const path = `/nodes/${guest.node}/${guest.kind}/${guest.vmid}/status/${verb}`;
    void dispatch({ at: guest.node, method: "POST", path, parameters: {}, caller: () => ({ who: user, viaToken: user.includes("!") }) }).catch(() => undefined);
  };
  const down = createDowned(world, (guest) => call("root@pam", `guest/${guest.vmid}`, "start"));
  return {
    name: "guest-user-stop",
    targetKind: "guest",
    what: "a person stops the guest over the API (user=root@pam, verb=stop or shutdown)",
    targets: () => eligible(world, running),
    break(target, args) {
      const { pick } = chanceOf(world, "user-stop", guestAt(world, target));
      const user = args.user ?? pick(PEOPLE);
      const { users, tokens } = world.accounts;
      if (!users.has(user) && !tokens.has(user))
        throw refusedWord(`there is no user or token '${user}'; there are ${[...users.keys(), ...tokens.keys()].slice(0, MOST_NAMED).join(", ")}`);
      down.add(target);
      const verb = args.verb ?? pick(["stop", "shutdown"]);
      call(user, target, verb);
    },
    stands: down.stands,
    heal: down.heal,
  };
}
