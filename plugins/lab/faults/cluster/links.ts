// What happens between nodes: links that flap, a network that is split, a quorum that is lost; and retransmits only because a backup fills the wire.
import type { Node, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { all, level, swap } from "../level.ts";
import { clusterTarget, nodeAt, nodeTargets, repeat } from "../node.ts";

const FLAP_EVERY_MS = 40_000;
const RETRANSMIT_EVERY_MS = 25_000;
/** Segments of nodes that are cut off begin here, so that no two meet. */
const FIRST_SEGMENT = 100;

const on = (node: Node): boolean => node.power === "on";
const others = (world: World, node: Node): Node[] => [...world.nodes.values()].filter((one) => one !== node && on(one));
const corosync = (node: Node): string => `corosync[${900 + node.id}]:  `;

export const corosyncFlapping = (world: World): Fault =>
  level({
    name: "corosync-flapping",
    targetKind: "node",
    what: "the node's cluster link goes down and comes back every minute; nobody has lost quorum yet",
    targets: () => nodeTargets(world, on),
    apply(target) {
      const node = nodeAt(world, target);
      return repeat(world, FLAP_EVERY_MS, (round) => {
        for (const other of others(world, node)) {
          const say = (text: string): void => world.journals.add(other.name, `${corosync(other)} ${text}`);
          say(`[KNET  ] link: host: ${node.id} link: 0 is down`);
          say(`[KNET  ] host: host: ${node.id} (passive) best link: 0 (pri: 1)`);
          say(`[KNET  ] host: host: ${node.id} has no active links`);
          say(`[TOTEM ] Retransmit List: ${(0x5a10 + round).toString(16)} ${(0x5a11 + round).toString(16)} ${(0x5a12 + round).toString(16)}`);
          say("[KNET  ] rx: host: 1 link: 0 is up");
          say(`[KNET  ] link: Resetting MTU for link 0 because host ${node.id} joined`);
          say(`[KNET  ] pmtud: Global data MTU changed to: 1397`);
        }
      });
    },
  });

/** Look-alike: a few retransmits while a backup saturates the network card, no link ever down. */
export const corosyncBusyBackup = (world: World): Fault =>
  level({
    name: "corosync-busy-backup",
    targetKind: "node",
    what: "a backup fills the node's network card and corosync sends some things twice; no link goes down",
    targets: () => nodeTargets(world, on),
    apply(target) {
      const node = nodeAt(world, target);
      const task = world.tasks.start({
        node: node.name,
        type: "vzdump",
        id: "",
        user: "root@pam",
        async work(worker) {
          worker.log("INFO: starting new backup job: vzdump --all 1 --mode snapshot --quiet 1");
          await worker.sleep(1_000_000_000);
        },
      });
      return all(
        () => task.abort(),
        repeat(world, RETRANSMIT_EVERY_MS * 4, (round) => world.journals.add(node.name, `${corosync(node)} [TOTEM ] Retransmit List: ${(0x2100 + round).toString(16)}`)),
      );
    },
  });

function cutOff(world: World, node: Node): () => void {
  for (const other of others(world, node)) {
    world.journals.add(other.name, `${corosync(other)} [KNET  ] link: host: ${node.id} link: 0 is down`);
    world.journals.add(other.name, `${corosync(other)} [TOTEM ] A processor failed, forming new configuration.`);
  }
  world.journals.add(node.name, `${corosync(node)} [QUORUM] This node is within the non-primary component and will NOT provide any services.`);
  world.journals.add(node.name, `pmxcfs[${800 + node.id}]: [status] notice: node lost quorum`);
  const undo = swap(node, { segment: FIRST_SEGMENT + node.id });
  return () => {
    undo();
    world.journals.add(node.name, `${corosync(node)} [QUORUM] This node is within the primary component and will provide service.`);
    world.journals.add(node.name, `pmxcfs[${800 + node.id}]: [status] notice: node has quorum`);
  };
}

/** Look-alike of a lost node: it lives and answers, the others do not see it. */
export const nodeIsolated = (world: World): Fault =>
  level({
    name: "node-isolated",
    targetKind: "node",
    what: "the network splits: the node and its guests live and its API answers, the others do not see it and it has no quorum",
    targets: () => nodeTargets(world, (node) => on(node) && node.segment < FIRST_SEGMENT),
    apply: (target) => cutOff(world, nodeAt(world, target)),
  });

export const quorumLost = (world: World): Fault =>
  level({
    name: "quorum-lost",
    targetKind: "cluster",
    what: "the nodes no longer see one another: all live, none has quorum, /etc/pve is read-only everywhere",
    targets: () => (world.nodes.size > 2 ? [clusterTarget(world)] : []),
    apply: () => all(...[...world.nodes.values()].filter((node) => on(node) && node.segment < FIRST_SEGMENT).map((node) => cutOff(world, node))),
  });
