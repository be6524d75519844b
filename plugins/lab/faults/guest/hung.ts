// Guests that run and do nothing: hung, frozen after a backup, paused by an input/output error; and paused by a person, which is none of these.
import { reboot } from "../../world/power.ts";
import type { Guest, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { all, amount, level, swap, swapEntry } from "../level.ts";
import { strainGuest } from "../strain.ts";

const MINUTE_MS = 60_000;
const isVm = (guest: Guest): boolean => guest.kind === "qemu" && running(guest);
const withAgent = (guest: Guest): boolean => isVm(guest) && guest.config.agent !== undefined;

export const guestHung = (world: World): Fault =>
  level({
    name: "guest-hung",
    targetKind: "guest",
    what: "the VM runs and does nothing: no agent, no network, one core busy or none (form=busy|idle)",
    targets: () => eligible(world, withAgent),
    apply(target, args) {
      const guest = guestAt(world, target);
      const cpu = args.form === "idle" ? 0.001 : 0.998;
      return all(swap(guest, { agent: "hung" }), strainGuest(world, guest, { cpu, mute: true, diskReadBytesPerSecond: 0, diskWriteBytesPerSecond: 0 }));
    },
    still: (target) => guestAt(world, target).agent === "hung" && guestAt(world, target).status === "running",
  });

export const guestFrozen = (world: World): Fault =>
  level({
    name: "guest-frozen",
    targetKind: "guest",
    what: "its file systems stay frozen after a backup that is over: it answers and writes nothing",
    targets: () => eligible(world, (guest) => withAgent(guest) && !guest.frozen),
    apply(target) {
      const guest = guestAt(world, target);
      const now = world.clock.now();
      const log = [
        `INFO: Starting Backup of VM ${guest.vmid} (qemu)`,
        "INFO: issuing guest-agent 'fs-freeze' command",
        "INFO: issuing guest-agent 'fs-thaw' command",
        `ERROR: VM ${guest.vmid} qmp command 'guest-fsfreeze-thaw' failed - got timeout`,
        `INFO: Finished Backup of VM ${guest.vmid} (00:01:12)`,
        "INFO: Backup job finished successfully",
      ];
      world.tasks.past({ node: guest.node, type: "vzdump", id: String(guest.vmid), user: "root@pam", startedAt: now - 2 * MINUTE_MS, durationMs: 72_000, exit: "OK", log });
      world.journals.add(guest.node, `pvescheduler[${world.nodes.get(guest.node)?.pids.pvescheduler}]: VM ${guest.vmid} qmp command 'guest-fsfreeze-thaw' failed - got timeout`);
      return all(swap(guest, { frozen: true }), strainGuest(world, guest, { diskWriteBytesPerSecond: 0 }));
    },
    still: (target) => guestAt(world, target).frozen,
  });

const NO_SPACE = "block I/O error in device 'drive-scsi0': No space left on device (28)";
const IO_ERROR = "block I/O error in device 'drive-scsi0': Input/output error (5)";

export const guestIoError = (world: World): Fault =>
  level({
    name: "guest-io-error",
    targetKind: "guest",
    what: "QEMU pauses the VM with io-error because its storage has no room left, or because its disk errs (reason=space|disk)",
    targets: () => eligible(world, (guest) => isVm(guest) && guest.qmp === undefined),
    apply(target, args) {
      const guest = guestAt(world, target);
      const words = args.reason === "disk" ? IO_ERROR : NO_SPACE;
      const paused = all(swap(guest.mishap, { stuck: words }), swap(guest, { qmp: "io-error" }));
      if (args.reason === "disk") {
        world.journals.add(guest.node, `QEMU[${guest.pid}]: ${words}`);
        return paused;
      }
      const storage = world.storages.find((one) => one.name === guest.seed.storage);
      const key = storage?.seed.shared ? "*" : guest.node;
      world.journals.add(guest.node, `kernel: device-mapper: thin: 252:4: reached low water mark for data device: sending event.`);
      world.journals.add(guest.node, `kernel: device-mapper: thin: 252:4: switching pool to out-of-data-space (queue IO) mode`);
      world.journals.add(guest.node, `QEMU[${guest.pid}]: ${words}`);
      return all(storage ? swapEntry(storage.fill, key, 1) : () => undefined, paused);
    },
    still: (target) => guestAt(world, target).qmp === "io-error",
  });

/** Look-alike of a hung guest and of an input/output error: somebody wanted it. */
export const guestUserPause = (world: World): Fault =>
  level({
    name: "guest-user-pause",
    targetKind: "guest",
    what: "a person pauses the VM over the API (user=root@pam)",
    targets: () => eligible(world, (guest) => isVm(guest) && !guest.paused),
    apply(target, args) {
      const guest = guestAt(world, target);
      world.tasks.start({ node: guest.node, type: "qmpause", id: String(guest.vmid), user: args.user ?? "root@pam", words: `suspend VM ${guest.vmid}`, work: () => undefined });
      return swap(guest, { paused: true });
    },
    still: (target) => guestAt(world, target).paused,
  });

/** The agent inside does not answer; everything else goes on. */
export const agentDead = (world: World): Fault =>
  level({
    name: "agent-dead",
    targetKind: "guest",
    what: "the guest agent is configured and does not answer; the guest itself is well (form=hung|absent)",
    targets: () => eligible(world, withAgent),
    apply: (target, args) => swap(guestAt(world, target), { agent: args.form === "absent" ? "absent" : "hung" }),
    still: (target) => guestAt(world, target).agent !== "well",
  });

/** Look-alike of a dead agent and of a crash: it boots because somebody rebooted it. */
export const guestUserReboot = (world: World): Fault => {
  const under = new Set<string>();
  return {
    name: "guest-user-reboot",
    targetKind: "guest",
    what: "a person reboots the guest over the API: down for a moment, its agent silent while it boots (user=root@pam)",
    targets: () => eligible(world, running),
    break(target, args) {
      const guest = guestAt(world, target);
      under.add(target);
      const node = world.nodes.get(guest.node);
      const task = world.tasks.start({
        node: guest.node,
        type: guest.kind === "qemu" ? "qmreboot" : "vzreboot",
        id: String(guest.vmid),
        user: args.user ?? "root@pam",
        words: `requesting reboot of ${guest.kind === "qemu" ? "VM" : "CT"} ${guest.vmid}`,
        work: (worker) => reboot(world, guest, worker, amount(args.timeout, 60, 1, 3_600)),
      });
      if (node) world.journals.add(node.name, `qmeventd[${node.pids.qmeventd}]: read: Connection reset by peer`);
      void task.done.then(() => under.delete(target));
    },
    stands: (target) => under.has(target),
    heal: () => undefined,
  };
};
