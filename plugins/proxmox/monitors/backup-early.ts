// A backup run that just failed, or went well after one that failed, told before the next reading of backups is due: the last picture with what the tasks say by now. It asks for that run's log, once, and a few of them a minute.
import type { Ctx } from "../context.ts";
import type { Entry } from "../shapes/resources.ts";
import { hasNews, readFailures } from "./backup-runs.ts";
import type { Backups, GuestBackups } from "./backup-state.ts";
import { rung } from "./task-bell.ts";
import { perClient } from "./turns.ts";

const MINUTE_MS = 60_000;
/** So many logs a minute are asked for out of turn; what else failed is told when its turn comes. */
const MOST_LOGS = 2;

/** `last`: the picture of the last reading, absent while one is under way or when it failed. */
const pictureBy = perClient((): { last: Backups | undefined; asked: number[] } => ({ last: undefined, asked: [] }));

export const setPicture = ({ client }: Pick<Ctx, "client">, last: Backups | undefined): void => {
  pictureBy(client).last = last;
};

/** Whether a backup of it is at work, by its lock or by the tasks. */
export const busyNow = ({ client }: Pick<Ctx, "client">, entries: readonly Entry[]): ((vmid: number) => boolean) => {
  const working = new Set([...(client.memory.tasks?.values() ?? [])].flatMap(({ type, exit, id }) => (type === "vzdump" && exit === undefined ? [id] : [])));
  const locked = new Set(entries.flatMap(({ vmid, lock }) => (vmid !== undefined && lock === "backup" ? [vmid] : [])));
  return (vmid) => locked.has(vmid) || working.has(String(vmid));
};

const bare = ({ failure: _, busy: __, ...rest }: GuestBackups): GuestBackups => rest;

/** The last picture with the runs that ended since; undefined when nothing is to be told. */
const toldEarly = async (ctx: Ctx): Promise<Backups | undefined> => {
  const picture = pictureBy(ctx.client);
  const { last } = picture;
  if (last === undefined || !hasNews(ctx)) return undefined;
  picture.asked = picture.asked.filter((at) => at > ctx.now() - MINUTE_MS);
  const newest = Object.values(last.guests).flatMap(({ vmid, lastAt }) => (lastAt === undefined ? [] : [[vmid, Date.parse(lastAt)] as const]));
  const failures = await readFailures(ctx, new Map(newest), { most: MOST_LOGS - picture.asked.length, asked: () => void picture.asked.push(ctx.now()) });
  // A reading began meanwhile: it tells the same, and more.
  if (picture.last !== last) return undefined;
  const busy = busyNow(ctx, ctx.client.memory.latest()?.entries ?? []);
  const guests = Object.entries(last.guests).map(([id, guest]): [string, GuestBackups] => {
    const failure = failures.get(id);
    return [id, { ...bare(guest), ...(busy(guest.vmid) ? { busy: true } : {}), ...(failure === undefined ? {} : { failure }) }];
  });
  const { failure: _, ...rest } = last;
  const whole = failures.get("0");
  picture.last = { ...rest, guests: Object.fromEntries(guests), ...(whole === undefined ? {} : { failure: whole }) };
  return picture.last;
};

/** Runs as long as the monitor does. */
export const watchRuns = async (ctx: Ctx, emit: (value: Backups) => void): Promise<void> => {
  while (!ctx.signal.aborted) {
    const next = rung(ctx.client, ctx.signal);
    // Waited for below; until then it may end as well.
    next.catch(() => undefined);
    const told = await toldEarly(ctx).catch((thrown: unknown) => {
      ctx.log("a backup run that ended is told with the next reading of backups", { error: String(thrown) });
      return undefined;
    });
    if (told !== undefined) emit(told);
    await next;
  }
};
