// The storage a call names on a node, whether the caller may see it, and what comes of touching one that hangs.
import { failure } from "../../front/failure.ts";
import type { Call } from "../../front/route.ts";
import type { Storage, World } from "../../world/state.ts";
import { hasStorage, isActive } from "../../world/storage.ts";

const PROXY_PATIENCE_MS = 30_000;

export const seesStorage = (world: World, who: string, storage: Storage): boolean =>
  ["Datastore.Audit", "Datastore.AllocateSpace"].some((privilege) => world.accounts.may(who, `/storage/${storage.name}`, privilege));

export function storageOf(world: World, name: string | undefined, node: string): Storage {
  const storage = world.storages.find((one) => one.name === name);
  if (!storage) throw failure(500, `storage '${name}' does not exist`);
  if (!hasStorage(storage, node)) throw failure(500, `storage '${name}' is not available on node '${node}'`);
  return storage;
}

/** The daemon sits in the mount; pveproxy gives up first. */
export async function touch(world: World, storages: readonly Storage[], node: string): Promise<void> {
  if (!storages.some((storage) => storage.hangsOn.has(node) && hasStorage(storage, node))) return;
  await world.clock.sleep(PROXY_PATIENCE_MS);
  throw failure(596, "Connection timed out", { bare: true });
}

/** The named storage, ready to be read; otherwise the refusal a real node gives. */
export async function readyStorage({ world, path }: Call): Promise<Storage> {
  const node = path.node ?? "";
  const storage = storageOf(world, path.storage, node);
  await touch(world, [storage], node);
  if (storage.disabled) throw failure(500, `storage '${storage.name}' is disabled`);
  if (!isActive(storage, node)) throw failure(500, `storage '${storage.name}' is not online`);
  return storage;
}
