// Nodes that are gone: power lost, rebooted on purpose, the whole house dark, guests that did not come back after it.
import { leave, losePower, restorePower } from "../../world/machine/power.ts";
import { bringUp, takeDown } from "../../world/power.ts";
import type { Guest, Node, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { all, level, swap, type Undo } from "../level.ts";
import { clusterTarget, nodeAt, nodeTargets } from "../node.ts";

const QUICK_BOOT_MS = 12_000;
const MINUTE_MS = 60_000;
const JARVIS = 100;

const on = (node: Node): boolean => node.power === "on";
const runningOn = (world: World, node: Node): Guest[] => [...world.guests.values()].filter((guest) => guest.node === node.name && guest.status === "running");

/** Boots the node, and once it is up starts what ran on it before and is still its own. */
function restart(world: World, node: Node, before: readonly Guest[]): void {
  restorePower(world, node, QUICK_BOOT_MS);
  const end = world.clock.every(1_000, () => {
    if (node.power === "booting") return;
    end();
    if (node.power !== "on") return;
    for (const guest of before) if (guest.node === node.name && guest.status === "stopped" && !guest.busy) bringUp(world, guest);
  });
}

function pull(world: World, node: Node): Undo {
  const before = runningOn(world, node);
  for (const other of world.nodes.values()) {
    if (other === node || other.power !== "on") continue;
    const pid = 900 + other.id;
    world.journals.add(other.name, `corosync[${pid}]:   [KNET  ] link: host: ${node.id} link: 0 is down`);
    world.journals.add(other.name, `corosync[${pid}]:   [KNET  ] host: host: ${node.id} has no active links`);
    world.journals.add(other.name, `corosync[${pid}]:   [TOTEM ] A processor failed, forming new configuration: token timed out (3650ms), waiting 4380ms for consensus.`);
    world.journals.add(
      other.name,
      `corosync[${pid}]:   [QUORUM] Members[${world.nodes.size - 1}]: ${[...world.nodes.values()]
        .filter((one) => one !== node)
        .map((one) => one.id)
        .join(" ")}`,
    );
    world.journals.add(
      other.name,
      `pmxcfs[${800 + other.id}]: [status] notice: members: ${[...world.nodes.values()]
        .filter((one) => one !== node)
        .map((one) => `${one.id}/${800 + one.id}`)
        .join(", ")}`,
    );
  }
  losePower(world, node);
  return () => restart(world, node, before);
}

export const nodeDown = (world: World): Fault =>
  level({
    name: "node-down",
    targetKind: "node",
    what: "the node loses power: its API, its guests and its vote are gone; HA guests are recovered elsewhere after the fence delay",
    targets: () => nodeTargets(world, on),
    apply: (target) => pull(world, nodeAt(world, target)),
    still: (target) => nodeAt(world, target).power === "off",
  });

/** Look-alike of a lost node: somebody reboots it in good order, and it comes back by itself. */
export function nodeRebootingPlanned(world: World): Fault {
  const under = new Set<string>();
  return {
    name: "node-rebooting-planned",
    targetKind: "node",
    what: "a person reboots the node: its guests are shut down first, it leaves, boots and starts them again",
    targets: () => nodeTargets(world, on),
    break(target, args) {
      const node = nodeAt(world, target);
      world.journals.add(node.name, `pvedaemon[${node.pids.pvedaemon}]: <${args.user ?? "root@pam"}> starting task: reboot of node ${node.name}`);
      world.log.add({
        time: Math.floor(world.clock.now() / 1000),
        node: node.name,
        pid: node.pids.pvedaemon,
        user: args.user ?? "root@pam",
        msg: `node ${node.name}: reboot requested`,
      });
      under.add(target);
      leave(world, node, true);
    },
    /** From the call on until it is back. */
    stands(target) {
      const node = nodeAt(world, target);
      if (under.has(target) && node.power === "on" && world.clock.now() - node.bootedAt < 5 * MINUTE_MS) under.delete(target);
      return under.has(target);
    },
    heal(target) {
      for (const one of [...under]) {
        if (target !== undefined && target !== one) continue;
        under.delete(one);
        const node = nodeAt(world, one);
        if (node.power === "off") restorePower(world, node, QUICK_BOOT_MS);
      }
    },
  };
}

/** The mains fail: every node but Jarvis's own goes at once. */
export const powerOutage = (world: World): Fault =>
  level({
    name: "power-outage",
    targetKind: "cluster",
    what: "the mains fail: every node but the one Jarvis runs on goes dark at once",
    targets: () => ([...world.nodes.values()].filter(on).length > 1 ? [clusterTarget(world)] : []),
    apply() {
      const own = world.guests.get(JARVIS)?.node;
      const undos = [...world.nodes.values()].filter((node) => node.name !== own && on(node)).map((node) => pull(world, node));
      return all(...undos);
    },
  });

export const upsOnBattery = (world: World): Fault =>
  level({
    name: "ups-on-battery",
    targetKind: "node",
    what: "the UPS of the node runs on battery; nothing is down yet",
    targets: () => nodeTargets(world, on),
    apply(target) {
      const node = nodeAt(world, target);
      const say = (text: string): void => world.journals.add(node.name, text);
      say("upsmon[702]: UPS ups@localhost on battery");
      const end = world.clock.every(MINUTE_MS, () => say(`upsmon[702]: UPS ups@localhost battery charge: ${Math.max(12, 96 - Math.floor((world.clock.now() / MINUTE_MS) % 60))}%`));
      return all(() => say("upsmon[702]: UPS ups@localhost on line power"), end);
    },
  });

/** The node is up for a few minutes; its storage came late, so guests that start at boot did not. */
export const guestsNotStarted = (world: World): Fault =>
  level({
    name: "guests-not-started",
    targetKind: "node",
    what: "after an outage the node's guests did not start at boot because their storage came late",
    targets() {
      const busy = new Set([...world.guests.values()].filter((guest) => guest.status === "running" && guest.config.onboot && !guest.ha).map((guest) => guest.node));
      return nodeTargets(world, (node) => on(node) && busy.has(node.name));
    },
    apply(target) {
      const node = nodeAt(world, target);
      const late = runningOn(world, node).filter((guest) => guest.config.onboot && !guest.ha && guest.vmid !== JARVIS && guest.seed.name !== "pbs");
      const now = world.clock.now();
      const bootedAt = now - 3 * MINUTE_MS;
      const boot = swap(node, { bootedAt });
      for (const guest of late) takeDown(world, guest, { how: "node lost power" });
      const log = late.flatMap((guest) => [
        `Starting ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}`,
        `Starting ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} failed: storage '${guest.seed.storage}' is not online`,
      ]);
      world.tasks.past({ node: node.name, type: "startall", id: "", user: "root@pam", startedAt: bootedAt + 40_000, durationMs: 30_000, exit: "OK", log });
      world.journals.add(node.name, `kernel: Linux version ${node.machine.kernel.running} (build@proxmox) #1 SMP PREEMPT_DYNAMIC`, bootedAt);
      for (const guest of late)
        world.journals.add(
          node.name,
          `pvesh[2210]: Starting ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} failed: storage '${guest.seed.storage}' is not online`,
          bootedAt + 45_000,
        );
      return all(boot, () => {
        for (const guest of late) if (guest.status === "stopped" && !guest.busy) bringUp(world, guest);
      });
    },
  });
