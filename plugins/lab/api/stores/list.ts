// Storages: how full each is on a node, and how it is defined for the cluster.
import { failure } from "../../front/failure.ts";
import { FLAG, flagOf, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, needsAny, type Route } from "../../front/route.ts";
import { EXPORT } from "../../share/nfs.ts";
import type { Storage, World } from "../../world/state.ts";
import { hasStorage, isActive, usageOf } from "../../world/storage.ts";
import { seesStorage, storageOf, touch } from "./find.ts";

const NOTHING = { total: 0, used: 0, avail: 0 };

function stateOf(world: World, storage: Storage, node: string): Record<string, unknown> {
  const active = isActive(storage, node);
  const usage = active ? usageOf(world, storage, node) : NOTHING;
  return { type: storage.seed.type, content: storage.seed.content, shared: storage.seed.shared ? 1 : 0, active: active ? 1 : 0, enabled: storage.disabled ? 0 : 1, ...usage };
}

async function list({ world, path, who, parameters }: Call): Promise<unknown> {
  const node = path.node ?? "";
  const [content, name] = [textOf(parameters, "content"), textOf(parameters, "storage")];
  const mine = world.storages
    .filter((storage) => hasStorage(storage, node) && seesStorage(world, who, storage) && !(flagOf(parameters, "enabled") && storage.disabled))
    .filter((storage) => (!name || storage.name === name) && (!content || content.split(",").some((word) => storage.seed.content.split(",").includes(word))));
  await touch(world, mine, node);
  return mine.map((storage) => {
    const state = stateOf(world, storage, node);
    const { total, used } = state;
    const fraction = typeof total === "number" && typeof used === "number" && total > 0 ? { used_fraction: used / total } : {};
    return { storage: storage.name, ...state, ...fraction };
  });
}

async function status({ world, path }: Call): Promise<unknown> {
  const storage = storageOf(world, path.storage, path.node ?? "");
  await touch(world, [storage], path.node ?? "");
  return stateOf(world, storage, path.node ?? "");
}

const SERVERS: Readonly<Record<string, Record<string, string>>> = {
  dir: { path: "/var/lib/vz" },
  nfs: { server: "192.168.1.10", export: EXPORT, path: "/mnt/pve/nas" },
  cifs: { server: "192.168.1.10", share: "proxmox", path: "/mnt/pve/share" },
  pbs: { server: "192.168.1.99", datastore: "main", username: "backup@pbs" },
  lvmthin: { vgname: "pve", thinpool: "data" },
  zfspool: { pool: "tank", sparse: "1" },
};

const definition = ({ name, seed, disabled }: Storage) => ({
  ...SERVERS[seed.type],
  storage: name,
  type: seed.type,
  content: seed.content,
  ...(seed.shared ? { shared: 1 } : {}),
  ...(seed.nodes ? { nodes: seed.nodes.join(",") } : {}),
  ...(disabled ? { disable: 1 } : {}),
  digest: new Bun.CryptoHasher("sha1").update(JSON.stringify(seed)).digest("hex"),
});

function definitions({ world, who, parameters }: Call): unknown {
  const type = textOf(parameters, "type");
  return world.storages.filter((storage) => seesStorage(world, who, storage) && (!type || storage.seed.type === type)).map(definition);
}

function one({ world, path }: Call): unknown {
  const storage = world.storages.find((candidate) => candidate.name === path.storage);
  if (!storage) throw failure(500, `storage '${path.storage}' does not exist`);
  return definition(storage);
}

const see = needsAny("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace");
const SUBDIRS = ["content", "prunebackups", "rrd", "rrddata", "status", "upload"];

export const storageRoutes = (): Route[] => [
  get("/storage", definitions, { rules: { type: TEXT } }),
  get("/storage/{storage}", one, needs("/storage/{storage}", "Datastore.Allocate")),
  get("/nodes/{node}/storage", list, { rules: { content: TEXT, enabled: FLAG, format: FLAG, storage: TEXT, target: TEXT } }),
  get("/nodes/{node}/storage/{storage}", ({ world, path }) => storageOf(world, path.storage, path.node ?? "") && SUBDIRS.map((subdir) => ({ subdir })), see),
  get("/nodes/{node}/storage/{storage}/status", status, see),
];
