// A machine as GET /nodes/N/status and, for its pressure (9.x only), /nodes/N/rrddata tell it.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";
import { type Pressure, pressureOf, TOLD } from "./pressure.ts";

const Pair = z.object({ total: looseNumber, used: looseNumber }).optional();

export const Machine = z.object({
  cpu: looseNumber,
  wait: looseNumber,
  loadavg: z.array(looseNumber).optional(),
  uptime: looseNumber,
  memory: Pair,
  rootfs: Pair,
  swap: Pair,
  kversion: looseText,
  "current-kernel": z.object({ release: looseText }).optional(),
  pveversion: looseText,
});

const Sample = z.object({ time: looseNumber, ...TOLD });
export const Samples = looseRows(Sample);

/** Of the newest sample that has it; undefined on releases that do not measure it. */
export const newestPressure = (samples: z.output<typeof Samples>): Pressure | undefined => pressureOf(samples.findLast((sample) => pressureOf(sample) !== undefined) ?? {});

/** `Linux 6.17.2-2-pve #1 ...` -> `6.17.2-2-pve` */
export const kernelOf = (machine: z.output<typeof Machine>): string | undefined => machine["current-kernel"]?.release ?? /^Linux (\S+)/.exec(machine.kversion ?? "")?.[1];

/** `pve-manager/9.1.6/71482d1833ded40a` -> `9.1.6` */
export const versionOf = (machine: z.output<typeof Machine>): string | undefined => /^pve-manager\/([^/]+)/.exec(machine.pveversion ?? "")?.[1];
