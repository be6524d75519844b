// Pools: groups of guests and storages that share rights. Members are listed as /cluster/resources shows them.
import { badParameters, failure } from "../../front/failure.ts";
import { FLAG, flagOf, oneOf, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, put, type Route, remove } from "../../front/route.ts";
import type { Pool } from "../../world/state.ts";
import { hasStorage } from "../../world/storage.ts";
import { guestEntry, storageEntry } from "../resources.ts";
import { noteChange } from "../work.ts";

const sees = (call: Call, pool: Pool): boolean => ["Pool.Audit", "Pool.Allocate"].some((privilege) => call.world.accounts.may(call.who, `/pool/${pool.poolid}`, privilege));

function members({ world, parameters, at }: Call, pool: Pool): unknown[] {
  const type = textOf(parameters, "type");
  const guests = [...world.guests.values()].filter((guest) => guest.pool === pool.poolid && (!type || type === guest.kind)).map((guest) => guestEntry(world, guest));
  const node = world.nodes.get(at)?.name ?? "";
  const storages = world.storages
    .filter((storage) => pool.storages.includes(storage.name) && (!type || type === "storage") && hasStorage(storage, node))
    .map((storage) => storageEntry(world, storage, node));
  return [...guests, ...storages];
}

const about = (pool: Pool) => ({ poolid: pool.poolid, ...(pool.comment ? { comment: pool.comment } : {}) });

function poolOf(call: Call, id: string | undefined): Pool {
  const pool = call.world.pools.get(id ?? "");
  if (!pool) throw failure(500, `pool '${id}' does not exist`);
  return pool;
}

function list(call: Call): unknown {
  const only = textOf(call.parameters, "poolid");
  const visible = [...call.world.pools.values()].filter((pool) => sees(call, pool));
  if (only === undefined) return visible.map(about);
  const pool = poolOf(call, only);
  return [{ ...about(pool), members: members(call, pool) }];
}

function create(call: Call): null {
  const poolid = textOf(call.parameters, "poolid") ?? "";
  if (!/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/.test(poolid)) throw badParameters({ poolid: `invalid format - value does not look like a valid pool name\n` });
  if (call.world.pools.has(poolid)) throw failure(500, `create pool failed: pool '${poolid}' already exists`);
  call.world.pools.set(poolid, { poolid, comment: textOf(call.parameters, "comment") ?? "", storages: [] });
  noteChange(call, `pool/${poolid}`);
  return null;
}

const wordsIn = (text: string | undefined): string[] => text?.split(/[,;\s]+/).filter(Boolean) ?? [];

function change(call: Call, pool: Pool): null {
  const { world, parameters } = call;
  const taken = flagOf(parameters, "delete");
  for (const word of wordsIn(textOf(parameters, "vms"))) {
    const guest = world.guests.get(Number(word));
    if (!guest) throw failure(500, `update pools failed: VM ${word} does not exist`);
    if (taken ? guest.pool !== pool.poolid : guest.pool === pool.poolid) throw failure(500, `update pools failed: VM ${word} is ${taken ? "not" : "already"} a pool member`);
    if (!taken && guest.pool && !flagOf(parameters, "allow-move"))
      throw failure(500, `update pools failed: VM ${word} belongs to pool '${guest.pool}' already and allow-move is not set`);
    if (taken) delete guest.pool;
    else guest.pool = pool.poolid;
  }
  for (const word of wordsIn(textOf(parameters, "storage"))) pool.storages = taken ? pool.storages.filter((one) => one !== word) : [...new Set([...pool.storages, word])];
  pool.comment = textOf(parameters, "comment") ?? pool.comment;
  noteChange(call, `pool/${pool.poolid}`);
  return null;
}

function drop(call: Call, pool: Pool): null {
  if (pool.storages.length > 0 || [...call.world.guests.values()].some((guest) => guest.pool === pool.poolid))
    throw failure(500, `delete pool failed: pool '${pool.poolid}' is not empty`);
  call.world.pools.delete(pool.poolid);
  noteChange(call, `pool/${pool.poolid}`);
  return null;
}

const may = needs("/pool/{poolid}", "Pool.Allocate");
const CHANGE = { vms: TEXT, storage: TEXT, comment: TEXT, delete: FLAG, "allow-move": FLAG } as const;
const asked = (call: Call): Pool => {
  const pool = poolOf(call, textOf(call.parameters, "poolid"));
  if (!call.world.accounts.may(call.who, `/pool/${pool.poolid}`, "Pool.Allocate")) throw failure(403, `Permission check failed (/pool/${pool.poolid}, Pool.Allocate)`);
  return pool;
};

export const poolRoutes = (): Route[] => [
  get("/pools", list, { rules: { poolid: TEXT, type: oneOf("qemu", "lxc", "storage") } }),
  post("/pools", create, { ...needs("/pool", "Pool.Allocate"), rules: { poolid: required(TEXT), comment: TEXT } }),
  put("/pools", (call) => change(call, asked(call)), { rules: { ...CHANGE, poolid: required(TEXT) } }),
  remove("/pools", (call) => drop(call, asked(call)), { rules: { poolid: required(TEXT) } }),
  get("/pools/{poolid}", (call) => ({ ...about(poolOf(call, call.path.poolid)), members: members(call, poolOf(call, call.path.poolid)) }), {
    ...needs("/pool/{poolid}", "Pool.Audit"),
    rules: { type: oneOf("qemu", "lxc", "storage") },
  }),
  put("/pools/{poolid}", (call) => change(call, poolOf(call, call.path.poolid)), { ...may, rules: CHANGE }),
  remove("/pools/{poolid}", (call) => drop(call, poolOf(call, call.path.poolid)), may),
];
