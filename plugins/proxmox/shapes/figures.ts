// What a node and a guest both tell of themselves, in the units of our state: percent of all cores, bytes, seconds. What Proxmox did not tell is absent, never zero.
import { z } from "jarvis";
import { TRAFFIC, TRAFFIC_FIGURES } from "./traffic.ts";

export const MEASURED = {
  cpuPercent: z.number().optional(),
  cpus: z.number().optional(),
  memoryBytes: z.number().optional(),
  memoryTotalBytes: z.number().optional(),
  diskBytes: z.number().optional(),
  diskTotalBytes: z.number().optional(),
  uptimeSeconds: z.number().optional(),
  ...TRAFFIC,
};

const FIGURES = ["cpuPercent", "cpus", "memoryBytes", "memoryTotalBytes", "diskBytes", "diskTotalBytes", "uptimeSeconds", ...TRAFFIC_FIGURES] as const;
type Measured = { readonly [name in (typeof FIGURES)[number]]?: number | undefined };

/** Those that were told, as a resource carries them. */
export const figuresOf = (one: Measured): Record<string, number> => Object.fromEntries(FIGURES.flatMap((name) => (one[name] === undefined ? [] : [[name, one[name]]])));
