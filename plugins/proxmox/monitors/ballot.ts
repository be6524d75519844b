// How the cluster counts its votes, read rarely and kept: each hour, every ten minutes where a QDevice votes, when a node has come or gone, and whenever an act asks. What was read last stays when a reading fails, and says so.
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { type Ballot, type Device, DeviceStatus, deviceOf, VoteRows, weightsOf } from "../shapes/votes.ts";
import { perClient } from "./turns.ts";

const MINUTE_MS = 60_000;
const [EVERY_MS, WATCHED_MS, AGAIN_MS] = [60 * MINUTE_MS, 10 * MINUTE_MS, 5 * MINUTE_MS];
/** Older than this it is no knowledge any more. */
const GOOD_MS = 24 * 60 * MINUTE_MS;
/** Membership is told without it when it takes longer. */
const PATIENCE_MS = 3000;
const LONGEST_WORDS = 300;

interface Good {
  readonly at: number;
  readonly weights: Ballot["weights"];
  readonly device: Device | undefined;
  /** When its daemon was last there. */
  readonly deviceAt: number;
}
interface Kept {
  good: Good | undefined;
  /** Why the last reading brought nothing, and which one it was. */
  failed: string | undefined;
  tried: number;
  members: string;
  pending: Promise<void> | undefined;
}
const keptBy = perClient((): Kept => ({ good: undefined, failed: undefined, tried: Number.NEGATIVE_INFINITY, members: "", pending: undefined }));

/** A QDevice's daemon that is gone from the asked node answers as if there had never been one: it is silent until a day has passed, and then forgotten. */
const missed = (kept: Kept, now: number): Device | undefined => {
  const { device, deviceAt = 0 } = kept.good ?? {};
  if (device === undefined || now - deviceAt >= GOOD_MS) return undefined;
  return { ...device, answers: false, state: "not running on the node that was asked" };
};

const readInto = async (ctx: Ctx, kept: Kept): Promise<void> => {
  const [nodes, device] = await Promise.all([ask(ctx.client.get(ctx, "/cluster/config/nodes", VoteRows)), ask(ctx.client.get(ctx, "/cluster/config/qdevice", DeviceStatus))]);
  const now = ctx.now();
  kept.tried = now;
  if (nodes.value === undefined || device.value === undefined) {
    const [path, words] = nodes.value === undefined ? ["nodes", nodes.words] : ["qdevice", device.words];
    kept.failed = `/cluster/config/${path} could not be read: ${words ?? "no answer"}`.slice(0, LONGEST_WORDS).replace(/\.$/, "");
    return;
  }
  const weights = weightsOf(nodes.value);
  const told = deviceOf(device.value, weights);
  kept.failed = undefined;
  kept.good = { at: now, weights, device: told ?? missed(kept, now), deviceAt: told === undefined ? (kept.good?.deviceAt ?? now) : now };
};

const readOnce = (ctx: Ctx, kept: Kept): Promise<void> => {
  kept.pending ??= readInto(ctx, kept).finally(() => {
    kept.pending = undefined;
  });
  return kept.pending;
};

const ballotOf = ({ good, failed }: Kept, now: number): Ballot => {
  if (good === undefined || now - good.at >= GOOD_MS)
    return { weights: {}, device: undefined, doubt: `votes are counted as one each, as ${failed ?? "/cluster/config/nodes has not answered yet"}` };
  const doubt = failed === undefined ? undefined : `votes are counted as they were ${Math.max(1, Math.round((now - good.at) / MINUTE_MS))} minutes ago, as ${failed}`;
  return { weights: good.weights, device: good.device, doubt };
};

const isDue = (kept: Kept, now: number, members: string): boolean => {
  if (kept.members !== members) return true;
  const every = kept.failed !== undefined ? AGAIN_MS : kept.good?.device === undefined ? EVERY_MS : WATCHED_MS;
  return now - kept.tried >= every;
};

type Members = readonly { readonly name: string; readonly online: boolean }[];

/** Undefined where a single node is the whole house: nobody votes there. */
export const ballotKept = async (ctx: Ctx, nodes: Members): Promise<Ballot | undefined> => {
  if (nodes.length < 2) return undefined;
  const kept = keptBy(ctx.client);
  const members = nodes
    .filter(({ online }) => online)
    .map(({ name }) => name)
    .sort()
    .join(" ");
  if (isDue(kept, ctx.now(), members)) {
    kept.members = members;
    await Promise.race([readOnce(ctx, kept), ctx.pause(PATIENCE_MS)]);
  }
  return ballotOf(kept, ctx.now());
};

/** As it is now, for whoever decides by it. */
export const ballotNow = async (ctx: Ctx, nodes: Members): Promise<Ballot | undefined> => {
  if (nodes.length < 2) return undefined;
  const kept = keptBy(ctx.client);
  await readOnce(ctx, kept);
  return ballotOf(kept, ctx.now());
};
