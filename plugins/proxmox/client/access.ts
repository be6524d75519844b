// Reads what our credentials may, rarely: once in a quarter of an hour, sooner after a 403. Keeps the last good answer for missing(); what it never read is neither granted nor missing.
import { z } from "jarvis";
import { looseText } from "../shapes/loose.ts";
import type { Role } from "./credential.ts";
import { type Feature, NEEDS } from "./needs.ts";
import type { Query } from "./path.ts";
import { type Lack, lacksOf, Permissions } from "./rights.ts";
import type { Caller } from "./transport.ts";

const EVERY_MS = 15 * 60_000;
const AT_LEAST_MS = 60_000;
/** A doubt waits for a good moment too, and not for long. */
const DOUBT_WAITS_MS = 8 * AT_LEAST_MS;

const Version = z.object({ release: looseText, version: looseText });

export interface Held {
  readonly who: string;
  readonly tree: Permissions;
  /** Of the roles that set-up prints. */
  readonly lacks: readonly Lack[];
  /** Of what is only asked for by who wants it. */
  readonly extras: readonly Lack[];
}

export interface Rights {
  /** Epoch ms, ours. */
  readonly at: number;
  /** `9.1.6`; undefined when the node does not say. */
  readonly version: string | undefined;
  readonly read: Held;
  /** Absent when there is no act token. */
  readonly act?: Held;
}

export interface Access {
  /**
   * What is held and what lacks; `fresh`: read now; `waits`: whether it is a bad moment for so many calls, as it may be for one more interval. Throws what the
   * reading threw: what was held before is not told for what is held now.
   */
  rights(ctx: Caller, options?: { fresh?: boolean; waits?: (calls: number) => boolean }): Promise<Rights>;
  /** What is not seen or not done for want of a right, by the last good reading; empty also while nothing was read. */
  missing(feature?: Feature): readonly Lack[];
  /** Paths and privileges of one credential, read at most so long ago. Throws what the reading threw. */
  tree(ctx: Caller, role: Role, maxAgeMs: number): Promise<Permissions>;
  /** What a credential may on this very path as Proxmox itself decides it now, pools included. */
  held(ctx: Caller, role: Role, path: string): Promise<ReadonlySet<string>>;
  /** Proxmox said 403, or something that was listed is not any more: the last reading may be old. */
  denied(): void;
}

interface Sources {
  readonly who: (role: Role) => string | undefined;
  readonly read: <S extends z.ZodType>(ctx: Caller, path: string, shape: S, role: Role, query?: Query) => Promise<z.output<S>>;
}

const majorOf = (version: string | undefined): number | undefined => {
  const major = Number.parseInt(version ?? "", 10);
  return Number.isNaN(major) ? undefined : major;
};

export const createAccess = ({ who, read: ask }: Sources): Access => {
  let last: Rights | undefined;
  let failed: { at: number; error: unknown } | undefined;
  let doubted = false;
  let pending: Promise<Rights> | undefined;
  const trees = new Map<Role, { at: number; tree: Permissions }>();

  const heldOf = (role: Role, tree: Permissions, release: number | undefined): Held => {
    const lacks = lacksOf(
      tree,
      NEEDS.filter((need) => need.role === role),
      release,
    );
    return { who: who(role) ?? "", tree, lacks: lacks.filter(({ need }) => !need.extra), extras: lacks.filter(({ need }) => need.extra) };
  };

  const treeOf = async (ctx: Caller, role: Role): Promise<Permissions> => {
    const tree = await ask(ctx, "/access/permissions", Permissions, role);
    trees.set(role, { at: ctx.now(), tree });
    return tree;
  };

  const heldBy = async (ctx: Caller, role: Role, release: number | undefined): Promise<Held> => heldOf(role, await treeOf(ctx, role), release);

  const look = async (ctx: Caller): Promise<Rights> => {
    const { version, release } = await ask(ctx, "/version", Version, "read");
    const major = majorOf(release ?? version);
    const readHeld = await heldBy(ctx, "read", major);
    const act = who("act");
    const actHeld = act === undefined ? undefined : await heldBy(ctx, "act", major);
    return { at: ctx.now(), version: version ?? release, read: readHeld, ...(actHeld === undefined ? {} : { act: actHeld }) };
  };

  const read = (ctx: Caller): Promise<Rights> => {
    pending ??= look(ctx).finally(() => {
      pending = undefined;
    });
    return pending;
  };

  const rights: Access["rights"] = async (ctx, { fresh = false, waits = () => false } = {}) => {
    const now = ctx.now();
    if (!fresh && failed && now - failed.at < AT_LEAST_MS) throw failed.error;
    if (!fresh && last && now - last.at < (doubted ? AT_LEAST_MS : EVERY_MS)) return last;
    if (!fresh && last && now - last.at < (doubted ? DOUBT_WAITS_MS : 2 * EVERY_MS) && waits(who("act") === undefined ? 2 : 3)) return last;
    try {
      last = await read(ctx);
      [doubted, failed] = [false, undefined];
      return last;
    } catch (error) {
      failed = { at: now, error };
      throw error;
    }
  };

  /** Only the one list is asked for, and what lacks by it is known at once. */
  const tree: Access["tree"] = async (ctx, role, maxAgeMs) => {
    const known = trees.get(role);
    if (known !== undefined && ctx.now() - known.at <= maxAgeMs) return known.tree;
    const read = await treeOf(ctx, role);
    if (last?.[role] !== undefined) last = { ...last, [role]: heldOf(role, read, majorOf(last.version)) };
    return read;
  };

  return {
    rights,
    tree,
    held: async (ctx, role, path) =>
      new Set(Object.entries(await ask(ctx, "/access/permissions", Permissions, role, { path })).flatMap(([at, own]) => (at === path ? Object.keys(own) : []))),
    missing(feature) {
      const all = last === undefined ? [] : [...last.read.lacks, ...last.read.extras, ...(last.act === undefined ? [] : [...last.act.lacks, ...last.act.extras])];
      return feature === undefined ? all : all.filter(({ need }) => need.feature === feature);
    },
    denied() {
      doubted = true;
    },
  };
};
