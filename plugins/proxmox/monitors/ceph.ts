// Monitor `ceph`: the health of a cluster's Ceph, where there is one; where there is none it is asked again seldom. It only looks.
import { JarvisError, type Monitor } from "jarvis";
import { cephAlerts } from "../alerts/storage-ceph.ts";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { CephStatus } from "../shapes/ceph.ts";
import { Ceph } from "./ceph-state.ts";
import { perClient } from "./turns.ts";

const AGAIN_MS = 6 * 3_600_000;

const lastBy = perClient((): { askedAt: number; state: Ceph } => ({ askedAt: Number.NEGATIVE_INFINITY, state: { present: false } }));

/** No Ceph is a 500 or 501 of a node that answers; it says nothing about the cluster. */
const isAbsent = (thrown: unknown): boolean => thrown instanceof JarvisError && (thrown.type === "upstream" || thrown.type === "not_found");

const read = async (ctx: Ctx): Promise<Ceph> => {
  const last = lastBy(ctx.client);
  if (!last.state.present && ctx.now() - last.askedAt < AGAIN_MS) return last.state;
  if (laneOf(ctx.client).take(ctx.now(), 1, "idle") < 1) return last.state;
  try {
    const { health, checks, used, total } = await ctx.client.get(ctx, "/cluster/ceph/status", CephStatus);
    last.state =
      health === undefined
        ? { present: false }
        : {
            present: true,
            at: new Date(ctx.now()).toISOString(),
            health,
            checks,
            ...(used === undefined ? {} : { usedBytes: used }),
            ...(total === undefined ? {} : { totalBytes: total }),
          };
  } catch (thrown) {
    if (thrown instanceof JarvisError && thrown.type === "upstream_denied") last.state = { ...last.state, unknown: `unknown: ${thrown.message}`.slice(0, 500) };
    else if (isAbsent(thrown)) last.state = { present: false };
    else throw thrown;
  }
  last.askedAt = ctx.now();
  return last.state;
};

export const ceph: Monitor<Config, Client, typeof Ceph> = { title: "Ceph", every: "10m", state: Ceph, read, alerts: (now) => cephAlerts(now) };
