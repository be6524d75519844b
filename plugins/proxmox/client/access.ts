// Reads what our credentials may, rarely: once in a quarter of an hour, sooner after a 403. Keeps the last good answer; what it never read is neither granted nor missing.
import { z } from "jarvis";
import { looseText } from "../shapes/loose.ts";
import type { Role } from "./credential.ts";
import { type Feature, NEEDS } from "./needs.ts";
import { type Lack, lacksOf, Permissions } from "./rights.ts";
import type { Caller } from "./transport.ts";

const EVERY_MS = 15 * 60_000;
const AT_LEAST_MS = 60_000;

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
  /** What is held and what lacks; `fresh`: not older than a minute. Throws what the reading threw when nothing was ever read. */
  rights(ctx: Caller, options?: { fresh?: boolean }): Promise<Rights>;
  /** What is not seen or not done for want of a right, by the last reading; empty also while nothing was read. */
  missing(feature?: Feature): readonly Lack[];
  /** Proxmox said 403: the last reading may be old. */
  denied(): void;
}

interface Sources {
  readonly who: (role: Role) => string | undefined;
  readonly read: <S extends z.ZodType>(ctx: Caller, path: string, shape: S, role: Role) => Promise<z.output<S>>;
}

const majorOf = (version: string | undefined): number | undefined => {
  const major = Number.parseInt(version ?? "", 10);
  return Number.isNaN(major) ? undefined : major;
};

export const createAccess = ({ who, read }: Sources): Access => {
  let last: Rights | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let doubted = false;
  let pending: Promise<Rights> | undefined;

  const heldBy = async (ctx: Caller, role: Role, release: number | undefined): Promise<Held> => {
    const tree = await read(ctx, "/access/permissions", Permissions, role);
    const needs = NEEDS.filter((need) => need.role === role);
    const lacks = lacksOf(tree, needs, release);
    return { who: who(role) ?? "", tree, lacks: lacks.filter(({ need }) => !need.extra), extras: lacks.filter(({ need }) => need.extra) };
  };

  const look = async (ctx: Caller): Promise<Rights> => {
    const { version, release } = await read(ctx, "/version", Version, "read");
    const major = majorOf(release ?? version);
    const readHeld = await heldBy(ctx, "read", major);
    const act = who("act");
    const actHeld = act === undefined ? undefined : await heldBy(ctx, "act", major);
    return { at: ctx.now(), version: version ?? release, read: readHeld, ...(actHeld === undefined ? {} : { act: actHeld }) };
  };

  const rights: Access["rights"] = async (ctx, { fresh = false } = {}) => {
    const now = ctx.now();
    const due = last === undefined || now - last.at >= (fresh || doubted ? AT_LEAST_MS : EVERY_MS);
    if (last && (!due || now - triedAt < AT_LEAST_MS)) return last;
    triedAt = now;
    pending ??= look(ctx).finally(() => {
      pending = undefined;
    });
    try {
      last = await pending;
      doubted = false;
      return last;
    } catch (thrown) {
      if (last === undefined) throw thrown;
      return last;
    }
  };

  return {
    rights,
    missing(feature) {
      const all = last === undefined ? [] : [...last.read.lacks, ...last.read.extras, ...(last.act === undefined ? [] : [...last.act.lacks, ...last.act.extras])];
      return feature === undefined ? all : all.filter(({ need }) => need.feature === feature);
    },
    denied() {
      doubted = true;
    },
  };
};
