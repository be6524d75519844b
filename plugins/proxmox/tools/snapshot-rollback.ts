// proxmox_guest_snapshot_rollback: back to a snapshot. All written since is lost, so it is never a repair of Jarvis's own (hazard 36). Where HA keeps a running guest it refuses: HA would fight it.
import { type Preflight, type Verdict, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { Current, stateOf } from "../shapes/guest.ts";
import { withBackup } from "./backup-fact.ts";
import { baseOf } from "./base.ts";
import { guestAct } from "./guest-act.ts";
import { refused, withFacts } from "./guest-task.ts";
import { atPlace, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { named, SnapshotName } from "./snapshot-make.ts";
import { snapshotsOf } from "./snapshots.ts";

const Input = z
  .object({
    ...guestInput,
    snapshot: SnapshotName.describe("The snapshot to go back to"),
    start: z.boolean().optional().describe("Start the guest afterwards; it is left stopped unless said, or unless the snapshot holds its memory"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

const ZFS_WORDS = "On ZFS only the newest snapshot can be gone back to.";

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, place } = await lookAtGuest(ctx, input, { memory: false, pastHa: "running" });
  const { found, age } = await named(ctx, place, input.snapshot);
  if (found.unfinished) throw refused(`Snapshot ${input.snapshot} of ${place.name} is unfinished, and nothing can be rolled back to it.`);
  return withFacts(await withBackup(ctx, facts), {
    snapshot: input.snapshot,
    loses: `everything written since snapshot ${input.snapshot}, ${age}`,
    starts: String(input.start === true || found.withMemory),
  });
};

const verify = async (ctx: Ctx, input: Input, starts: boolean): Promise<Verdict> => {
  const { value, place } = await atPlace(ctx, await locateInput(ctx, input), (client, at) =>
    Promise.all([client.get(ctx, `${baseOf(at)}/status/current`, Current), snapshotsOf(ctx, at)]),
  );
  const [current, snapshots] = value;
  const state = stateOf(current);
  if (current.lock !== undefined) return { ok: false, words: `${place.name} is locked (${current.lock}).` };
  if (snapshots.parent !== input.snapshot) return { ok: false, words: `${place.name} stands on ${snapshots.parent ?? "no snapshot"}, not on ${input.snapshot}.` };
  if (starts && state !== "running") return { ok: false, words: `${place.name} stands on ${input.snapshot} and is ${state}, though it should run.` };
  return { ok: true, words: `${place.name} stands on ${input.snapshot} and is ${state}.` };
};

export const snapshotRollback = guestAct({
  title: "Roll back to a snapshot",
  about: `Puts a guest back to one of its snapshots: everything written since is lost for good, and a running guest is stopped. ${ZFS_WORDS} Back up first.`,
  effect: "destructive",
  input: Input,
  what: "rollback",
  types: ["qmrollback", "vzrollback"],
  deadlineSeconds: 1800,
  verifySeconds: 120,
  preflight,
  send: async (ctx, place, { snapshot, start }) => {
    const upid = await ctx.client.post(ctx, `${baseOf(place)}${path`/snapshot/${snapshot}/rollback`}`, start === true ? { start: true } : {});
    return { upid, text: `Asked ${place.node} to roll ${place.name} (${place.vmid}) back to ${snapshot}.`, data: { snapshot } };
  },
  verify: (ctx, input, sent) => verify(ctx, input, sent.preflight?.facts?.starts === "true"),
});
