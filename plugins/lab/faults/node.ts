// What faults on nodes, storages and the cluster share: their targets, finding one by its word, lines that come again and again.
import type { Node, Storage, World } from "../world/state.ts";
import { hasStorage } from "../world/storage.ts";
import type { Undo } from "./level.ts";

/** The machine Jarvis runs on, broken last of all. */
const JARVIS = 100;

export const nodeTarget = (node: Pick<Node, "name">): string => `node/${node.name.toLowerCase()}`;
export const clusterTarget = (world: World): string => `cluster/${world.cluster.toLowerCase()}`;

/** Nodes that fit; the one that carries Jarvis comes last. */
export function nodeTargets(world: World, fits: (node: Node) => boolean = () => true): string[] {
  const own = world.guests.get(JARVIS)?.node;
  return [...world.nodes.values()]
    .filter(fits)
    .sort((a, b) => Number(a.name === own) - Number(b.name === own) || Number(b.name === "pve") - Number(a.name === "pve"))
    .map(nodeTarget);
}

export function nodeAt(world: World, target: string): Node {
  const node = [...world.nodes.values()].find((one) => nodeTarget(one) === target);
  if (!node) throw new Error(`there is no ${target}`);
  return node;
}

/** `storage/shared/nas` once for all nodes, `storage/pve/local-lvm` for one. */
export function storageTargets(world: World, fits: (storage: Storage) => boolean, everywhere = true): string[] {
  return world.storages
    .filter(fits)
    .flatMap((storage) => [
      ...(everywhere && storage.seed.shared ? [`storage/shared/${storage.name.toLowerCase()}`] : []),
      ...nodeTargets(world, (node) => hasStorage(storage, node.name)).map((node) => node.replace("node/", "storage/").concat(`/${storage.name.toLowerCase()}`)),
    ]);
}

export function storageAt(world: World, target: string): { storage: Storage; nodes: Node[] } {
  const [, where = "", name = ""] = target.split("/");
  const storage = world.storages.find((one) => one.name.toLowerCase() === name);
  if (!storage) throw new Error(`there is no ${target}`);
  return { storage, nodes: [...world.nodes.values()].filter((node) => (where === "shared" || node.name.toLowerCase() === where) && hasStorage(storage, node.name)) };
}

/** Writes lines now and every so often until undone. */
export function repeat(world: World, everyMs: number, write: (round: number) => void): Undo {
  let round = 0;
  write(round);
  return world.clock.every(everyMs, () => write(++round));
}
