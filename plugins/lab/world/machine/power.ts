// A node that loses power, is shut down in good order, or comes back: its guests, tasks and daemons go with it. Faults and the API's node commands use the same ways.
import { randomOf } from "../../random.ts";
import { bringUp, endSpan, shutdown, takeDown } from "../power.ts";
import type { Guest, Node, World } from "../state.ts";

const BOOT_MS = 95_000;
const MAX_SPANS = 100;
const START_GAP_MS = 2_000;
/** From the last guest's end to the last daemon's: corosync goes near the end. */
const DAEMONS_END_MS = 12_000;

const guestsOn = (world: World, node: Node): Guest[] => [...world.guests.values()].filter((guest) => guest.node === node.name);

/** The plug is pulled: nothing is written down, running tasks have no last line. */
export function losePower(world: World, node: Node, how = "node lost power"): void {
  if (node.power === "off") return;
  node.power = "off";
  delete node.leaving;
  node.past.push({ from: node.bootedAt, to: world.clock.now() });
  if (node.past.length > MAX_SPANS) node.past.shift();
  for (const task of world.tasks.all()) if (task.node === node.name && task.exit === undefined) task.vanish();
  for (const guest of guestsOn(world, node)) {
    if (guest.status === "stopped") continue;
    endSpan(world, guest);
    guest.status = "stopped";
    guest.paused = false;
    guest.startedAt = 0;
    guest.frozen = false;
    delete guest.pid;
    delete guest.qmp;
    guest.lastStop = { at: world.clock.now(), how };
  }
}

/** `startup: order=2` before order 3; guests without an order come last, by id. */
const orderOf = (guest: Guest): number => Number(/order=(\d+)/.exec(String(guest.config.startup ?? ""))?.[1] ?? Number.MAX_SAFE_INTEGER);

export function startAll(world: World, node: Node, user = "root@pam"): void {
  const due = guestsOn(world, node)
    .filter((guest) => guest.config.onboot && !guest.template && !guest.ha && guest.status === "stopped")
    .sort((a, b) => orderOf(a) - orderOf(b) || a.vmid - b.vmid);
  world.tasks.start({
    node: node.name,
    type: "startall",
    id: "",
    user,
    work: async (worker) => {
      for (const guest of due) {
        if (guest.lock) {
          worker.log(`Starting ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} failed: ${guest.kind === "qemu" ? "VM" : "CT"} is locked (${guest.lock})`);
          continue;
        }
        worker.log(`Starting ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}`);
        await worker.sleep(START_GAP_MS);
        if (guest.status === "stopped") bringUp(world, guest);
      }
    },
  });
}

/** Power returns: the machine boots, its daemons start, and so do the guests that start at boot. */
export function restorePower(world: World, node: Node, bootMs = BOOT_MS): void {
  if (node.power !== "off") return;
  node.power = "booting";
  world.clock.after(bootMs, () => {
    if (node.power !== "booting") return;
    const now = world.clock.now();
    node.power = "on";
    node.bootedAt = now;
    node.api = { kind: "well" };
    node.machine.kernel.running = node.machine.kernel.installed;
    for (const service of node.machine.services.values()) {
      if (service.unit === "not-found" || service.unit === "disabled") continue;
      Object.assign(service, { state: "running", active: "active", since: now });
    }
    const { whole } = randomOf(world.seed, `boot/${node.name}/${now}`);
    world.journals.add(node.name, `kernel: Linux version ${node.machine.kernel.running} (build@proxmox) #1 SMP PREEMPT_DYNAMIC`);
    world.journals.add(node.name, `corosync[${whole(900, 1_100)}]:   [QUORUM] Sync members[${world.nodes.size}]: joined ${node.id}`);
    startAll(world, node);
  });
}

/** In good order: guests are shut down first, then the machine; `again` boots it afterwards. */
export function leave(world: World, node: Node, again: boolean): void {
  const running = guestsOn(world, node).filter((guest) => guest.status === "running");
  node.leaving = again ? "reboot" : "shutdown";
  world.journals.add(node.name, `systemd-logind[${randomOf(world.seed, node.name).whole(600, 900)}]: System is ${again ? "rebooting" : "powering down"}.`);
  const task = world.tasks.start({
    node: node.name,
    type: "stopall",
    id: "",
    user: "root@pam",
    work: async (worker) => {
      await Promise.all(
        running.map(async (guest) => {
          worker.log(`Stopping ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid} (timeout = 180 seconds)`);
          try {
            await shutdown(world, guest, worker, { timeoutSeconds: 60, forceStop: true, skipLock: true });
          } catch {
            takeDown(world, guest, { how: "node shutdown", upid: worker.upid });
          }
        }),
      );
    },
  });
  void task.done.then(() =>
    world.clock.after(DAEMONS_END_MS, () => {
      losePower(world, node, again ? "node reboot" : "node shutdown");
      if (again) restorePower(world, node);
    }),
  );
}
