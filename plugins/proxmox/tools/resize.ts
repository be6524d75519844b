// proxmox_guest_disk_resize: a disk made larger, to a size in all and only onto the configuration that was looked at. Never smaller: no file system survives that. Not undone by anything.
import { type Preflight, type Sent, type Tool, type Trace, z } from "jarvis";
import type { Client } from "../client/client.ts";
import { Guarded } from "../client/digest.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { withBackup } from "./backup-fact.ts";
import { baseOf } from "./base.ts";
import { type Disk, disksOf, GIB, inGib } from "./guest-disks.ts";
import { storesOn, tooTight } from "./guest-room.ts";
import { factOf, followTask, mustFact, noteSending, placeNoted, refused, withFacts } from "./guest-task.ts";
import { atPlace, guestInput, locateInput, ONE_OF_BOTH, oneOfBoth, targetOf } from "./locate.ts";
import { lookAtGuest } from "./preflight.ts";
import { traceOf } from "./trace.ts";

const Input = z
  .object({
    ...guestInput,
    disk: z
      .string()
      .regex(/^(?:(?:scsi|virtio|sata|ide)\d{1,2}|rootfs|mp\d{1,3})$/, "such as scsi0, virtio1, rootfs or mp0")
      .describe("Which of its disks"),
    sizeGib: z.number().int().min(1).max(1_048_576).describe("Its new size in all, GiB; larger than now"),
  })
  .refine(oneOfBoth, ONE_OF_BOTH);
type Input = z.output<typeof Input>;

/** What stands against that size; undefined: nothing. */
export const wrongSize = (disk: Pick<Disk, "key" | "bytes">, sizeGib: number): string | undefined => {
  if (disk.bytes === undefined) return `The size of ${disk.key} is not in the configuration, so whether ${sizeGib} GiB is larger is not known.`;
  if (sizeGib * GIB < disk.bytes) return `${disk.key} has ${inGib(disk.bytes)}; a disk is never made smaller, as its file systems would be cut off.`;
  return undefined;
};

const preflight = async (ctx: Ctx, input: Input): Promise<Preflight> => {
  const { preflight: facts, place } = await lookAtGuest(ctx, input, { memory: false });
  const [config, stores] = await Promise.all([ctx.client.get(ctx, `${baseOf(place)}/config`, Guarded), storesOn(ctx, place.node)]);
  const disks = disksOf(config);
  const disk = disks.find((one) => one.key === input.disk);
  if (disk === undefined) throw refused(`${place.name} has no disk ${input.disk} (${disks.map((one) => one.key).join(", ") || "it has none"}).`);
  const no = wrongSize(disk, input.sizeGib);
  if (no !== undefined) throw refused(no);
  const more = input.sizeGib * GIB - (disk.bytes ?? 0);
  const store = stores.find((one) => one.storage === disk.storage);
  const tight = store === undefined ? `Storage ${disk.storage} is not on ${place.node}.` : tooTight(store, more, place.node);
  if (tight !== undefined && more > 0) throw refused(tight);
  const noted = withFacts(await withBackup(ctx, facts), { digest: config.digest, storage: disk.storage, from: inGib(disk.bytes ?? 0), to: `${input.sizeGib} GiB` });
  return more === 0 ? { ...noted, already: `${input.disk} of ${place.name} has ${input.sizeGib} GiB already` } : noted;
};

const read = async (ctx: Ctx, input: Input) => {
  const { place, value } = await atPlace(ctx, await locateInput(ctx, input), (client, at) => client.get(ctx, `${baseOf(at)}/config`, Guarded));
  return { place, digest: value.digest, bytes: disksOf(value).find((disk) => disk.key === input.disk)?.bytes };
};

/** The size is the evidence: newer releases make it a task, older ones answer when it is done. */
const trace = async (ctx: Ctx, input: Input, sent: Sent): Promise<Trace> => {
  const { place, digest, bytes } = await read(ctx, input);
  if (bytes === input.sizeGib * GIB) return { found: "effect", words: `${input.disk} of ${place.name} has ${input.sizeGib} GiB now.` };
  const byTask = await traceOf(ctx, input, sent, ["resize"]);
  if (byTask.found !== "absence" || digest === factOf(sent, "digest")) return byTask;
  return { found: "unclear", words: `The configuration of ${place.name} changed meanwhile, and ${input.disk} is not as large as asked.` };
};

const Answer = z.string().startsWith("UPID:").nullable();

export const guestDiskResize: Tool<Config, Client, typeof Input> = {
  title: "Enlarge a disk",
  about: "Makes one disk of a guest larger, up to a size in all. It cannot be made smaller again. The file system inside a VM must be grown by its own means afterwards.",
  effect: "destructive",
  input: Input,
  output: z.object({ vmid: z.number(), node: z.string(), disk: z.string(), sizeGib: z.number(), upid: z.string().optional() }),
  target: targetOf,
  deadlineSeconds: 600,
  preflight,
  run: async (ctx, input, sent) => {
    const place = await placeNoted(ctx, input, sent);
    noteSending(ctx, place, sent);
    const form = { disk: input.disk, size: `${input.sizeGib}G`, digest: mustFact(sent, "digest") };
    const upid = (await ctx.client.write(ctx, { method: "PUT", path: `${baseOf(place)}/resize`, form, answer: Answer })) ?? undefined;
    const data = { vmid: place.vmid, node: place.node, disk: input.disk, sizeGib: input.sizeGib };
    const text = `Asked ${place.node} to enlarge ${input.disk} of ${place.name} (${place.vmid}) to ${input.sizeGib} GiB.`;
    return upid === undefined ? { text, data } : { text, upid, data: { ...data, upid } };
  },
  progress: (ctx, _, sent) => followTask(ctx, sent, "resize"),
  verify: async (ctx, input) => {
    const { place, bytes } = await read(ctx, input);
    return { ok: bytes === input.sizeGib * GIB, words: `${input.disk} of ${place.name} has ${bytes === undefined ? "an unknown size" : inGib(bytes)}.` };
  },
  trace,
};
