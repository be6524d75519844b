// Look-alike of a crash and of a lost guest: a person moves the guest to another node; containers are stopped and started on the way.
import { bringUp, takeDown } from "../../world/power.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";

const COPY_MS = 20_000;

/** The node with the most memory that is up, has the guest's storage, and is not its own. */
function elsewhere(world: World, guest: Guest): string | undefined {
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  return [...world.nodes.values()]
    .filter((node) => node.name !== guest.node && node.power === "on" && (storage?.seed.nodes?.includes(node.name) ?? true))
    .sort((a, b) => b.seed.memoryGiB - a.seed.memoryGiB)[0]?.name;
}

function move(world: World, guest: Guest, to: string, user: string) {
  const from = guest.node;
  return world.tasks.start({
    node: from,
    type: guest.kind === "qemu" ? "qmigrate" : "vzmigrate",
    id: String(guest.vmid),
    user,
    async work(worker) {
      const restart = guest.kind === "lxc" && guest.status === "running";
      guest.lock = "migrate";
      try {
        worker.log(`starting migration of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} to node '${to}' (${world.nodes.get(to)?.seed.address})`);
        if (restart) takeDown(world, guest, { how: "migration", upid: worker.upid });
        await worker.sleep(COPY_MS);
        guest.node = to;
        if (restart) bringUp(world, guest);
        worker.log("migration finished successfully (duration 00:00:20)");
      } finally {
        if (guest.lock === "migrate") delete guest.lock;
        if (restart && guest.status === "stopped") bringUp(world, guest);
      }
    },
  });
}

export function guestUserMigrate(world: World): Fault {
  const homes = new Map<string, string>();
  return {
    name: "guest-user-migrate",
    targetKind: "guest",
    what: "a person moves the guest to another node, containers by a restart (to=NODE, user=root@pam)",
    targets: () => eligible(world, (guest) => running(guest) && guest.vmid !== 100 && elsewhere(world, guest) !== undefined),
    break(target, args) {
      const guest = guestAt(world, target);
      const to = [...world.nodes.values()].find((node) => node.name.toLowerCase() === args.to?.toLowerCase() && node.power === "on")?.name ?? elsewhere(world, guest);
      if (to === undefined || to === guest.node) throw new Error(`${target} has nowhere to go`);
      if (!homes.has(target)) homes.set(target, guest.node);
      move(world, guest, to, args.user ?? "root@pam");
    },
    stands: (target) => homes.has(target) && guestAt(world, target).node !== homes.get(target),
    heal(target) {
      for (const [one, home] of [...homes]) {
        if (target !== undefined && target !== one) continue;
        homes.delete(one);
        const guest = guestAt(world, one);
        if (guest.node !== home && !guest.busy && !guest.lock) guest.node = home;
      }
    },
  };
}
