// How fast bytes go over network and disk: between two readings of Proxmox's counters, which begin anew at each start. A counter that fell, a gap and the first reading give no rate. Pure.
import { z } from "jarvis";

export const TRAFFIC_FIGURES = ["netInBytesPerSecond", "netOutBytesPerSecond", "diskReadBytesPerSecond", "diskWriteBytesPerSecond"] as const;
export type TrafficFigure = (typeof TRAFFIC_FIGURES)[number];
export type Traffic = { readonly [figure in TrafficFigure]?: number | undefined };

export const TRAFFIC = {
  netInBytesPerSecond: z.number().optional(),
  netOutBytesPerSecond: z.number().optional(),
  diskReadBytesPerSecond: z.number().optional(),
  diskWriteBytesPerSecond: z.number().optional(),
};

/** Proxmox's own names of a guest's counters, in its lists, its pushes and (as rates) its rrd files. */
export const FIGURE_OF = {
  netin: "netInBytesPerSecond",
  netout: "netOutBytesPerSecond",
  diskread: "diskReadBytesPerSecond",
  diskwrite: "diskWriteBytesPerSecond",
} as const satisfies Readonly<Record<string, TrafficFigure>>;

/** `atMs`: when it was counted, by the clock of who counted. */
export interface Count {
  readonly atMs: number;
  readonly total: number | undefined;
}

/** Closer together the clock's own second is too much of the span; farther apart it is a gap. */
const [CLOSEST_MS, FARTHEST_MS] = [1_000, 75_000];

/** Three digits are told: more would change at every reading and mean nothing. */
export const rounded = (bytesPerSecond: number): number => (bytesPerSecond < 1_000 ? Math.round(bytesPerSecond) : Number(bytesPerSecond.toPrecision(3)));

/** Bytes per second; undefined where the two do not tell. */
export const rateOf = (before: Count | undefined, now: Count): number | undefined => {
  if (before?.total === undefined || now.total === undefined || now.total < before.total) return undefined;
  const spanMs = now.atMs - before.atMs;
  return spanMs < CLOSEST_MS || spanMs > FARTHEST_MS ? undefined : rounded((now.total - before.total) / (spanMs / 1000));
};

/** The span is known to a second in ten: what differs by less than a tenth from what was told is no other rate. */
export const steady = (told: number | undefined, now: number | undefined): number | undefined =>
  told !== undefined && now !== undefined && now > 0 && Math.abs(now - told) <= told / 10 ? told : now;

/** Those that are told, of one thing's figures. */
export const trafficIn = (figures: Readonly<Record<string, number>> | undefined): Traffic =>
  Object.fromEntries(TRAFFIC_FIGURES.flatMap((name) => (figures?.[name] === undefined ? [] : [[name, figures[name]]])));
