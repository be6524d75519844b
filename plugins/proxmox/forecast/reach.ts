// Where a guest's disks can be reached, and what ties it to its node. Pure.
import { type GuestNow, named, type Picture, type Replica, type StoreNow } from "./picture.ts";

const offered = (store: StoreNow, node: string): boolean => store.nodes === undefined || store.nodes.includes(node);

/** Storages of its disks that no other node has; undefined: its configuration is not known. */
export const localOf = (guest: GuestNow, { stores }: Pick<Picture, "stores">): string[] | undefined =>
  guest.storages?.filter((name) => stores.find((store) => store.name === name)?.shared !== true);

/** A copy that replication keeps of it on another node. */
export const replicasOf = (guest: GuestNow, { replicas }: Pick<Picture, "replicas">, nodes: readonly string[]): Replica[] =>
  replicas.filter((replica) => replica.vmid === guest.vmid && nodes.includes(replica.target) && replica.lastSyncMs !== undefined);

/** Nodes of those named on which it could be started as it is: its shared disks are offered there, its local ones have a copy there. */
export const startable = (guest: GuestNow, picture: Picture, nodes: readonly string[]): string[] => {
  const local = localOf(guest, picture);
  if (local === undefined || guest.bound.length > 0) return [];
  const shared = picture.stores.filter((store) => store.shared && guest.storages?.includes(store.name));
  const copies = replicasOf(guest, picture, nodes).map((replica) => replica.target);
  return nodes.filter((node) => shared.every((store) => offered(store, node) && store.available.includes(node)) && (local.length === 0 || copies.includes(node)));
};

/** Half a sentence: why no other node can run it; undefined: nothing ties it. */
export const tieOf = (guest: GuestNow, picture: Picture): string | undefined => {
  const local = localOf(guest, picture);
  if (local === undefined) return "its configuration could not be read, so where its disks are is not known";
  if (local.length > 0) return `its disks are on ${named(local)} of ${guest.node} alone`;
  return guest.bound.length > 0 ? `it uses ${named(guest.bound)} of ${guest.node}` : undefined;
};
