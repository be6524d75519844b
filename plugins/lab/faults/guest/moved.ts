// Look-alike of a crash and of a lost guest: a person moves the guest to another node; containers are stopped and started on the way.
import { migrate } from "../../world/guests/migrate.ts";
import { bringUp } from "../../world/power.ts";
import type { Guest, Node, World } from "../../world/state.ts";
import { hasStorage } from "../../world/storage.ts";
import type { Task } from "../../world/tasks.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { refusedWord } from "../takes.ts";

const MOST_NAMED = 8;

/** Nodes that are up, the roomiest first. */
const hosts = (world: World): Node[] => [...world.nodes.values()].filter((node) => node.power === "on").sort((a, b) => b.seed.memoryGiB - a.seed.memoryGiB);

/** The first of them that has the guest's storage and is not its own. */
function elsewhere(world: World, guest: Guest, among: readonly Node[] = hosts(world)): string | undefined {
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  return among.find((node) => node.name !== guest.node && (storage === undefined || hasStorage(storage, node.name)))?.name;
}

function move(world: World, guest: Guest, target: string, user: string): Task {
  const order = { target, online: true, restart: true, withLocalDisks: true };
  return world.tasks.start({
    node: guest.node,
    type: guest.kind === "qemu" ? "qmigrate" : "vzmigrate",
    id: String(guest.vmid),
    user,
    work: (worker) => migrate(world, guest, worker, order),
  });
}

function bringHome(world: World, guest: Guest, home: string): void {
  if (guest.node !== home) {
    guest.node = home;
    guest.seed = { ...guest.seed, node: home };
  }
  if (guest.kind === "lxc" && guest.status === "stopped" && !guest.busy) bringUp(world, guest);
}

interface Trip {
  home: string;
  task: Task;
}

export function guestUserMigrate(world: World): Fault {
  const trips = new Map<string, Trip>();
  return {
    name: "guest-user-migrate",
    targetKind: "guest",
    what: "a person moves the guest to another node, containers by a restart (to=NODE, user=root@pam)",
    targets() {
      const among = hosts(world);
      return eligible(world, (guest) => running(guest) && guest.vmid !== 100 && elsewhere(world, guest, among) !== undefined);
    },
    break(target, args) {
      const guest = guestAt(world, target);
      const others = hosts(world).flatMap(({ name }) => (name === guest.node ? [] : [name]));
      const to = args.to === undefined ? elsewhere(world, guest) : others.find((name) => name.toLowerCase() === args.to?.toLowerCase());
      if (to === undefined)
        throw refusedWord(
          args.to === undefined ? `${target} has nowhere to go` : `${target} cannot move to '${args.to}'; there are ${others.slice(0, MOST_NAMED).join(", ") || "no other nodes"}`,
        );
      const home = trips.get(target)?.home ?? guest.node;
      trips.set(target, { home, task: move(world, guest, to, args.user ?? "root@pam") });
    },
    stands(target) {
      const trip = trips.get(target);
      return trip !== undefined && (trip.task.exit === undefined || guestAt(world, target).node !== trip.home);
    },
    heal(target) {
      for (const [one, { home, task }] of [...trips]) {
        if (target !== undefined && target !== one) continue;
        trips.delete(one);
        task.abort();
        void task.done.then(() => bringHome(world, guestAt(world, one), home));
      }
    },
  };
}
