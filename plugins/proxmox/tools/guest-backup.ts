// proxmox_guest_backup and proxmox_backup_retry: one backup of one guest, now, in snapshot mode and without pruning anything. Refuses a storage that it would fill, and to try again what would fail again (hazards 38, 43, 44).
import { JarvisError, type Preflight, type Sent, type Verdict, z } from "jarvis";
import { path } from "../client/path.ts";
import type { Ctx } from "../context.ts";
import { ask } from "../probe/ask.ts";
import { type Attempt, lastAttempt, notAgain } from "./backup-attempts.ts";
import { covers, isOn, jobsOf } from "./backup-jobs.ts";
import { backupsOn, keepsBackups } from "./backup-volumes.ts";
import { guestAct } from "./guest-act.ts";
import { disksOf, inGib } from "./guest-disks.ts";
import { isUp, type Store, storesOn, tooTight } from "./guest-room.ts";
import { factOf, mustFact, refused, withFacts } from "./guest-task.ts";
import { guestInput, ONE_OF_BOTH, oneOfBoth, type Place, recentEntries } from "./locate.ts";
import { type Look, lookAtGuest } from "./preflight.ts";

const HOURS = 3600;
/** Hazard 37: Proxmox freezes a container for its backup. */
const FUSE_WORDS = "this container may mount FUSE file systems, which can hang when it is frozen for its backup; if the backup stands still, that is why";
/** The UPID's and the archive's seconds are cut off. */
const SLACK_S = 2;

const BackupInput = z
  .object({ ...guestInput, storage: z.string().max(100).optional().describe("Where to; the storage of its backup job unless said") })
  .refine(oneOfBoth, ONE_OF_BOTH);
const RetryInput = z.object(guestInput).refine(oneOfBoth, ONE_OF_BOTH);

/** The storage of the job that takes the guest along, else the only one there is. */
const usualStorage = async (ctx: Ctx, place: Place, shelves: readonly Store[]): Promise<string> => {
  const [jobs, entries] = await Promise.all([ask(jobsOf(ctx)), recentEntries(ctx)]);
  const pool = entries.find((entry) => entry.vmid === place.vmid)?.pool;
  const job = jobs.value?.find((one) => isOn(one) && one.storage !== undefined && covers(one, { vmid: place.vmid, node: place.node, pool }));
  if (job?.storage !== undefined) return job.storage;
  const open = shelves.filter(isUp);
  const [only] = open.length === 1 ? open : open.filter((store) => store.shared === true);
  const several = open.filter((store) => store.shared === true).length > 1;
  if (only === undefined || several)
    throw refused(`No backup job takes ${place.name} along, so say where to: ${open.map((store) => store.storage).join(", ") || "no storage here keeps backups"}.`);
  return only.storage;
};

/** Room for another one as large as the last, or as its disks where there was none. */
const roomFor = async (ctx: Ctx, { place, config }: Look, wanted: string | undefined): Promise<{ storage: string; bytes: number }> => {
  const shelves = (await storesOn(ctx, place.node)).filter(keepsBackups);
  const storage = wanted ?? (await usualStorage(ctx, place, shelves));
  const store = shelves.find((one) => one.storage === storage);
  if (store === undefined) throw refused(`No storage ${storage} on ${place.node} keeps backups (${shelves.map((one) => one.storage).join(", ") || "none does"}).`);
  if (!isUp(store)) throw refused(`Storage ${storage} is not online on ${place.node}.`);
  // Who may not make a backup is shown none either: that is told by the right itself.
  const [last] = await backupsOn(ctx, place.node, storage, place.vmid).catch((thrown: unknown): [] => {
    if (thrown instanceof JarvisError && thrown.type === "upstream_denied") return [];
    throw thrown;
  });
  const disks = config === undefined ? [] : disksOf(config);
  const bytes = last?.sizeBytes ?? disks.reduce((sum, disk) => sum + (disk.bytes ?? 0), 0);
  const tight = tooTight(store, bytes, place.node);
  if (tight !== undefined) throw refused(tight);
  return { storage, bytes };
};

const ready = async (ctx: Ctx, look: Look, storage: string | undefined, more: Readonly<Record<string, string>> = {}): Promise<Preflight> => {
  const room = await roomFor(ctx, look, storage);
  const fuse = look.place.sort === "lxc" && /\bfuse=1\b/.test(String(look.config?.features ?? ""));
  return withFacts(look.preflight, { storage: room.storage, about: inGib(room.bytes), fuse: String(fuse), ...more });
};

const send = async (ctx: Ctx, place: Place, sent: Sent) => {
  const storage = mustFact(sent, "storage");
  // `remove: 0`: older backups stay, whatever the storage's keep rule says.
  const form = { vmid: place.vmid, storage, mode: "snapshot", remove: false, "notes-template": "{{guestname}}, by Jarvis" };
  const upid = await ctx.client.post(ctx, path`/nodes/${place.node}/vzdump`, form);
  return {
    upid,
    text: `Asked ${place.node} to back ${place.name} (${place.vmid}) up to ${storage}.`,
    data: { storage },
    ...(factOf(sent, "fuse") === "true" ? { warnings: [FUSE_WORDS] } : {}),
  };
};

const verify = async (ctx: Ctx, sent: Sent): Promise<Verdict> => {
  const [node, storage] = [mustFact(sent, "node"), mustFact(sent, "storage")];
  const vmid = Number(/\d+$/.exec(sent.preflight?.target ?? "")?.[0]);
  const sinceS = Math.floor((sent.serverTimeMs ?? 0) / 1000) - SLACK_S;
  const fresh = (await backupsOn(ctx, node, storage, vmid)).find((one) => one.at >= sinceS && (one.sizeBytes ?? 0) > 0);
  if (fresh === undefined) return { ok: false, words: `There is no new backup of guest ${vmid} on ${storage}.` };
  return {
    ok: fresh.verified !== "failed",
    words: `${fresh.volid} is there, ${inGib(fresh.sizeBytes ?? 0)}${fresh.verified === "failed" ? ", and its verification failed" : ""}.`,
  };
};

const shared = { what: "backup", types: ["vzdump"], effect: "reversible" as const, deadlineSeconds: 12 * HOURS, verifySeconds: 120 };

export const guestBackup = guestAct({
  ...shared,
  title: "Back a guest up",
  about: "Makes one backup of a guest now, while it runs, and checks that it lies on the storage. Deletes no older ones. Look at proxmox_backup_list first; it can take hours.",
  input: BackupInput,
  preflight: async (ctx, input) => ready(ctx, await lookAtGuest(ctx, input, { memory: false }), input.storage),
  send: (ctx, place, _, sent) => send(ctx, place, sent),
  verify: (ctx, _, sent) => verify(ctx, sent),
});

/** What stands against another try; undefined: nothing. Pure. */
export const against = (name: string, attempt: Attempt | undefined, ours: readonly string[]): string | undefined => {
  if (attempt === undefined) return `Its node has no backup run of ${name} among the last ones; use proxmox_guest_backup.`;
  if (attempt.outcome === "running") return `A backup of ${name} is running (${attempt.task.upid}).`;
  if (attempt.outcome === "ok") return undefined;
  if (ours.includes(attempt.task.user)) return `Jarvis tried already, and it ended: ${attempt.why ?? "unknown"} (${attempt.task.upid}). One more try would not help.`;
  const no = notAgain(attempt);
  return no === undefined ? undefined : `The last backup of ${name} ended "${attempt.why ?? "unknown"}": ${no}.`;
};

const toRetry = async (ctx: Ctx, input: z.output<typeof RetryInput>): Promise<Preflight> => {
  const look = await lookAtGuest(ctx, input, { memory: false });
  const { place, preflight } = look;
  const attempt = await lastAttempt(ctx, place.node, place.vmid);
  const no = against(place.name, attempt, ctx.client.identity.own);
  if (no !== undefined) throw refused(no);
  if (attempt?.outcome === "ok") return { ...preflight, already: `the last backup of ${place.name} ended well` };
  return ready(ctx, look, attempt?.storage, { failed: attempt?.why ?? "", task: attempt?.task.upid ?? "" });
};

export const backupRetry = guestAct({
  ...shared,
  title: "Try a failed backup again",
  about: "Repeats a guest's last backup run once when it failed of something passing, to the same storage. Refuses when it would fail again, and after a try of Jarvis's own.",
  input: RetryInput,
  preflight: toRetry,
  send: (ctx, place, _, sent) => send(ctx, place, sent),
  verify: (ctx, _, sent) => verify(ctx, sent),
});
