// What nodes notice of the world outside them: no name resolves, because the DNS guest is down or does not do its work, or the way to the internet is down.
import type { World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { createDowned, eligible, guestAt, running } from "../guest.ts";
import { crash } from "../guest-crash.ts";
import { all, level } from "../level.ts";
import { clusterTarget, nodeAt, nodeTargets, repeat } from "../node.ts";

const NOTICE_EVERY_MS = 60_000;

/** Every node that is up says its line now and then. */
const everywhere = (world: World, lines: (node: string, round: number) => string[]): (() => void) =>
  repeat(world, NOTICE_EVERY_MS, (round) => {
    for (const node of world.nodes.values()) if (node.power === "on") for (const line of lines(node.name, round)) world.journals.add(node.name, line);
  });

const unresolved = (node: string): string[] => [
  `pveupdate[21044]: Temporary failure resolving 'download.proxmox.com' (${node})`,
  "chronyd[611]: Could not resolve address of 2.debian.pool.ntp.org",
];

/** The guest runs, its resolver does not. */
export const namesFail = (world: World): Fault =>
  level({
    name: "names-fail",
    targetKind: "cluster",
    what: "no name resolves though the guest that resolves them runs: its resolver hangs; addresses still work",
    targets: () => [clusterTarget(world)],
    apply: () => everywhere(world, unresolved),
  });

/** Look-alike: one node asks a server of its own that is gone. */
export const nodeNamesFail = (world: World): Fault =>
  level({
    name: "node-names-fail",
    targetKind: "node",
    what: "one node was set up with a name server that does not exist; the others resolve names",
    targets: () => nodeTargets(world, (node) => node.power === "on"),
    apply(target) {
      const node = nodeAt(world, target);
      return repeat(world, NOTICE_EVERY_MS, () => {
        for (const line of unresolved(node.name)) world.journals.add(node.name, line);
      });
    },
  });

export function dnsGuestDown(world: World): Fault {
  const down = createDowned(world);
  const lines = level({
    name: "dns-guest-down",
    targetKind: "guest",
    what: "the guest that resolves names for the house crashes: names fail everywhere, addresses still work",
    targets: () => eligible(world, (guest) => running(guest) && guest.seed.tags.includes("dns")),
    apply: (target) => {
      crash(world, guestAt(world, target));
      return everywhere(world, unresolved);
    },
  });
  return {
    ...lines,
    break(target, args) {
      down.add(target);
      lines.break(target, args);
    },
    stands: down.stands,
    heal(target) {
      lines.heal(target);
      down.heal(target);
    },
  };
}

export const wanDown = (world: World): Fault =>
  level({
    name: "wan-down",
    targetKind: "cluster",
    what: "the way to the internet is down: nothing outside answers, the house itself is well",
    targets: () => [clusterTarget(world)],
    apply() {
      const [first] = [...world.nodes.values()].filter((node) => node.power === "on");
      if (first)
        world.tasks.past({
          node: first.name,
          type: "aptupdate",
          id: "",
          user: "root@pam",
          startedAt: world.clock.now() - 31_000,
          durationMs: 30_000,
          exit: "command 'apt-get update' failed: exit code 100",
          log: ["starting apt-get update", "Err:1 http://deb.debian.org/debian trixie InRelease", "  Could not connect to deb.debian.org:80 (151.101.2.132), connection timed out"],
        });
      return all(
        everywhere(world, () => [
          "chronyd[611]: Source 185.125.190.56 offline",
          "pveupdate[21044]: Could not connect to download.proxmox.com:80 (212.224.123.70), connection timed out",
          "postfix/smtp[30112]: connect to mail.example.net[203.0.113.25]:25: Connection timed out",
        ]),
      );
    },
  });
