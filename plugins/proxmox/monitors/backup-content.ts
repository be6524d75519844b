// The newest backup of each guest, from the storages that hold backups: shared ones asked once, local ones on their nodes, some at each reading. A storage that does not answer keeps what it told, and makes the picture incomplete.
import { type BackupEye, backupEye } from "../client/backup-eye.ts";
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

interface Nodes {
  readonly all: readonly string[];
  readonly online: readonly string[];
}

/** `there`: those that can be asked now. What lies on a node that is off is out of reach and not gone. */
const placesOf = async (ctx: Ctx, { all, online }: Nodes): Promise<{ there: Place[]; ids: string[] }> => {
  const definitions = (await definitionsOf(ctx)).filter(({ content, disable }) => disable !== true && content?.includes("backup"));
  const places = definitions.flatMap((one) => {
    const nodes = all.filter((node) => one.nodes?.includes(node) ?? true);
    const up = nodes.filter((node) => online.includes(node));
    return (isShared(one) ? up.slice(0, 1) : nodes).map((node) => ({ id: storeId(one.storage, isShared(one) ? undefined : node), node, storage: one.storage }));
  });
  const some = places.slice(0, MOST_STORES);
  return { there: some.filter(({ node }) => online.includes(node)), ids: some.map(({ id }) => id) };
};

const listOf = async (ctx: Ctx, eye: BackupEye, { node, storage }: Place): Promise<Listed> => {
  const volumes = await eye.get(path`/nodes/${node}/storage/${storage}/content`, Volumes, { content: "backup" });
  const newest = new Map<number, Newest>();
  for (const { vmid, ctime, volid, verification } of volumes) {
    if (vmid === undefined || ctime === undefined) continue;
    const known = newest.get(vmid);
    const count = (known?.count ?? 0) + 1;
    newest.set(vmid, known !== undefined && known.at >= ctime * 1000 ? { ...known, count } : { at: ctime * 1000, storage, volid, verification: verification?.state, count });
  }
  return { at: ctx.now(), newest };
};

interface Found {
  readonly newest: ReadonlyMap<number, Newest>;
  /** Every storage with backups told what lies on it lately. */
  readonly complete: boolean;
  readonly silent: string[];
  /** Why backups are not listed, `unknown: needs X on Y`. */
  readonly unknown: string[];
  /** Whether some of this guest's backups may be left out. */
  hides(vmid: number): boolean;
}

export const newestBackups = async (ctx: Ctx, allow: Allow, nodes: Nodes): Promise<Found> => {
  const kept = keptBy(ctx.client);
  const { there, ids } = await placesOf(ctx, nodes);
  keepOnly(kept, ids);
  const eye = await backupEye(ctx);
  const dark = there.filter(({ storage }) => eye.blind(storage) !== undefined);
  const places = there.filter((place) => !dark.includes(place));
  const due = new Set(
    inTurn(
      places.map(({ id }) => id),
      (id) => kept.get(id)?.at,
      MOST_A_READING,
    ),
  );
  for (const place of places.filter(({ id }) => due.has(id))) {
    if (allow(1) < 1) break;
    const listed = await listOf(ctx, eye, place).catch(() => undefined);
    if (listed === undefined) continue;
    // A guest whose backups are left out of the list has those it was known to have.
    const hidden = [...(kept.get(place.id)?.newest ?? [])].filter(([vmid]) => !listed.newest.has(vmid) && eye.hides(place.storage, vmid) !== undefined);
    kept.set(place.id, { ...listed, newest: new Map([...listed.newest, ...hidden]) });
  }
  const newest = new Map<number, Newest>();
  for (const { newest: mine } of kept.values())
    for (const [vmid, one] of mine) {
      const known = newest.get(vmid);
      const count = one.count + (known?.count ?? 0);
      newest.set(vmid, known !== undefined && known.at >= one.at ? { ...known, count } : { ...one, count });
    }
  const silent = [...dark, ...places.filter(({ id }) => ctx.now() - (kept.get(id)?.at ?? Number.NEGATIVE_INFINITY) > KNOWN_FOR_MS)].map(({ id }) => id);
  return {
    newest,
    complete: silent.length === 0 && places.length > 0,
    silent,
    unknown: [...new Set(dark.flatMap(({ storage }) => eye.blind(storage) ?? []))],
    hides: (vmid) => places.some(({ storage }) => eye.hides(storage, vmid) !== undefined),
  };
};
