// proxmox_guest_snapshot_create and _delete: by name, so that a lost reply can be told from the list. Without memory, so that nothing pauses. Refuses a thin pool that is nearly full.
import { type Preflight, type Sent, type Trace, type Verdict, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { baseOf } from "./base.ts";
import { guestAct } from "./guest-act.ts";
import { disksOf } from "./guest-disks.ts";
import { refuseThin, storesOn } from "./guest-room.ts";
import { factOf, mustFact, refused, undoneBy, withFacts } from "./guest-task.ts";
import { atPlace, type GuestInput, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { ageWords, type Snapshots, snapshotsOf } from "./snapshots.ts";
import { traceOf } from "./trace.ts";

export const SnapshotName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{1,39}$/, "a letter, then letters, digits, - and _, 40 at most")
  .refine((name) => name !== "current" && name !== "pending", "that name is Proxmox's own");

const MOST_SNAPSHOTS = 50;

const CreateInput = z
  .object({
    ...guestInput,
    snapshot: SnapshotName.optional().describe("Its name; jarvis-DATE-TIME unless said"),
    description: z.string().max(500).optional().describe("What it was made for, kept with it"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH);

const nameAt = (ms: number): string => `jarvis-${new Date(ms).toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "-")}`;

const toCreate = async (ctx: Ctx, input: z.output<typeof CreateInput>): Promise<Preflight> => {
  const { preflight, place, config } = await lookAtGuest(ctx, input, { memory: false });
  if (config === undefined) throw refused(`The configuration of ${place.name} could not be read, so which storages a snapshot would fill is not known.`);
  const [snapshots, stores] = await Promise.all([snapshotsOf(ctx, place), storesOn(ctx, place.node)]);
  const name = input.snapshot ?? nameAt(preflight.serverTimeMs ?? ctx.client.serverTime(ctx));
  if (snapshots.all.some((one) => one.name === name)) throw refused(`${place.name} has a snapshot ${name} already; give another name.`);
  if (snapshots.all.length >= MOST_SNAPSHOTS) throw refused(`${place.name} has ${snapshots.all.length} snapshots already; delete old ones first (proxmox_guest_snapshot_list).`);
  refuseThin(stores, disksOf(config), place.node);
  return withFacts(preflight, { snapshot: name });
};

const listed = async (ctx: Ctx, input: GuestInput): Promise<Snapshots> => (await atPlace(ctx, await locateInput(ctx, input), (_, at) => snapshotsOf(ctx, at))).value;

const verifyThere = async (ctx: Ctx, input: GuestInput, name: string): Promise<Verdict> => {
  const found = (await listed(ctx, input)).all.find((one) => one.name === name);
  if (found === undefined) return { ok: false, words: `There is no snapshot ${name} in the list.` };
  return { ok: !found.unfinished, words: found.unfinished ? `Snapshot ${name} is in the list, unfinished.` : `Snapshot ${name} is in the list.` };
};

/** The task is the first evidence; where its list is unclear, the name is: nobody else makes one of it by chance. */
const traceByName = async (ctx: Ctx, input: GuestInput, sent: Sent, name: string): Promise<Trace> => {
  const byTask = await traceOf(ctx, input, sent, ["qmsnapshot", "vzsnapshot"]);
  if (byTask.found !== "absence" && byTask.found !== "superseded") return byTask;
  const found = (await listed(ctx, input)).all.find((one) => one.name === name);
  return found === undefined ? byTask : { found: "unclear", words: `Snapshot ${name} is there, but no task of ours made it: ${byTask.words}`.slice(0, 1000) };
};

export const snapshotCreate = guestAct({
  title: "Take a snapshot",
  about:
    "Takes a snapshot of a guest's disks, without its memory, so nothing pauses. A snapshot is no backup: it lies on the same disks. Look at proxmox_guest_snapshot_list first.",
  effect: "reversible",
  input: CreateInput,
  what: "snapshot",
  types: ["qmsnapshot", "vzsnapshot"],
  deadlineSeconds: 600,
  preflight: toCreate,
  send: async (ctx, place, { description }, sent) => {
    const snapname = mustFact(sent, "snapshot");
    const upid = await ctx.client.post(ctx, `${baseOf(place)}/snapshot`, { snapname, description: description ?? "taken by Jarvis" });
    return { upid, text: `Asked ${place.node} for snapshot ${snapname} of ${place.name} (${place.vmid}).`, data: { snapshot: snapname } };
  },
  undo: (_, sent) => undoneBy(sent, "guest_snapshot_delete", { snapshot: factOf(sent, "snapshot") }),
  verify: (ctx, input, sent) => verifyThere(ctx, input, mustFact(sent, "snapshot")),
  trace: (ctx, input, sent) => traceByName(ctx, input, sent, mustFact(sent, "snapshot")),
});

const DeleteInput = z.object({ ...guestInput, snapshot: SnapshotName.describe("The name of the snapshot to delete") }).refine(oneOfBoth, ONE_OF_BOTH);

/** Tells in the facts what would be lost; the age stands in the words of the ask. */
export const named = async (ctx: Ctx, place: Parameters<typeof snapshotsOf>[1] & { name: string }, name: string) => {
  const snapshots = await snapshotsOf(ctx, place);
  const found = snapshots.all.find((one) => one.name === name);
  const known = snapshots.all.map((one) => one.name).join(", ") || "it has none";
  if (found === undefined) throw refused(`${place.name} has no snapshot ${name} (${known}).`);
  const age = found.at === undefined ? "of unknown age" : `${ageWords(ctx.client.serverTime(ctx) / 1000 - found.at)} old`;
  return { found, snapshots, age };
};

const toDelete = async (ctx: Ctx, input: z.output<typeof DeleteInput>): Promise<Preflight> => {
  const { preflight, place } = await lookAtGuest(ctx, input, { memory: false });
  const { age } = await named(ctx, place, input.snapshot);
  return withFacts(preflight, { snapshot: input.snapshot, loses: `snapshot ${input.snapshot}, ${age}` });
};

export const snapshotDelete = guestAct({
  title: "Delete a snapshot",
  about: "Deletes one snapshot of a guest for good; the guest itself keeps its present state, and cannot go back to that one any more.",
  effect: "destructive",
  input: DeleteInput,
  what: "delete-snapshot",
  types: ["qmdelsnapshot", "vzdelsnapshot"],
  deadlineSeconds: 3600,
  preflight: toDelete,
  send: async (ctx, place, { snapshot }) => {
    const answer = z.string().regex(/^UPID:/);
    const upid = await ctx.client.write(ctx, { method: "DELETE", path: `${baseOf(place)}${path`/snapshot/${snapshot}`}`, answer });
    return { upid, text: `Asked ${place.node} to delete snapshot ${snapshot} of ${place.name} (${place.vmid}).`, data: { snapshot } };
  },
  verify: async (ctx, input) => {
    const there = (await listed(ctx, input)).all.some((one) => one.name === input.snapshot);
    return { ok: !there, words: there ? `Snapshot ${input.snapshot} is still in the list.` : `Snapshot ${input.snapshot} is gone.` };
  },
});
