// Daemons of a node that died or stand still while the machine lives: its API, its status daemon, the cluster's file system. A restart of the daemon ends each.
import { setService } from "../../world/machine/services.ts";
import type { Node, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { all, amount, level, swap } from "../level.ts";
import { nodeAt, nodeTargets, repeat } from "../node.ts";

const on = (node: Node): boolean => node.power === "on";
const active = (node: Node, service: string): boolean => on(node) && node.machine.services.get(service)?.active === "active";

function dead(world: World, order: { name: string; service: string; what: string; lines?: (node: Node) => string[] }): Fault {
  const { name, service, what, lines } = order;
  return level({
    name,
    targetKind: "node",
    what,
    targets: () => nodeTargets(world, (node) => active(node, service)),
    apply(target) {
      const node = nodeAt(world, target);
      for (const line of lines?.(node) ?? []) world.journals.add(node.name, line);
      setService(world, node.name, service, "failed");
      return () => {
        if (on(node) && !active(node, service)) setService(world, node.name, service, "running");
      };
    },
    still: (target) => !active(nodeAt(world, target), service),
  });
}

export const pveproxyDead = (world: World): Fault =>
  dead(world, {
    name: "pveproxy-dead",
    service: "pveproxy",
    what: "the node's API server died; the node, its guests and SSH go on",
    lines: (node) => [`pveproxy[${node.pids.pveproxy}]: Failed to load '/etc/pve/local/pve-ssl.key' (key_file or key) at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 2147.`],
  });

export const pvestatdDead = (world: World): Fault =>
  dead(world, {
    name: "pvestatd-dead",
    service: "pvestatd",
    what: "the node's status daemon died: its numbers stand still and turn unknown after five minutes, all else works",
    lines: (node) => [`pvestatd[${node.pids.pvestatd}]: Out of memory in perl:util:safesysrealloc`],
  });

export const pmxcfsDown = (world: World): Fault =>
  dead(world, {
    name: "pmxcfs-down",
    service: "pve-cluster",
    what: "the cluster's file system is gone on the node: /etc/pve cannot be read there",
    lines: (node) => [
      `pmxcfs[${800 + node.id}]: [database] crit: sqlite3_step failed: database disk image is malformed`,
      `pveproxy[${node.pids.pveproxy}]: ipcc_send_rec[1] failed: Connection refused`,
    ],
  });

/** What pveproxy hands to it is taken and never answered, until the daemon is restarted; the rest is answered as ever. */
export const pvedaemonStuck = (world: World): Fault =>
  level({
    name: "pvedaemon-stuck",
    targetKind: "node",
    what: "the node's API takes calls and its workers never answer; SSH works, nothing hangs on storage",
    targets: () => nodeTargets(world, (node) => active(node, "pvedaemon") && node.api.kind === "well"),
    apply(target) {
      const node = nodeAt(world, target);
      world.journals.add(node.name, `pvedaemon[${node.pids.pvedaemon}]: worker 91337 not responding, waiting for it to finish`);
      return swap(node, { api: { kind: "stuck" } });
    },
    still: (target) => nodeAt(world, target).api.kind === "stuck",
  });

/** Every answer takes long, none is lost. */
export const apiSlow = (world: World): Fault =>
  level({
    name: "api-slow",
    targetKind: "node",
    what: "every answer of the node's API takes seconds (seconds=4)",
    targets: () => nodeTargets(world, (node) => on(node) && node.api.kind === "well"),
    apply: (target, args) => swap(nodeAt(world, target), { api: { kind: "slow", delayMs: amount(args.seconds, 4, 0.1, 120) * 1000 } }),
    still: (target) => nodeAt(world, target).api.kind === "slow",
  });

const DRIFT_LOOK_MS = 120_000;

export const timeDrift = (world: World): Fault =>
  level({
    name: "time-drift",
    targetKind: "node",
    what: "the node's clock runs away from the others' because its time service finds no source (seconds=42, may be negative)",
    targets: () => nodeTargets(world, on),
    apply(target, args) {
      const node = nodeAt(world, target);
      const say = (round: number): void =>
        world.journals.add(node.name, round % 2 === 0 ? "chronyd[611]: Can't synchronise: no selectable sources" : "pve-ha-lrm[1402]: detected time drift!");
      return all(repeat(world, DRIFT_LOOK_MS, say), swap(node.machine, { driftMs: amount(args.seconds, 42, -86_400, 86_400) * 1000 }));
    },
    still: (target) => nodeAt(world, target).machine.driftMs !== 0,
  });

/** Look-alike of drift: the same moment, shown in another zone. */
export const nodeTimezone = (world: World): Fault =>
  level({
    name: "node-timezone",
    targetKind: "node",
    what: "the node shows another time zone, summer time included; its clock is right (zone=Europe/Berlin)",
    targets: () => nodeTargets(world, on),
    apply: (target, args) => swap(nodeAt(world, target).machine, { timezone: args.zone ?? "Europe/Berlin" }),
  });
