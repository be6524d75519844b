// How the cluster defines its storages: read once in a quarter of an hour for all monitors that need it. What was read last stays when a reading fails.
import type { Ctx } from "../context.ts";
import { type Definition, Definitions } from "../shapes/store.ts";
import { perClient } from "./turns.ts";

const EVERY_MS = 15 * 60_000;
/** A failed reading is tried again this soon. */
const AGAIN_MS = 60_000;

type Known = { at: number; list: readonly Definition[]; pending: Promise<readonly Definition[]> | undefined };

const knownBy = perClient((): Known => ({ at: Number.NEGATIVE_INFINITY, list: [], pending: undefined }));

/** As read last, without asking. */
export const definitionsKnown = (client: Ctx["client"]): readonly Definition[] => knownBy(client).list;

export const definitionsOf = async (ctx: Ctx): Promise<readonly Definition[]> => {
  const known = knownBy(ctx.client);
  if (ctx.now() - known.at < EVERY_MS) return known.list;
  known.pending ??= ctx.client.get(ctx, "/storage", Definitions).finally(() => {
    known.pending = undefined;
  });
  try {
    known.list = await known.pending;
    known.at = ctx.now();
  } catch (thrown) {
    if (known.list.length === 0) throw thrown;
    known.at = ctx.now() - EVERY_MS + AGAIN_MS;
  }
  return known.list;
};
