// Parts of a machine that wear out, run out or fall behind: disks, ZFS pools, packages, its maintenance flag.
import type { Disk, Update } from "../../world/machine/shape.ts";
import type { Node, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { type Args, all, amount, level, swap, type Undo } from "../level.ts";
import { nodeAt, nodeTargets, repeat } from "../node.ts";
import { refusedWord } from "../takes.ts";

const ATA_EVERY_MS = 45_000;
const on = (node: Node): boolean => node.power === "on";

export const onNode = (world: World, about: { name: string; what: string; fits?: (node: Node) => boolean }, apply: (node: Node, args: Args) => Undo): Fault =>
  level({
    name: about.name,
    targetKind: "node",
    what: about.what,
    targets: () => nodeTargets(world, (node) => on(node) && (about.fits?.(node) ?? true)),
    apply: (target, args) => apply(nodeAt(world, target), args),
  });

/** The one named with disk=/dev/sda, else the last. */
function diskOf(node: Node, args: Args): Disk {
  const { disks } = node.machine;
  const wanted = args.disk;
  const disk = wanted === undefined ? disks.at(-1) : disks.find((one) => one.devpath === wanted || one.devpath === `/dev/${wanted}`);
  if (!disk) throw refusedWord(`${node.name} has no disk${wanted === undefined ? "" : ` '${wanted}'; it has ${disks.map(({ devpath }) => devpath).join(", ")}`}`);
  return disk;
}

export const diskFailing = (world: World): Fault =>
  onNode(world, { name: "disk-failing", what: "a disk's SMART says it fails: sectors wait to be moved, some cannot be read (disk=/dev/sda)" }, (node, args) => {
    const disk = diskOf(node, args);
    world.journals.add(node.name, `smartd[640]: Device: ${disk.devpath}, ${disk.model}, S/N:${disk.serial}, FAILED SMART self-check. BACK UP DATA NOW!`);
    world.journals.add(node.name, `smartd[640]: Device: ${disk.devpath}, 41 Currently unreadable (pending) sectors`);
    const wear = { pending: 41, uncorrectable: 12, reallocated: 312, mediaErrors: disk.type === "nvme" ? 96 : 0 };
    return all(swap(disk, { health: "FAILED" }), swap(disk.wear, wear));
  });

export const diskWear = (world: World): Fault =>
  onNode(
    world,
    {
      name: "disk-wear",
      what: "a solid-state disk has little of its life left (percent=4)",
      fits: (node) => node.machine.disks.some((disk) => disk.wearLeftPercent !== undefined),
    },
    (node, args) => {
      const disk = node.machine.disks.find((one) => one.wearLeftPercent !== undefined);
      return disk ? swap(disk, { wearLeftPercent: Math.floor(amount(args.percent, 4, 0, 100)) }) : () => undefined;
    },
  );

export const diskAtaErrors = (world: World): Fault =>
  onNode(world, { name: "disk-ata-errors", what: "the kernel reports errors of a disk again and again; SMART still calls it well" }, (node, args) => {
    const disk = diskOf(node, args);
    const say = (round: number): void => {
      const lines =
        disk.type === "nvme"
          ? [`kernel: nvme nvme0: I/O tag ${220 + round} (1034) opcode 0x2 (I/O Cmd) QID 4 timeout, aborting req_op:READ(0) size:131072`]
          : [
              "kernel: ata3.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0",
              "kernel: ata3.00: failed command: READ DMA EXT",
              `kernel: I/O error, dev ${disk.devpath.slice(5)}, sector ${412_889_088 + round * 8} op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2`,
            ];
      for (const line of lines) world.journals.add(node.name, line);
    };
    return all(repeat(world, ATA_EVERY_MS, say), swap(disk.wear, { crcErrors: disk.wear.crcErrors + 180, mediaErrors: disk.wear.mediaErrors + 7, pending: 3 }));
  });

/** Look-alike: one reset of a cable, once. */
export const diskCableReset = (world: World): Fault =>
  onNode(world, { name: "disk-cable-reset", what: "one link of a disk was reset once and came back; the disk is well" }, (node, args) => {
    const disk = diskOf(node, args);
    for (const line of [
      "kernel: ata3: SATA link down (SStatus 0 SControl 300)",
      "kernel: ata3: SATA link up 6.0 Gbps (SStatus 133 SControl 300)",
      "kernel: ata3.00: configured for UDMA/133",
    ])
      world.journals.add(node.name, line);
    return swap(disk.wear, { crcErrors: disk.wear.crcErrors + 1 });
  });

const withPool = (node: Node): boolean => node.machine.zfs.length > 0;

export const zfsDegraded = (world: World): Fault =>
  onNode(world, { name: "zfs-degraded", what: "a disk of the node's ZFS mirror is gone: the pool goes on without redundancy", fits: withPool }, (node) => {
    const [pool] = node.machine.zfs;
    const member = pool?.members.at(-1);
    if (!pool || !member) return () => undefined;
    world.journals.add(node.name, `zed[3120]: eid=41 class=statechange pool='${pool.name}' vdev=${member.name}-part1 vdev_state=UNAVAIL`);
    const advice = {
      status: "One or more devices could not be used because the label is missing or invalid. Sufficient replicas exist for the pool to continue functioning in a degraded state.",
      action: "Replace the device using 'zpool replace'.",
    };
    return all(swap(member, { state: "UNAVAIL", msg: "was /dev/disk/by-id/" }), swap(pool, { health: "DEGRADED", ...advice }));
  });

export const zfsErrors = (world: World): Fault =>
  onNode(world, { name: "zfs-errors", what: "the node's ZFS pool counts checksum errors on a disk; all members are online", fits: withPool }, (node) => {
    const [pool] = node.machine.zfs;
    const member = pool?.members[0];
    if (!pool || !member) return () => undefined;
    world.journals.add(node.name, `zed[3120]: eid=52 class=checksum pool='${pool.name}' vdev=${member.name}-part1 algorithm=fletcher4 size=131072`);
    const advice = {
      status: "One or more devices has experienced an unrecoverable error. An attempt was made to correct the error. Applications are unaffected.",
      action: "Determine if the device needs to be replaced, and clear the errors using 'zpool clear' or replace the device with 'zpool replace'.",
    };
    return all(swap(member, { cksum: 27, read: 3 }), swap(pool, advice));
  });

const update = (name: string, oldVersion: string, version: string): Update => ({
  name,
  title: name,
  oldVersion,
  version,
  section: "admin",
  priority: "optional",
  origin: "Proxmox",
  description: name,
});

export const updatesPending = (world: World): Fault =>
  onNode(world, { name: "updates-pending", what: "many updates wait on the node, security fixes among them, and a newer kernel waits for a reboot" }, (node) => {
    const { running } = node.machine.kernel;
    const installed = running.replace(/-(\d+)-pve$/, (_, patch: string) => `-${Number(patch) + 3}-pve`);
    const more = [
      "openssl",
      "libssl3",
      "openssh-server",
      "sudo",
      "systemd",
      "bind9-host",
      "proxmox-kernel",
      "qemu-server",
      "pve-container",
      "zfsutils-linux",
      "ceph-common",
      "corosync",
    ];
    const updates = [...node.machine.updates, ...more.map((name, index) => update(name, `3.${index}.1-1`, `3.${index}.2-1+deb13u1`))];
    return all(swap(node.machine, { updates }), swap(node.machine.kernel, { installed }));
  });

export const nodeVersionMixed = (world: World): Fault =>
  onNode(world, { name: "node-version-mixed", what: "the node runs an older Proxmox VE than the others" }, (node) =>
    swap(node.machine, { manager: world.dialect === "9.1" ? { version: "9.0.3", repoid: "025864202ebb6109" } : { version: "8.3.5", repoid: "dac3aa88bac3f300" } }),
  );

export const maintenanceLeft = (world: World): Fault =>
  onNode(world, { name: "node-maintenance-left", what: "the node was left in HA maintenance after an update that is over", fits: (node) => !node.maintenance }, (node) => {
    const startedAt = world.clock.now() - 9 * 3_600_000;
    world.tasks.past({
      node: node.name,
      type: "vncshell",
      id: "upgrade",
      user: "root@pam",
      startedAt,
      durationMs: 1_240_000,
      exit: "OK",
      log: ["starting termproxy UPID", "connection closed"],
    });
    world.journals.add(node.name, "pve-ha-lrm[1402]: status change active => maintenance", startedAt);
    return swap(node, { maintenance: true });
  });

/** Look-alike: somebody is at work on it right now. */
export const maintenanceOngoing = (world: World): Fault =>
  onNode(world, { name: "node-maintenance-ongoing", what: "a person works on the node, which is in HA maintenance meanwhile", fits: (node) => !node.maintenance }, (node) => {
    const task = world.tasks.start({ node: node.name, type: "vncshell", id: "upgrade", user: "root@pam", work: (worker) => worker.sleep(1_000_000_000) });
    world.journals.add(node.name, "pve-ha-lrm[1402]: status change active => maintenance");
    return all(() => task.abort(), swap(node, { maintenance: true }));
  });
