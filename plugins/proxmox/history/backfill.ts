// The past of a node, guest or storage from Proxmox's own rrd files: one frame at an asking, in the slow lane's last share. Not now, when the lane is full, its node is away or nobody knows the resource.
import type { Past, PastWanted } from "jarvis";
import { laneOf } from "../client/lane.ts";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import type { Entry } from "../shapes/resources.ts";
import { storeId } from "../shapes/store.ts";
import { frameAfter, frameNamed } from "./frames.ts";
import { figuresOf, Points, type RrdKind, stepOf } from "./rrd.ts";

interface Source {
  readonly kind: RrdKind;
  readonly node: string;
  readonly path: string;
}

const sourceIn = (entry: Entry, resource: string): Source | undefined => {
  const { type, node, vmid, storage } = entry;
  if (node === undefined) return undefined;
  if (type === "node" && resource === `node/${node.toLowerCase()}`) return { kind: "node", node, path: path`/nodes/${node}/rrddata` };
  if ((type === "qemu" || type === "lxc") && vmid !== undefined && resource === `guest/${vmid}`) return { kind: type, node, path: path`/nodes/${node}/${type}/${vmid}/rrddata` };
  if (type === "storage" && storage !== undefined && resource === storeId(storage, entry.shared ? undefined : node))
    return { kind: "storage", node, path: path`/nodes/${node}/storage/${storage}/rrddata` };
  return undefined;
};

/** Where its file lies: on any node that is there, for a shared storage. */
const sourceOf = (entries: readonly Entry[], resource: string): Source | undefined => {
  const away = new Set(entries.flatMap(({ type, node, status }) => (type === "node" && node !== undefined && status !== "online" ? [node] : [])));
  for (const entry of entries) {
    const found = entry.node !== undefined && away.has(entry.node) ? undefined : sourceIn(entry, resource);
    if (found) return found;
  }
  return undefined;
};

export const backfill = async (ctx: Ctx, { resource, sinceMs, next }: PastWanted): Promise<Past | undefined> => {
  const source = sourceOf(ctx.client.memory.latest()?.entries ?? [], resource);
  if (source === undefined || laneOf(ctx.client).take(ctx.now(), 1, "past") < 1) return undefined;
  const frame = frameNamed(next);
  const points = await ctx.client.get({ ...ctx, cause: "past" }, source.path, Points, { timeframe: frame, cf: "AVERAGE" });
  const stepSeconds = stepOf(points);
  const [first] = points;
  // A young thing may have no points yet; then there is no past of it.
  if (stepSeconds === undefined || first?.time === undefined) return { stepSeconds: 60, figures: {} };
  const aheadMs = ctx.client.serverTime(ctx) - ctx.now();
  const after = frameAfter(frame, { firstMs: first.time * 1000 - aheadMs, stepSeconds, sinceMs });
  return { stepSeconds, figures: figuresOf(source.kind, points, { aheadMs, sinceMs, stepSeconds }), ...(after === undefined ? {} : { next: after }) };
};
