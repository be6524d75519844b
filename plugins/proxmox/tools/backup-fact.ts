// What the backups monitor last told of a guest, as a fact for acts that may lose data: nothing is asked for it. Refuses to call an old picture, or one with gaps, a lack.
import type { Preflight } from "jarvis";
import type { Ctx } from "../context.ts";
import { Backups, type GuestBackups } from "../monitors/backup-state.ts";

const CHANNEL = "proxmox/backups";
/** The monitor reads every ten minutes; older than this the picture says nothing. */
const KNOWN_FOR_MS = 2 * 3_600_000;

type Known = Pick<Backups, "complete"> & { readonly guest: GuestBackups | undefined };

/** Undefined: its owner left it out of all backups. Null: not known. Of a damaged newest one's elders only the number is known. Pure. */
export const backupFactOf = ({ guest, complete }: Known): Preflight["backup"] => {
  if (guest === undefined) return null;
  if (guest.cover === "excluded") return undefined;
  const { lastAt, limitHours, verification, hidden, backups = 0 } = guest;
  if (lastAt !== undefined && verification !== "failed") return { goodAt: lastAt, limitHours };
  return hidden === true || !complete || backups > 1 ? null : { limitHours };
};

export const withBackup = async (ctx: Ctx, facts: Preflight): Promise<Preflight> => {
  const reading = (await ctx.state(CHANNEL).catch((): Awaited<ReturnType<Ctx["state"]>> => ({})))[CHANNEL];
  const seen = Backups.safeParse(reading?.value).data;
  const isOld = seen === undefined || ctx.now() - Date.parse(seen.at) > KNOWN_FOR_MS;
  const backup = isOld ? null : backupFactOf({ complete: seen.complete, guest: seen.guests[facts.target.replace(/^guest\//, "")] });
  return { ...facts, ...(backup === undefined ? {} : { backup }) };
};
