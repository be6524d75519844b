// The HA manager: every round it compares wish and truth of each service, carries out moves, fences nodes that are gone, and gives up after too many failures. Its own tasks run as root@pam.
import { migrate } from "./guests/migrate.ts";
import { losePower, restorePower } from "./machine/power.ts";
import { runs } from "./machine/services.ts";
import { isOnline, quorumOf, spokesman } from "./membership.ts";
import { shutdown, start, stop } from "./power.ts";
import type { Guest, HaState, Node, World } from "./state.ts";
import { hasStorage } from "./storage.ts";
import type { Worker } from "./tasks.ts";

export const ROUND_MS = 10_000;
const FENCE_AFTER_MS = 60_000;
const RECOVER_AFTER_MS = 120_000;
const WATCHDOG_MS = 60_000;

export interface Ha {
  stop(): void;
  /** `forced` requests skip the guest's own shutdown. */
  request(guest: Guest, wish: HaState["request"], forced: boolean): void;
  /** A live move where it can be, or with `relocate` down here and up there. */
  move(guest: Guest, target: string, relocate: boolean): void;
}

/** The node that speaks for HA: a quorate one whose CRM runs. */
export function currentMaster(world: World): string {
  const speaker = spokesman(world);
  if (!speaker) return [...world.nodes.keys()][0] ?? "";
  const fit = [...world.nodes.values()].find((node) => isOnline(world, speaker, node) && runs(node.machine, "pve-ha-crm"));
  return (fit ?? speaker).name;
}

const unitWord = (guest: Guest): string => `${guest.kind === "qemu" ? "vm" : "ct"}:${guest.vmid}`;

function typeOf(guest: Guest, up: boolean, forced: boolean): string {
  const prefix = guest.kind === "qemu" ? "qm" : "vz";
  return `${prefix}${up ? "start" : forced ? "stop" : "shutdown"}`;
}

/** While it works towards a wish its state is that of the wish, whatever the guest is. */
const towards = (up: boolean): string => (up ? "started" : "request_stop");

/** After a failed start it tries again, then elsewhere, then gives up. */
function settle(ha: HaState, exit: string, wish: "started" | "stopped"): void {
  if (exit === "OK") {
    ha.state = wish;
    ha.failures = 0;
    return;
  }
  ha.failures += 1;
  ha.state = ha.failures > ha.maxRestart + ha.maxRelocate ? "error" : towards(wish === "started");
}

function act(world: World, guest: Guest, ha: HaState, wish: "started" | "stopped", forced: boolean): void {
  const up = wish === "started";
  ha.state = up ? "starting" : "stopping";
  world.journals.add(guest.node, `pve-ha-lrm[${1400 + guest.vmid}]: ${up ? "starting" : "stopping"} service ${unitWord(guest)}`);
  const work = async (worker: Worker): Promise<void> => {
    worker.log("task started by HA resource agent");
    if (up) await start(world, guest, worker);
    else if (forced) await stop(world, guest, worker);
    else await shutdown(world, guest, worker);
  };
  const task = world.tasks.start({ node: guest.node, type: typeOf(guest, up, forced), id: String(guest.vmid), user: "root@pam", work });
  void task.done.then((exit) => settle(ha, exit, wish));
}

function carry(world: World, guest: Guest, ha: HaState, target: string, relocate: boolean): void {
  ha.state = relocate ? "relocate" : "migrate";
  const order = { target, online: !relocate, restart: true, withLocalDisks: true };
  const type = guest.kind === "qemu" ? "qmigrate" : "vzmigrate";
  const work = async (worker: Worker): Promise<void> => {
    worker.log("task started by HA resource agent");
    if (relocate) await shutdown(world, guest, worker, { timeoutSeconds: 60, forceStop: true });
    await migrate(world, guest, worker, order);
  };
  const task = world.tasks.start({ node: guest.node, type, id: String(guest.vmid), user: "root@pam", work });
  void task.done.then((exit) => {
    ha.state = ha.request === "started" ? "started" : "stopped";
    if (exit !== "OK") world.journals.add(guest.node, `pve-ha-lrm[${1400 + guest.vmid}]: service ${unitWord(guest)} not moved (${type} failed)`);
  });
}

/** Where a service may go: the nodes its rule names first, then whoever is there. */
function refuge(world: World, guest: Guest, speaker: Node): Node | undefined {
  const wanted = world.haRules.find((rule) => rule.resources.includes(unitWord(guest)) || rule.name === guest.ha?.group);
  const named = wanted?.nodes.split(",").map((part) => part.split(":")[0]) ?? [];
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  const free = [...world.nodes.values()].filter((node) => node.name !== guest.node && !node.maintenance && isOnline(world, speaker, node));
  const fitting = wanted?.strict ? free.filter((node) => named.includes(node.name)) : free;
  return fitting.find((node) => named.includes(node.name)) ?? fitting.find((node) => !storage || hasStorage(storage, node.name)) ?? fitting[0];
}

/** A node is gone: the timeline of fencing, then its services come up elsewhere. A disk that stayed behind makes their start fail. */
function recover(world: World, guest: Guest, ha: HaState, speaker: Node, goneMs: number): void {
  if (goneMs < FENCE_AFTER_MS || ha.state === "freeze") return;
  if (goneMs < RECOVER_AFTER_MS) {
    ha.state = "fence";
    return;
  }
  const next = refuge(world, guest, speaker);
  ha.state = "recovery";
  if (!next) return;
  const shared = world.storages.find((one) => one.name === guest.seed.storage)?.seed.shared;
  if (!shared) guest.diskOn ??= guest.node;
  world.journals.add(speaker.name, `pve-ha-crm[1399]: recover service '${unitWord(guest)}' from fenced node '${guest.node}' to node '${next.name}'`);
  guest.node = next.name;
  if (guest.diskOn === next.name) delete guest.diskOn;
  ha.failures = 0;
  ha.state = towards(ha.request === "started");
}

/** A node on its way down, or whose guests are all being stopped. */
const isLeaving = (world: World, node: string): boolean =>
  world.nodes.get(node)?.leaving !== undefined || world.tasks.all().some((task) => task.type === "stopall" && task.node === node && task.exit === undefined);

function tend(world: World, guest: Guest, ha: HaState, speaker: Node, forced: boolean): void {
  const running = guest.status === "running";
  if (ha.held || ha.request === "ignored" || ["migrate", "relocate", "starting", "stopping"].includes(ha.state)) return;
  if (ha.state === "error") {
    if (ha.request === "disabled") Object.assign(ha, { state: "disabled", failures: 0 });
    return;
  }
  // Told to fence and never done with it: that state does not end by itself.
  if (ha.state === "fence" && ha.failures > ha.maxRestart) return;
  // What reboots in good order keeps its services, frozen until it is back (shutdown policy `conditional`).
  if (world.nodes.get(guest.node)?.leaving === "reboot") ha.state = "freeze";
  if (guest.busy || guest.lock || isLeaving(world, guest.node)) return;
  const up = ha.request === "started";
  if (up && running && world.nodes.get(guest.node)?.maintenance) {
    const next = refuge(world, guest, speaker);
    if (next) carry(world, guest, ha, next.name, false);
    if (next) return;
  }
  if (up !== running) act(world, guest, ha, up ? "started" : "stopped", forced);
  else ha.state = up ? "started" : ha.request;
}

export function startHa(world: World): Ha {
  const forcedStops = new Set<number>();
  const goneSince = new Map<string, number>();
  const lonelySince = new Map<string, number>();

  /** A node with active services and no quorum resets itself, as its watchdog is not fed. */
  function watchdogs(now: number, services: readonly Guest[]): void {
    for (const node of world.nodes.values()) {
      const armed = services.some((guest) => guest.node === node.name && guest.status === "running");
      if (node.power !== "on" || !armed || quorumOf(world, node).quorate) {
        lonelySince.delete(node.name);
        continue;
      }
      const since = lonelySince.get(node.name) ?? now;
      lonelySince.set(node.name, since);
      if (now - since < WATCHDOG_MS) continue;
      lonelySince.delete(node.name);
      losePower(world, node, "watchdog reset");
      restorePower(world, node);
    }
  }

  function round(): void {
    const services = [...world.guests.values()].filter((guest) => guest.ha);
    const now = world.clock.now();
    watchdogs(now, services);
    const speaker = spokesman(world);
    if (!speaker || !quorumOf(world, speaker).quorate) return;
    for (const node of world.nodes.values()) {
      if (isOnline(world, speaker, node)) goneSince.delete(node.name);
      else if (!goneSince.has(node.name)) goneSince.set(node.name, now);
    }
    for (const guest of services) {
      const gone = goneSince.get(guest.node);
      const lrm = world.nodes.get(guest.node);
      if (!guest.ha) continue;
      if (guest.status === "stopped") forcedStops.delete(guest.vmid);
      if (gone !== undefined) recover(world, guest, guest.ha, speaker, now - gone);
      else if (lrm && runs(lrm.machine, "pve-ha-lrm")) tend(world, guest, guest.ha, speaker, forcedStops.has(guest.vmid));
    }
  }

  return {
    stop: world.clock.every(ROUND_MS, round),
    request(guest, wish, forced) {
      if (!guest.ha) return;
      guest.ha.request = wish;
      guest.ha.failures = 0;
      if (forced) forcedStops.add(guest.vmid);
      else forcedStops.delete(guest.vmid);
    },
    move(guest, target, relocate) {
      const { ha } = guest;
      if (!ha) return;
      world.clock.after(ROUND_MS / 2, () => carry(world, guest, ha, target, relocate));
    },
  };
}
