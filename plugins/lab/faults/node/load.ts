// Machines under weight: memory, processors, heat, a full root disk, one guest that storms the disks; and the scrub that only looks like it.
import type { Guest, Node, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { eligible, guestAt, running } from "../guest.ts";
import { type Args, all, amount, level, swap, type Undo } from "../level.ts";
import { nodeAt, nodeTargets, repeat } from "../node.ts";
import { strainGuest, strainNode } from "../strain.ts";

const MIB = 1_048_576;
const HEAT_EVERY_MS = 60_000;
const on = (node: Node): boolean => node.power === "on";

const onNode = (world: World, name: string, what: string, apply: (node: Node, args: Args) => Undo): Fault =>
  level({ name, targetKind: "node", what, targets: () => nodeTargets(world, on), apply: (target, args) => apply(nodeAt(world, target), args) });

export const nodeMemoryPressure = (world: World): Fault =>
  onNode(world, "node-memory-pressure", "the node's memory is used up and it swaps (percent=97)", (node, args) =>
    strainNode(world, node, { memoryShare: amount(args.percent, 97, 1, 100) / 100, swapShare: 0.83, pressure: { memorySome: 38.4, memoryFull: 21.7 } }),
  );

export const nodeCpuPressure = (world: World): Fault =>
  onNode(world, "node-cpu-pressure", "the node's processors are busy without a pause and work waits for them", (node) =>
    strainNode(world, node, { cpu: 0.985, load: node.seed.cpus * 3.4, pressure: { cpuSome: 64.2 } }),
  );

export const nodeRootFull = (world: World): Fault =>
  onNode(world, "node-root-full", "the node's root file system is nearly full (percent=96)", (node, args) => {
    world.journals.add(node.name, `systemd-journald[${300 + node.id}]: /var/log/journal: Journal header limits reached or header out-of-date, rotating.`);
    return strainNode(world, node, { rootShare: amount(args.percent, 96, 1, 100) / 100 });
  });

export const nodeHot = (world: World): Fault =>
  onNode(world, "node-hot", "the node overheats and slows its processors down; a fan stands still", (node) => {
    const say = (round: number): void => {
      world.journals.add(node.name, `kernel: CPU${round % node.seed.cpus}: Core temperature is above threshold, cpu clock is throttled (total events = ${41 + round * 13})`);
      world.journals.add(node.name, `kernel: CPU${round % node.seed.cpus}: Package temperature is above threshold, cpu clock is throttled (total events = ${52 + round * 13})`);
    };
    const heats = node.machine.disks.map((disk) => swap(disk.wear, { temperatureC: 71 }));
    return all(repeat(world, HEAT_EVERY_MS, say), ...heats);
  });

const rateOf = (args: Args): number => amount(args.mib, 420, 1, 10_000) * MIB;

export const ioStorm = (world: World): Fault =>
  level({
    name: "io-storm",
    targetKind: "guest",
    what: "one guest writes so much that its whole node waits for the disks (mib=420 a second)",
    targets: () => eligible(world, running),
    apply(target, args) {
      const guest = guestAt(world, target);
      const node = world.nodes.get(guest.node);
      const own = strainGuest(world, guest, { diskWriteBytesPerSecond: rateOf(args), diskReadBytesPerSecond: rateOf(args) / 5, pressure: { ioSome: 71.3, ioFull: 55.9 } });
      const whole = node ? strainNode(world, node, { wait: 0.46, load: node.seed.cpus * 2.2, pressure: { ioSome: 68.1, ioFull: 44.7 } }) : () => undefined;
      return all(own, whole);
    },
    still: (target) => guestAt(world, target).status === "running",
  });

const withPool = (node: Node): boolean => on(node) && node.machine.zfs.length > 0;

/** Look-alike of a storm and of a pool in trouble: a scrub reads everything, no guest is to blame. */
export const zfsScrub = (world: World): Fault =>
  level({
    name: "zfs-scrub",
    targetKind: "node",
    what: "a scrub of the node's ZFS pool is running: the disks are busy, the pool is well",
    targets: () => nodeTargets(world, withPool),
    apply(target) {
      const node = nodeAt(world, target);
      const scan = `scrub in progress since ${new Date(world.clock.now()).toUTCString()}\n\t412G / 1.88T scanned at 391M/s, 371G / 1.88T issued at 352M/s\n\t0B repaired, 19.27% done, 01:14:02 to go`;
      return all(strainNode(world, node, { wait: 0.21, pressure: { ioSome: 24.3, ioFull: 11.2 } }), ...node.machine.zfs.map((pool) => swap(pool, { scan })));
    },
  });

/** Look-alike of a storm: one guest is busy, the node copes. */
export const guestBusy = (world: World): Fault =>
  level({
    name: "guest-busy",
    targetKind: "guest",
    what: "a guest works hard, its agent answers and its network flows",
    targets: () => eligible(world, (guest: Guest) => running(guest)),
    apply: (target) => strainGuest(world, guestAt(world, target), { cpu: 0.97, diskReadBytesPerSecond: 18 * MIB }),
  });
