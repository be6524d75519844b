// Storages that cannot be reached: offline on one node or everywhere, hanging, or switched off on purpose.
import type { Storage, World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { all, level, swap, type Undo } from "../level.ts";
import { repeat, storageAt, storageTargets } from "../node.ts";
import { strainNode } from "../strain.ts";

const COMPLAIN_EVERY_MS = 60_000;
const remote = (storage: Storage): boolean => ["nfs", "cifs", "pbs"].includes(storage.seed.type);
const mounted = (storage: Storage): boolean => ["nfs", "cifs"].includes(storage.seed.type);
const SERVER = "192.168.1.10";

function mark(set: Set<string>, names: readonly string[]): Undo {
  const fresh = names.filter((name) => !set.has(name));
  for (const name of fresh) set.add(name);
  return () => {
    for (const name of fresh) set.delete(name);
  };
}

export const storageOffline = (world: World): Fault =>
  level({
    name: "storage-offline",
    targetKind: "storage",
    what: "a storage is enabled and not active: on one node, or on all when it is named as shared",
    targets: () => storageTargets(world, (storage) => storage.active && !storage.disabled),
    apply(target) {
      const { storage, nodes } = storageAt(world, target);
      const say = (): void => {
        for (const node of nodes) {
          if (node.power !== "on") continue;
          const words = remote(storage) ? `storage '${storage.name}' is not online` : `storage '${storage.name}': unable to activate: no such volume group or pool`;
          world.journals.add(node.name, `pvestatd[${node.pids.pvestatd}]: ${words}`);
        }
      };
      return all(
        mark(
          storage.offOn,
          nodes.map((node) => node.name),
        ),
        repeat(world, COMPLAIN_EVERY_MS, say),
      );
    },
  });

export const storageHang = (world: World): Fault =>
  level({
    name: "storage-hang",
    targetKind: "storage",
    what: "a network mount hangs: everything that touches it waits, the status daemon too, and the load rises without any work",
    targets: () => storageTargets(world, mounted),
    apply(target) {
      const { storage, nodes } = storageAt(world, target);
      const say = (round: number): void => {
        for (const node of nodes) {
          if (node.power !== "on") continue;
          world.journals.add(node.name, `kernel: nfs: server ${SERVER} not responding, ${round === 0 ? "still trying" : "timed out"}`);
          if (round > 1) world.journals.add(node.name, `kernel: INFO: task pvestatd:${node.pids.pvestatd} blocked for more than ${round * 120} seconds.`);
        }
      };
      const loads = nodes.map((node) => strainNode(world, node, { load: 14 + node.seed.cpus, wait: 0.34 }));
      const back = (): void => {
        for (const node of nodes) world.journals.add(node.name, `kernel: nfs: server ${SERVER} OK`);
      };
      return all(
        back,
        mark(
          storage.hangsOn,
          nodes.map((node) => node.name),
        ),
        ...loads,
        repeat(world, 2 * COMPLAIN_EVERY_MS, say),
      );
    },
  });

/** Look-alike of an offline storage: a person switched it off. */
export const storageDisabled = (world: World): Fault =>
  level({
    name: "storage-disabled",
    targetKind: "storage",
    what: "a person disabled the storage in the cluster's configuration",
    targets: () => storageTargets(world, (storage) => storage.seed.shared && !storage.disabled).filter((target) => target.startsWith("storage/shared/")),
    apply: (target) => swap(storageAt(world, target).storage, { disabled: true }),
  });
