// How fast storages grow: one sample a day of each, kept across restarts, and from them in how many days it is full. Too few samples, or no growth, give no forecast.
import { z } from "jarvis";
import type { Ctx } from "../context.ts";
import { keepPart, keptPart } from "./kept.ts";
import type { StorageState } from "./store-state.ts";
import { perClient } from "./turns.ts";

const DAY_MS = 86_400_000;
const [MOST_STORAGES, MOST_DAYS, LEAST_SAMPLES] = [60, 14, 4];
const FARTHEST_DAYS = 365;

/** Day (since 1970) and bytes used, oldest first. */
const Samples = z.array(z.tuple([z.number(), z.number()])).max(MOST_DAYS);
export type Samples = z.output<typeof Samples>;
const Growth = z.record(z.string(), Samples);

type Book = { day: number; samples: Map<string, Samples> | undefined };
const bookOf = perClient((): Book => ({ day: -1, samples: undefined }));

/** Bytes a day by least squares. */
const slopeOf = (samples: Samples): number => {
  const meanDay = samples.reduce((sum, [day]) => sum + day, 0) / samples.length;
  const meanBytes = samples.reduce((sum, [, bytes]) => sum + bytes, 0) / samples.length;
  const spread = samples.reduce((sum, [day]) => sum + (day - meanDay) ** 2, 0);
  return spread === 0 ? 0 : samples.reduce((sum, [day, bytes]) => sum + (day - meanDay) * (bytes - meanBytes), 0) / spread;
};

/** Whole days until it is full at this pace; undefined when it cannot be told. */
export const daysLeft = (samples: Samples, used: number, total: number): number | undefined => {
  if (samples.length < LEAST_SAMPLES) return undefined;
  const perDay = slopeOf(samples);
  if (perDay <= 0 || total <= used) return undefined;
  const days = Math.floor((total - used) / perDay);
  return days > FARTHEST_DAYS ? undefined : days;
};

const sampled = (before: Samples, day: number, bytes: number): Samples => [...before.filter(([known]) => known < day), [day, bytes] as [number, number]].slice(-MOST_DAYS);

export const forecast = async (ctx: Ctx, storages: Readonly<Record<string, StorageState>>): Promise<Map<string, number>> => {
  const book = bookOf(ctx.client);
  book.samples ??= new Map(Object.entries((await keptPart(ctx, "growth", Growth)) ?? {}));
  const day = Math.floor(ctx.now() / DAY_MS);
  const sized = Object.entries(storages).flatMap(([id, { diskBytes, diskTotalBytes }]) =>
    diskBytes === undefined || diskTotalBytes === undefined ? [] : [{ id, used: diskBytes, total: diskTotalBytes }],
  );
  if (day !== book.day && sized.length > 0) {
    for (const { id, used } of sized) {
      const before = book.samples.get(id);
      if (before === undefined && book.samples.size >= MOST_STORAGES) continue;
      book.samples.set(id, sampled(before ?? [], day, used));
    }
    for (const id of book.samples.keys()) if (storages[id] === undefined) book.samples.delete(id);
    book.day = day;
    await keepPart(ctx, "growth", Object.fromEntries(book.samples));
  }
  const known = book.samples;
  return new Map(
    sized.flatMap(({ id, used, total }) => {
      const days = daysLeft(known.get(id) ?? [], used, total);
      return days === undefined ? [] : [[id, days] as const];
    }),
  );
};
