// Monitor `arrays`: the ZFS pools and thin pools of each node in turn: health, errors of members, scrub, and room for data and metadata. What a node has not told yet is left out.
import { JarvisError, type Monitor, type z } from "jarvis";
import { arrayAlerts } from "../alerts/storage-array.ts";
import type { Client } from "../client/client.ts";
import { path } from "../client/path.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { membersIn, ThinRows, ZfsDetail, ZfsRows } from "../shapes/array.ts";
import { compact } from "../shapes/compact.ts";
import { type Definition, storeId } from "../shapes/store.ts";
import { type Allow, allowanceOf } from "./allowance.ts";
import { Arrays, type NodeArrays, type Thin, type Zfs } from "./array-state.ts";
import { definitionsOf } from "./definitions.ts";
import { inTurn, keepOnly, membersOf, perClient } from "./turns.ts";

const FRESH_MS = 15_000;
/** Every node once in four readings; a large cluster takes longer. */
const [SHARE, MOST_NODES, MOST_POOLS] = [4, 8, 6];

const allowed = allowanceOf(4 * 60_000);
const keptBy = perClient(() => new Map<string, NodeArrays>());

const storageOn = (definitions: readonly Definition[], node: string, fits: (one: Definition) => boolean): Definition | undefined =>
  definitions.find((one) => fits(one) && (one.nodes?.includes(node) ?? true) && one.disable !== true);

const zfsOf = async (ctx: Ctx, node: string, allow: Allow, definitions: readonly Definition[]): Promise<Zfs[]> => {
  const rows = (await ctx.client.get(ctx, path`/nodes/${node}/disks/zfs`, ZfsRows)).slice(0, MOST_POOLS);
  allow(rows.length);
  return Promise.all(
    rows.map(async ({ name, health = "UNKNOWN", size, alloc, frag }) => {
      const detail = await ctx.client.get(ctx, path`/nodes/${node}/disks/zfs/${name}`, ZfsDetail);
      const on = storageOn(definitions, node, ({ type, pool }) => type === "zfspool" && (pool === name || pool?.startsWith(`${name}/`) === true));
      return compact({
        name,
        resource: on === undefined ? `node/${node.toLowerCase()}` : storeId(on.storage, node),
        isStorage: on !== undefined,
        health: detail.state ?? health,
        sizeBytes: size,
        usedBytes: alloc,
        fragmentationPercent: frag,
        scan: detail.scan,
        advice: [detail.status, detail.action].filter((words) => words !== undefined).join(" ") || undefined,
        dataErrors: detail.errors,
        members: membersIn(detail.children).filter(({ state, errors }) => errors > 0 || !["ONLINE", "AVAIL"].includes(state)),
      });
    }),
  );
};

const thinOf = async (ctx: Ctx, node: string, definitions: readonly Definition[]): Promise<Thin[]> =>
  (await ctx.client.get(ctx, path`/nodes/${node}/disks/lvmthin`, ThinRows)).slice(0, MOST_POOLS).map(({ vg, lv, ...row }) => {
    const on = storageOn(definitions, node, ({ type, vgname, thinpool }) => type === "lvmthin" && vgname === vg && thinpool === lv);
    return compact({
      name: `${vg}/${lv}`,
      resource: on === undefined ? `node/${node.toLowerCase()}` : storeId(on.storage, node),
      usedBytes: row.used,
      sizeBytes: row.lv_size,
      metadataUsedBytes: row.metadata_used,
      metadataSizeBytes: row.metadata_size,
    });
  });

/** A node that did not answer keeps what it told last; one that may not be asked says what it needs. */
const one = async (ctx: Ctx, name: string, allow: Allow, definitions: readonly Definition[], before: NodeArrays | undefined): Promise<NodeArrays | undefined> => {
  const at = new Date(ctx.now()).toISOString();
  try {
    const [zfs, thin] = await Promise.all([zfsOf(ctx, name, allow, definitions), thinOf(ctx, name, definitions)]);
    return { name, at, zfs, thin };
  } catch (thrown) {
    if (!(thrown instanceof JarvisError) || thrown.type !== "upstream_denied") return before;
    return { ...(before ?? { zfs: [], thin: [] }), name, at, unknown: `unknown: needs Sys.Audit on /nodes/${name} (${thrown.message})`.slice(0, 500) };
  }
};

const read = async (ctx: Ctx): Promise<z.output<typeof Arrays>> => {
  const { all, online } = membersOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries);
  const kept = keptBy(ctx.client);
  keepOnly(kept, all);
  const due = inTurn(online, (name) => Date.parse(kept.get(name)?.at ?? ""), Math.min(MOST_NODES, Math.ceil(online.length / SHARE)));
  const allow = allowed(ctx);
  for (const name of due) {
    if (allow(2) < 2) break;
    const told = await one(ctx, name, allow, await definitionsOf(ctx).catch(() => []), kept.get(name));
    if (told !== undefined) kept.set(name, told);
  }
  return { nodes: Object.fromEntries([...kept].sort(([a], [b]) => a.localeCompare(b))) };
};

export const arrays: Monitor<Config, Client, typeof Arrays> = {
  title: "ZFS and thin pools",
  every: "4m",
  deadline: "30s",
  state: Arrays,
  read,
  alerts: (now, { open }) => arrayAlerts(Object.values(now.nodes), open),
};
