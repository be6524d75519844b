// What the slots and filters of runbooks take from other plugins' readings. What is not read there is not known here, never guessed.
import { byText, type Context, type Reading, z } from "jarvis";
import type { Known } from "./prescribe.ts";

/** Those without a place in the start of their node come after those with one. */
const LAST = Number.MAX_SAFE_INTEGER;
const [JOBS, GUESTS] = ["proxmox/replication", "proxmox/guests"];

const Jobs = z.object({ jobs: z.record(z.string(), z.object({ id: z.string(), vmid: z.number(), off: z.boolean().default(false), failCount: z.number().default(0) })) });
const Guests = z.object({
  guests: z.record(z.string(), z.object({ vmid: z.number(), missedBoot: z.object({ waits: z.string().optional(), order: z.number().optional() }).optional() })),
});

const read = <S extends z.ZodType>(shape: S, reading: Reading | undefined): z.output<S> | undefined => (reading?.stale === false ? shape.safeParse(reading.value).data : undefined);

export const knownNow = async (ctx: Pick<Context<unknown, unknown>, "state">): Promise<Known> => {
  const jobs = Object.values(read(Jobs, (await ctx.state(JOBS))[JOBS])?.jobs ?? {});
  const guests = Object.values(read(Guests, (await ctx.state(GUESTS))[GUESTS])?.guests ?? {});
  return {
    jobOf: (vmid) => jobs.filter((job) => job.vmid === vmid && !job.off).sort((a, b) => b.failCount - a.failCount || byText(a.id, b.id))[0]?.id,
    leftOut: new Map(guests.flatMap(({ vmid, missedBoot: missed }) => (missed !== undefined && missed.waits === undefined ? [[vmid, missed.order ?? LAST] as const] : []))),
  };
};
