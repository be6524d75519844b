// The ways a guest comes up and goes down, with Proxmox's durations, locks and error texts (qemu-server, pve-container). A worker calls these; what may not be done ends the task with the text a real node gives.
import { randomOf } from "../random.ts";
import { applyPending } from "./guests/size.ts";
import type { Guest, World } from "./state.ts";
import { isActive } from "./storage.ts";
import type { Worker } from "./tasks.ts";
import { noteDown, noteUp } from "./units.ts";

const FLOCK_WAIT_MS = 10_000;
const DEFAULT_SHUTDOWN_S = 60;
const TERM_TO_KILL_MS = 10_000;

export const label = (guest: Guest): string => (guest.kind === "qemu" ? `VM ${guest.vmid}` : `CT ${guest.vmid}`);
export const refuseLocked = (guest: Guest): void => {
  if (guest.lock) throw new Error(`${label(guest)} is locked (${guest.lock})`);
};

/** Runs `work` while holding the flock on the guest's configuration; gives up after 10 s as the daemons do. */
export async function withFlock(world: World, guest: Guest, worker: Worker, work: () => Promise<void>): Promise<void> {
  const giveUpAt = world.clock.now() + FLOCK_WAIT_MS;
  while (guest.busy) {
    const left = giveUpAt - world.clock.now();
    const file = guest.kind === "qemu" ? `/var/lock/qemu-server/lock-${guest.vmid}.conf` : `/run/lock/lxc/pve-config-${guest.vmid}.lock`;
    if (left <= 0) throw new Error(`can't lock file '${file}' - got timeout`);
    await Promise.race([guest.busy.free, worker.sleep(Math.min(left, 1000))]);
  }
  const { promise: free, resolve: release } = Promise.withResolvers<void>();
  const held = { upid: worker.upid, free };
  guest.busy = held;
  try {
    await work();
  } finally {
    if (guest.busy === held) delete guest.busy;
    release();
  }
}

export function bringUp(world: World, guest: Guest): void {
  const startedAt = world.clock.now();
  applyPending(guest);
  guest.status = "running";
  guest.paused = false;
  guest.frozen = false;
  delete guest.qmp;
  guest.startedAt = startedAt;
  guest.pid = randomOf(world.seed, `pid/${guest.vmid}/${Math.floor(startedAt)}`).whole(2_000, 4_000_000);
  noteUp(world, guest);
  const diesAfter = guest.mishap.diesAfterStartMs;
  if (diesAfter === undefined) return;
  world.clock.after(diesAfter, () => {
    if (guest.startedAt !== startedAt || guest.mishap.diesAfterStartMs === undefined) return;
    world.journals.add(
      guest.node,
      guest.kind === "qemu"
        ? `kernel: kvm[${guest.pid}]: segfault at 18 ip 000055f0c41d2e71 sp 00007ffd0a91c2b0 error 4 in qemu-system-x86_64[55f0c3e4b000+6b1000]`
        : `systemd[1]: pve-container@${guest.vmid}.service: Main process exited, code=killed, status=11/SEGV`,
    );
    if (guest.kind === "lxc") world.journals.add(guest.node, `systemd[1]: pve-container@${guest.vmid}.service: Failed with result 'signal'.`);
    takeDown(world, guest, { how: "died after its start", clean: guest.kind === "qemu" });
  });
}

const MAX_SPANS = 100;

/** What ran until now belongs to the past. */
export function endSpan(world: World, guest: Guest): void {
  if (guest.startedAt > 0) guest.past.push({ from: guest.startedAt, to: world.clock.now() });
  if (guest.past.length > MAX_SPANS) guest.past.shift();
}

export function takeDown(world: World, guest: Guest, { how, clean = true, upid }: { how: string; clean?: boolean; upid?: string }): void {
  if (guest.status === "stopped") return;
  noteDown(world, guest, clean);
  endSpan(world, guest);
  guest.status = "stopped";
  guest.paused = false;
  guest.startedAt = 0;
  guest.frozen = false;
  delete guest.pid;
  delete guest.qmp;
  guest.lastStop = { at: world.clock.now(), how, ...(upid ? { upid } : {}) };
}

function meetMishap(guest: Guest): void {
  if (guest.mishap.taskError) throw new Error(guest.mishap.taskError);
}

function refuseStorage(world: World, guest: Guest): void {
  const storage = world.storages.find((one) => one.name === guest.seed.storage);
  if (guest.diskOn !== undefined && guest.diskOn !== guest.node) throw new Error(`no such logical volume pve/vm-${guest.vmid}-disk-0`);
  if (storage && !isActive(storage, guest.node)) throw new Error(`storage '${storage.name}' is not online`);
}

const pace = (world: World, guest: Guest, worker: Worker) => randomOf(world.seed, `pace/${guest.vmid}/${worker.upid}`);

export async function start(world: World, guest: Guest, worker: Worker, options: { skipLock?: boolean } = {}): Promise<void> {
  if (!options.skipLock) refuseLocked(guest);
  await withFlock(world, guest, worker, async () => {
    if (guest.status === "running") throw new Error(`${label(guest)} already running`);
    if (guest.template) throw new Error(guest.kind === "qemu" ? "you can't start a vm if it's a template" : "you can't start a CT if it's a template");
    await worker.sleep(pace(world, guest, worker).between(1_100, 2_600));
    refuseStorage(world, guest);
    meetMishap(guest);
    bringUp(world, guest);
  });
}

export async function stop(world: World, guest: Guest, worker: Worker, options: { skipLock?: boolean } = {}): Promise<void> {
  if (!options.skipLock) refuseLocked(guest);
  await withFlock(world, guest, worker, async () => {
    if (guest.status === "stopped") return;
    await worker.sleep(pace(world, guest, worker).between(500, 1_800));
    meetMishap(guest);
    takeDown(world, guest, { how: "stop", upid: worker.upid });
  });
}

export interface ShutdownOptions {
  timeoutSeconds?: number;
  forceStop?: boolean;
  skipLock?: boolean;
}

export async function shutdown(world: World, guest: Guest, worker: Worker, options: ShutdownOptions = {}): Promise<void> {
  if (!options.skipLock) refuseLocked(guest);
  await withFlock(world, guest, worker, async () => {
    if (guest.status === "stopped") return;
    if (guest.paused) throw new Error("VM is paused - cannot shutdown");
    meetMishap(guest);
    const patienceMs = (options.timeoutSeconds ?? DEFAULT_SHUTDOWN_S) * 1000;
    const needsMs = guest.seed.ignoresAcpi ? Number.POSITIVE_INFINITY : pace(world, guest, worker).between(3_500, 11_000);
    await worker.sleep(Math.min(patienceMs, needsMs));
    if (needsMs > patienceMs) {
      if (!options.forceStop) throw new Error(guest.kind === "qemu" ? "VM quit/powerdown failed - got timeout" : "CT shutdown failed - got timeout");
      worker.log("VM still running - terminating now with SIGTERM");
      await worker.sleep(TERM_TO_KILL_MS / 4);
    }
    takeDown(world, guest, { how: "shutdown", upid: worker.upid });
  });
}

export async function reboot(world: World, guest: Guest, worker: Worker, timeoutSeconds?: number): Promise<void> {
  await shutdown(world, guest, worker, timeoutSeconds === undefined ? {} : { timeoutSeconds });
  await worker.sleep(pace(world, guest, worker).between(800, 1_600));
  if (guest.status === "stopped") bringUp(world, guest);
}
