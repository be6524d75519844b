// What nodes notice of the world outside them: the DNS guest is down so that no name resolves, or the way to the internet is.
import type { World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { createDowned, eligible, guestAt, running } from "../guest.ts";
import { crash } from "../guest-crash.ts";
import { all, level } from "../level.ts";
import { clusterTarget, repeat } from "../node.ts";

const NOTICE_EVERY_MS = 60_000;

/** Every node that is up says its line now and then. */
const everywhere = (world: World, lines: (node: string, round: number) => string[]): (() => void) =>
  repeat(world, NOTICE_EVERY_MS, (round) => {
    for (const node of world.nodes.values()) if (node.power === "on") for (const line of lines(node.name, round)) world.journals.add(node.name, line);
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
      return everywhere(world, (node) => [
        `pveupdate[21044]: Temporary failure resolving 'download.proxmox.com' (${node})`,
        "chronyd[611]: Could not resolve address of 2.debian.pool.ntp.org",
      ]);
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
        everywhere(world, () => ["chronyd[611]: Source 9.9.9.9 offline", "pveupdate[21044]: Could not connect to download.proxmox.com:80 (212.224.123.70), connection timed out"]),
      );
    },
  });
