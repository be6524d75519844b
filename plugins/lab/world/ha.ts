// The HA manager: it brings a guest it is told to keep started back up within a round, and carries out starts and stops that were asked of it. Its own tasks run as root@pam.
import { shutdown, start, stop } from "./power.ts";
import type { Guest, World } from "./state.ts";

export const ROUND_MS = 10_000;

export function currentMaster(world: World): string {
  return [...world.nodes.keys()][0] ?? "";
}

function act(world: World, guest: Guest, wish: "started" | "stopped", forced: boolean): void {
  const ha = guest.ha;
  if (!ha) return;
  const up = wish === "started";
  ha.state = up ? "starting" : "stopping";
  const type = guest.kind === "qemu" ? (up ? "qmstart" : forced ? "qmstop" : "qmshutdown") : up ? "vzstart" : forced ? "vzstop" : "vzshutdown";
  world.journals.add(guest.node, `pve-ha-lrm[${1400 + guest.vmid}]: ${up ? "starting" : "stopping"} service ${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`);
  const task = world.tasks.start({
    node: guest.node,
    type,
    id: String(guest.vmid),
    user: "root@pam",
    work: async (worker) => {
      worker.log("task started by HA resource agent");
      if (up) await start(world, guest, worker);
      else if (forced) await stop(world, guest, worker);
      else await shutdown(world, guest, worker);
    },
  });
  void task.done.then((exit) => {
    ha.state = exit === "OK" ? wish : "error";
  });
}

/** Compares wish and truth every round. `forced` requests skip the guest's own shutdown. */
export function startHa(world: World): { stop(): void; request(guest: Guest, wish: "started" | "stopped", forced: boolean): void } {
  const forcedStops = new Set<number>();
  const end = world.clock.every(ROUND_MS, () => {
    for (const guest of world.guests.values()) {
      if (!guest.ha || guest.ha.state === "error" || guest.busy || guest.lock) continue;
      const running = guest.status === "running";
      if (guest.ha.request === "started" && !running && guest.ha.state !== "starting") act(world, guest, "started", false);
      if (guest.ha.request === "stopped" && running && guest.ha.state !== "stopping") act(world, guest, "stopped", forcedStops.delete(guest.vmid));
      if (guest.ha.request === "started" && running) guest.ha.state = "started";
      if (guest.ha.request === "stopped" && !running) guest.ha.state = "stopped";
    }
  });
  return {
    stop: end,
    request(guest, wish, forced) {
      if (!guest.ha) return;
      guest.ha.request = wish;
      if (forced) forcedStops.add(guest.vmid);
      if (guest.ha.state === "error") guest.ha.state = wish === "started" ? "stopped" : "started";
    },
  };
}
