// The points of rrddata as the monitors' own figures, in their names and units. What a point does not tell is a gap. Pure.
import { type Past, z } from "jarvis";
import { looseNumber, looseRows } from "../shapes/loose.ts";
import { FIGURE_OF, rounded } from "../shapes/traffic.ts";

export const RRD_KINDS = ["node", "qemu", "lxc", "storage"] as const;
export type RrdKind = (typeof RRD_KINDS)[number];

/** One loose shape for all kinds and releases: 8.4 tells fewer of them (proxmox.md 7). `time`: epoch seconds at which the step begins. */
export const Points = looseRows(
  z.object({
    time: looseNumber,
    cpu: looseNumber,
    mem: looseNumber,
    disk: looseNumber,
    memused: looseNumber,
    rootused: looseNumber,
    used: looseNumber,
    netin: looseNumber,
    netout: looseNumber,
    diskread: looseNumber,
    diskwrite: looseNumber,
  }),
);
type Point = z.output<typeof Points>[number];

const percent = (share: number | undefined): number | undefined => (share === undefined ? undefined : Math.round(share * 1000) / 10);

type Read = (point: Point) => number | undefined;
/** Bytes per second already. Where it did not run there is no cpu, and a rate beside it means nothing. */
const rate =
  (key: keyof typeof FIGURE_OF): Read =>
  ({ cpu, [key]: value }) =>
    cpu === undefined || value === undefined || value < 0 ? undefined : rounded(value);
const NET = { [FIGURE_OF.netin]: rate("netin"), [FIGURE_OF.netout]: rate("netout") };
const DISK = { [FIGURE_OF.diskread]: rate("diskread"), [FIGURE_OF.diskwrite]: rate("diskwrite") };

/** A guest's disk is told of containers alone; a VM's is always 0. */
const FIGURES: Readonly<Record<RrdKind, Readonly<Record<string, Read>>>> = {
  node: { cpuPercent: ({ cpu }) => percent(cpu), memoryBytes: ({ memused }) => memused, diskBytes: ({ rootused }) => rootused, ...NET },
  qemu: { cpuPercent: ({ cpu }) => percent(cpu), memoryBytes: ({ mem }) => mem, ...NET, ...DISK },
  // Where it did not run there is no cpu, and what stands beside it means nothing.
  lxc: { cpuPercent: ({ cpu }) => percent(cpu), memoryBytes: ({ mem }) => mem, diskBytes: ({ cpu, disk }) => (cpu === undefined ? undefined : disk), ...NET, ...DISK },
  storage: { diskBytes: ({ used }) => used },
};

/** Seconds between two points, by most of them; undefined for fewer than two. */
export const stepOf = (points: readonly Point[]): number | undefined => {
  const times = points.flatMap(({ time }) => time ?? []);
  const steps = times
    .slice(1)
    .map((time, index) => time - (times[index] ?? time))
    .sort((a, b) => a - b);
  const middle = steps[Math.floor(steps.length / 2)];
  return middle === undefined || middle <= 0 ? undefined : middle;
};

/** `aheadMs`: how far the server's clock is ahead of ours. `sinceMs`: what is older is known already. */
export const figuresOf = (
  kind: RrdKind,
  points: readonly Point[],
  { aheadMs, sinceMs, stepSeconds }: { aheadMs: number; sinceMs: number; stepSeconds: number },
): Past["figures"] => {
  const told = Object.entries(FIGURES[kind]).map(([name, read]) => {
    const values = points.flatMap((point): Past["figures"][string] => {
      const value = read(point);
      if (point.time === undefined || value === undefined || !Number.isFinite(value)) return [];
      const atMs = point.time * 1000 - aheadMs;
      return atMs + stepSeconds * 1000 <= sinceMs ? [] : [[atMs, value]];
    });
    return [name, values] as const;
  });
  return Object.fromEntries(told.filter(([, values]) => values.length > 0));
};
