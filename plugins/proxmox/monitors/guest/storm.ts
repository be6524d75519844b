// Whether one guest keeps its node's disks so busy that everything else waits. Its own rate and the node's wait must both say so. Pure.
import { z } from "jarvis";
import type { Rates } from "./motion.ts";

/** Bytes per second, read and written together. */
export const Storm = z.object({ readBytesPerSecond: z.number(), writtenBytesPerSecond: z.number(), waitPercent: z.number() });
export type Storm = z.output<typeof Storm>;

/** Share of the time the processors of a node wait for its disks, by node; absent: not known. */
export type Waits = ReadonlyMap<string, number>;

const MIB = 1024 ** 2;
/** From here on a guest alone can keep the disks of a small machine busy. */
export const STORM_BYTES_PER_SECOND = 80 * MIB;
const STEP = 10 * MIB;

const rounded = (rate: number): number => Math.round(rate / STEP) * STEP;

/** A candidate: the alert decides, with its own marks. */
export const stormOf = ({ read, written }: Rates, waitPercent: number | undefined): Storm | undefined => {
  if (waitPercent === undefined || read + written < STORM_BYTES_PER_SECOND) return undefined;
  return { readBytesPerSecond: rounded(read), writtenBytesPerSecond: rounded(written), waitPercent: Math.round(waitPercent) };
};
