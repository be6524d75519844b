// One guest's backups in a sentence: the newest good one, its age, the job or none, a run that failed. From the monitor's last picture; only where that did not see all of them are the storages asked. What nobody saw is called unknown.
import { JarvisError, z } from "jarvis";
import type { Ctx } from "../context.ts";
import { Backups, type GuestBackups } from "../monitors/backup-state.ts";
import { backupsSeen } from "./backup-volumes.ts";
import { recentEntries } from "./locate.ts";
import { ageWords } from "./snapshots.ts";

const CHANNEL = "proxmox/backups";
const HOUR_MS = 3_600_000;
const MOST_SILENT = 3;

/** `old`: older than `limitHours`; `unknown`: not all backups could be seen, and none was. */
const State = z.enum(["good", "old", "damaged", "none", "unknown"]);
type State = z.output<typeof State>;
export const BackupOfGuest = z.object({
  vmid: z.number(),
  name: z.string(),
  state: State,
  newestAt: z.string().optional(),
  storage: z.string().optional(),
  limitHours: z.number(),
  cover: z.enum(["yes", "disabled", "excluded", "no"]),
  failure: z.string().optional(),
});

type Seen = Pick<Backups, "complete" | "jobs" | "silent">;

const minute = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

const stateOf = ({ lastAt, verification, hidden, limitHours }: GuestBackups, { complete }: Seen, nowMs: number): State => {
  if (lastAt === undefined) return hidden === true || !complete ? "unknown" : "none";
  if (verification === "failed") return "damaged";
  return nowMs - Date.parse(lastAt) > limitHours * HOUR_MS ? "old" : "good";
};

const newestWords = ({ lastAt, lastOn, verification, limitHours }: GuestBackups, state: State, { silent }: Seen, nowMs: number): string => {
  if (lastAt === undefined)
    return state === "none"
      ? "it has no backup"
      : `whether it has a backup is not known: ${silent.length === 0 ? "not all of them may be listed to Jarvis" : `${silent.slice(0, MOST_SILENT).join("; ")}${silent.length > MOST_SILENT ? ` and ${silent.length - MOST_SILENT} more` : ""} could not be read`}`;
  const where = `${minute(lastAt)}${lastOn === undefined ? "" : ` on ${lastOn}`}`;
  const age = ageWords(Math.max(0, nowMs - Date.parse(lastAt)) / 1000);
  if (state === "damaged") return `its newest backup, ${age} old (${where}), failed its verification and is no good`;
  return `its last good backup is ${age} old (${where}${verification === "ok" ? ", verified" : ""})${state === "old" ? `; that is too old, ${limitHours} hours are allowed` : ""}`;
};

const jobWords = ({ cover }: GuestBackups, { jobs }: Seen): string => {
  if (cover === "no") return "It is in no backup job";
  if (cover === "excluded") return "It is in no backup job, and its owner wants it so";
  if (cover === "disabled") return "It is only in backup jobs that are switched off";
  const [only, ...more] = jobs.filter(({ enabled }) => enabled);
  if (only === undefined || more.length > 0) return "A backup job makes the next";
  return `The job ${only.id} makes the next${only.schedule === undefined ? "" : ` (${only.schedule})`}${only.storage === undefined ? "" : `, on ${only.storage}`}`;
};

/** The sentence and the figures. Pure. */
export const backupSaid = (guest: GuestBackups, seen: Seen, nowMs: number): { text: string; data: z.output<typeof BackupOfGuest> } => {
  const { vmid, name, lastAt, lastOn, limitHours, cover, failure } = guest;
  const state = stateOf(guest, seen, nowMs);
  const failed = failure === undefined ? "" : ` Its last run failed at ${minute(failure.endedAt)}: ${failure.words.replace(/[.\s]+$/, "")}.`;
  const busy = guest.busy === true ? " A backup of it is running now." : "";
  return {
    text: `${name} (guest/${vmid}): ${newestWords(guest, state, seen, nowMs)}. ${jobWords(guest, seen)}.${failed}${busy}`,
    data: {
      vmid,
      name,
      state,
      limitHours,
      cover,
      ...(lastAt === undefined ? {} : { newestAt: lastAt }),
      ...(lastOn === undefined ? {} : { storage: lastOn }),
      ...(failure === undefined ? {} : { failure: failure.words }),
    },
  };
};

/** What the storages tell now of a guest of which the picture, with gaps in it, knows no backup. */
const lookedUp = async (ctx: Ctx, guest: GuestBackups, seen: Seen): Promise<{ guest: GuestBackups; seen: Seen }> => {
  const online = (await recentEntries(ctx)).flatMap((entry) => (entry.type === "node" && entry.status === "online" && entry.node !== undefined ? [entry.node] : []));
  const { backups, unread, hides } = await backupsSeen(ctx, online, guest.vmid);
  const good = backups.find(({ verified }) => verified !== "failed") ?? backups[0];
  const found =
    good === undefined ? {} : { lastAt: new Date(good.at * 1000).toISOString(), lastOn: good.storage, ...(good.verified === undefined ? {} : { verification: good.verified }) };
  return { guest: { ...guest, ...found, hidden: hides(guest.vmid) }, seen: { ...seen, complete: unread.length === 0, silent: [...unread] } };
};

/** Throws unavailable before the first reading, not_found for what no reading knows. */
export const backupOfGuest = async (ctx: Ctx, vmid: number): Promise<ReturnType<typeof backupSaid>> => {
  const reading = (await ctx.state(CHANNEL).catch((): Awaited<ReturnType<Ctx["state"]>> => ({})))[CHANNEL];
  const seen = Backups.safeParse(reading?.value).data;
  if (seen === undefined)
    throw new JarvisError("unavailable", { message: "The backups were not read yet: they are looked at every ten minutes. Ask again soon, or have all of them listed." });
  const guest = seen.guests[String(vmid)];
  if (guest === undefined) throw new JarvisError("not_found", { message: `Nothing is known of backups of guest ${vmid}: it is new, a template, or not there.` });
  const known = guest.lastAt === undefined && !seen.complete ? await lookedUp(ctx, guest, seen) : { guest, seen };
  const { text, data } = backupSaid(known.guest, known.seen, ctx.now());
  const ageMs = ctx.now() - Date.parse(seen.at);
  return { text: ageMs > HOUR_MS ? `${text} That is how it was ${ageWords(ageMs / 1000)} ago.` : text, data };
};
