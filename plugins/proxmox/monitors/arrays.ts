// Monitor `arrays`: the ZFS pools and thin pools of each node in turn: health, errors of members, scrub, and room for data and metadata. What a node has not told yet is left out.
import { byText, JarvisError, type Monitor, type z } from "jarvis";
import { arrayAlerts } from "../alerts/storage-array.ts";
import { isLookedAt } from "../alerts/tell.ts";
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
const keptBy = perClient(() => ({ nodes: new Map<string, NodeArrays>(), tried: new Map<string, number>() }));

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

/** What becomes of one half: its rows, none where its tools are not installed, or what was told last with the words why there is nothing newer. */
interface Half<T> {
  readonly rows: T[];
  readonly words?: string;
  readonly silent?: true;
}
const NOT_THERE = /(?:zfsutils-linux|lvm2) not installed/i;

const halfOf = <T>(node: string, settled: PromiseSettledResult<T[]>, last: readonly T[] | undefined): Half<T> => {
  if (settled.status === "fulfilled") return { rows: settled.value };
  const { reason } = settled;
  if (reason instanceof JarvisError && NOT_THERE.test(reason.message)) return { rows: [] };
  const message = reason instanceof Error ? reason.message : String(reason);
  const denied = reason instanceof JarvisError && reason.type === "upstream_denied";
  return { rows: [...(last ?? [])], words: denied ? `unknown: needs Sys.Audit on /nodes/${node} (${message})` : `not read (${message})`, ...(denied ? {} : { silent: true }) };
};

/** One half takes nothing from the other. A node of which neither answered keeps what it told last. */
const one = async (ctx: Ctx, name: string, allow: Allow, definitions: readonly Definition[], before: NodeArrays | undefined): Promise<NodeArrays | undefined> => {
  const settled = await Promise.allSettled([zfsOf(ctx, name, allow, definitions), thinOf(ctx, name, definitions)]);
  const [zfs, thin] = [halfOf(name, settled[0], before?.zfs), halfOf(name, settled[1], before?.thin)];
  if (zfs.silent && thin.silent) return before;
  const unknown = [...new Set([zfs.words, thin.words])]
    .filter((words) => words !== undefined)
    .join("; ")
    .slice(0, 500);
  return { name, at: new Date(ctx.now()).toISOString(), zfs: zfs.rows, thin: thin.rows, ...(unknown === "" ? {} : { unknown }) };
};

const read = async (ctx: Ctx): Promise<z.output<typeof Arrays>> => {
  const { all, online } = membersOf((await ctx.client.memory.shared(ctx.now(), FRESH_MS, ctx.signal)).entries);
  const { nodes, tried } = keptBy(ctx.client);
  keepOnly(nodes, all);
  keepOnly(tried, all);
  // By who was tried longest ago, so that a node that does not answer keeps nobody else waiting.
  const due = inTurn(online, (name) => tried.get(name), Math.min(MOST_NODES, Math.ceil(online.length / SHARE)));
  const allow = allowed(ctx);
  for (const name of due) {
    if (allow(2) < 2) break;
    tried.set(name, ctx.now());
    const told = await one(ctx, name, allow, await definitionsOf(ctx).catch(() => []), nodes.get(name));
    if (told !== undefined) nodes.set(name, told);
  }
  return { nodes: Object.fromEntries([...nodes].sort(([a], [b]) => byText(a, b))) };
};

export const arrays: Monitor<Config, Client, typeof Arrays> = {
  title: "ZFS and thin pools",
  every: "4m",
  deadline: "3m",
  state: Arrays,
  read,
  alerts: (now, { open }) => arrayAlerts(Object.values(now.nodes), open),
  knows: (now, alert) => isLookedAt(now.nodes, alert),
};
