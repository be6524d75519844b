// Storages without room: data or metadata of a thin pool, a ZFS pool, a backup target; and growth that passes by itself.
import type { Pbs } from "../../pbs/state.ts";
import type { Storage, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { type Args, all, amount, level, swap, swapEntry, type Undo } from "../level.ts";
import { nodeAt, nodeTargets, storageAt, storageTargets } from "../node.ts";

const BURST_S = 240;

/** Shared storages are filled everywhere, others on the target's node. */
function fill(world: World, target: string, share: number): Undo {
  const { storage, nodes } = storageAt(world, target);
  const key = storage.seed.shared ? "*" : (nodes[0]?.name ?? "*");
  return swapEntry(storage.fill, key, share);
}

const ofType =
  (world: World, ...types: string[]) =>
  (everywhere: boolean): string[] =>
    storageTargets(world, (storage: Storage) => types.includes(storage.seed.type) && storage.active, everywhere).filter(
      (target) => everywhere || !target.startsWith("storage/shared/"),
    );

const shareOf = (args: Args, fallback: number): number => amount(args.percent, fallback, 0, 100) / 100;

export const thinPoolFull = (world: World): Fault =>
  level({
    name: "thin-pool-full",
    targetKind: "storage",
    what: "a node's thin pool has nearly no room for data (percent=96)",
    targets: () => ofType(world, "lvmthin")(false),
    apply(target, args) {
      const share = shareOf(args, 96);
      for (const node of storageAt(world, target).nodes) {
        world.journals.add(node.name, `dmeventd[511]: WARNING: Thin pool pve-data-tpool data is now ${(share * 100).toFixed(2)}% full.`);
        world.journals.add(node.name, "lvm[511]: WARNING: Sum of all thin volume sizes exceeds the size of thin pool pve/data and the size of whole volume group.");
      }
      return fill(world, target, share);
    },
  });

export const thinMetadataFull = (world: World): Fault =>
  level({
    name: "thin-metadata-full",
    targetKind: "storage",
    what: "a node's thin pool has room for data and nearly none for its metadata (percent=97)",
    targets: () => ofType(world, "lvmthin")(false),
    apply(target, args) {
      const { storage, nodes } = storageAt(world, target);
      const share = shareOf(args, 97);
      for (const node of nodes) world.journals.add(node.name, `dmeventd[511]: WARNING: Thin pool pve-data-tpool metadata is now ${(share * 100).toFixed(2)}% full.`);
      return all(...nodes.flatMap((node) => node.machine.thin.filter((pool) => pool.storage === storage.name).map((pool) => swap(pool, { metadataShare: share }))));
    },
  });

/** Look-alike: a burst of growth that is cleaned up again by itself. */
export const storageBurst = (world: World): Fault => {
  const under = new Set<string>();
  const burst = level({
    name: "storage-burst",
    targetKind: "storage",
    what: "a storage fills up a little more for some minutes and empties by itself (percent=77, seconds=240)",
    targets: () => ofType(world, "lvmthin", "zfspool", "dir", "nfs")(true),
    apply(target, args) {
      const undo = fill(world, target, shareOf(args, 77));
      under.add(target);
      const end = world.clock.after(amount(args.seconds, BURST_S, 1, 86_400) * 1000, () => burst.heal(target));
      return all(() => void under.delete(target), undo, end);
    },
    still: (target) => under.has(target),
  });
  return burst;
};

export const storageFull = (world: World): Fault =>
  level({
    name: "storage-full",
    targetKind: "storage",
    what: "a storage is full, or as full as said (percent=99)",
    targets: () => ofType(world, "nfs", "cifs", "dir", "zfspool", "pbs", "lvmthin")(true),
    apply: (target, args) => fill(world, target, shareOf(args, 99)),
  });

export const zfsFull = (world: World): Fault =>
  level({
    name: "zfs-full",
    targetKind: "node",
    what: "the node's ZFS pool is over the mark from which it slows down (percent=88)",
    targets: () => nodeTargets(world, (node) => node.power === "on" && node.machine.zfs.length > 0),
    apply(target, args) {
      const node = nodeAt(world, target);
      return all(
        ...node.machine.zfs.flatMap((pool) => [
          swap(pool, { fragmentationPercent: 61 }),
          fill(world, `storage/${node.name.toLowerCase()}/${pool.name.toLowerCase()}`, shareOf(args, 88)),
        ]),
      );
    },
  });

const backupTargets = (world: World): string[] => storageTargets(world, (storage) => storage.seed.type === "pbs", true).filter((target) => target.startsWith("storage/shared/"));

/** Look-alike of a full backup target: chunks wait for the next garbage collection. */
export const backupGcPending = (world: World, pbs: Pbs): Fault =>
  level({
    name: "backup-gc-pending",
    targetKind: "storage",
    what: "the backup target looks fuller than it is: removed chunks wait out their day before garbage collection frees them",
    targets: () => backupTargets(world),
    apply(target) {
      const { storage } = storageAt(world, target);
      const datastore = pbs.datastores.find((one) => one.storage === storage);
      const pendingBytes = Math.floor(storage.seed.totalGiB * 1_073_741_824 * 0.3);
      return all(fill(world, target, 0.86), ...(datastore ? [swap(datastore.gc, { pendingBytes, pendingChunks: Math.ceil(pendingBytes / 4_194_304) })] : []));
    },
  });
