// The newest backup of each guest, from the storages that hold backups: shared ones asked once, local ones on their nodes, some at each reading. A storage that does not answer keeps what it told, and makes the picture incomplete.
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { Volumes } from "../shapes/backup.ts";
import { isShared, storeId } from "../shapes/store.ts";
import type { Allow } from "./allowance.ts";
import { definitionsOf } from "./definitions.ts";
import { inTurn, keepOnly, perClient } from "./turns.ts";

const [MOST_A_READING, MOST_STORES] = [3, 200];
/** Older than this, a storage's list proves nothing about the last night. */
const KNOWN_FOR_MS = 2 * 3_600_000;

export interface Newest {
  readonly at: number;
  readonly storage: string;
  readonly volid: string;
  readonly verification: string | undefined;
  readonly count: number;
}

interface Listed {
  readonly at: number;
  readonly newest: ReadonlyMap<number, Newest>;
}

const keptBy = perClient(() => new Map<string, Listed>());

interface Place {
  readonly id: string;
  readonly node: string;
  readonly storage: string;
}

const placesOf = async (ctx: Ctx, online: readonly string[]): Promise<Place[]> => {
  const definitions = (await definitionsOf(ctx)).filter(({ content, disable }) => disable !== true && content?.includes("backup"));
  return definitions
    .flatMap((one) => {
      const nodes = online.filter((node) => one.nodes?.includes(node) ?? true);
      return (isShared(one) ? nodes.slice(0, 1) : nodes).map((node) => ({ id: storeId(one.storage, isShared(one) ? undefined : node), node, storage: one.storage }));
    })
    .slice(0, MOST_STORES);
};

const listOf = async (ctx: Ctx, { node, storage }: Place): Promise<Listed> => {
  const volumes = await ctx.client.get(ctx, path`/nodes/${node}/storage/${storage}/content`, Volumes, { content: "backup" });
  const newest = new Map<number, Newest>();
  for (const { vmid, ctime, volid, verification } of volumes) {
    if (vmid === undefined || ctime === undefined) continue;
    const known = newest.get(vmid);
    const count = (known?.count ?? 0) + 1;
    newest.set(vmid, known !== undefined && known.at >= ctime * 1000 ? { ...known, count } : { at: ctime * 1000, storage, volid, verification: verification?.state, count });
  }
  return { at: ctx.now(), newest };
};

/** `complete`: every storage with backups told what lies on it lately. */
export const newestBackups = async (ctx: Ctx, allow: Allow, online: readonly string[]): Promise<{ newest: ReadonlyMap<number, Newest>; complete: boolean; silent: string[] }> => {
  const kept = keptBy(ctx.client);
  const places = await placesOf(ctx, online);
  keepOnly(
    kept,
    places.map(({ id }) => id),
  );
  const due = new Set(
    inTurn(
      places.map(({ id }) => id),
      (id) => kept.get(id)?.at,
      MOST_A_READING,
    ),
  );
  for (const place of places.filter(({ id }) => due.has(id))) {
    if (allow(1) < 1) break;
    const listed = await listOf(ctx, place).catch(() => undefined);
    if (listed !== undefined) kept.set(place.id, listed);
  }
  const newest = new Map<number, Newest>();
  for (const { newest: mine } of kept.values())
    for (const [vmid, one] of mine) {
      const known = newest.get(vmid);
      const count = one.count + (known?.count ?? 0);
      newest.set(vmid, known !== undefined && known.at >= one.at ? { ...known, count } : { ...one, count });
    }
  const silent = places.filter(({ id }) => ctx.now() - (kept.get(id)?.at ?? Number.NEGATIVE_INFINITY) > KNOWN_FOR_MS).map(({ id }) => id);
  return { newest, complete: silent.length === 0 && places.length > 0, silent };
};
