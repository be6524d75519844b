// How long work had to wait (PSI): of a machine by its rrddata, of a guest by its status/current; releases from 9 on, nothing before.
import { z } from "jarvis";
import { compact } from "./compact.ts";
import { looseNumber } from "./loose.ts";

/** Less is no burden: a backup or a busy minute waits so much too. */
const NOTABLE_PERCENT = 10;

/** Percent of ten seconds in which something (`Some`) or everything (`Full`) waited. */
export const Pressure = z.object({
  pressureCpuSomePercent: z.number().optional(),
  pressureIoSomePercent: z.number().optional(),
  pressureIoFullPercent: z.number().optional(),
  pressureMemorySomePercent: z.number().optional(),
  pressureMemoryFullPercent: z.number().optional(),
});
export type Pressure = z.output<typeof Pressure>;

/** As Proxmox writes them. */
export const TOLD = { pressurecpusome: looseNumber, pressureiosome: looseNumber, pressureiofull: looseNumber, pressurememorysome: looseNumber, pressurememoryfull: looseNumber };
type Told = { readonly [Key in keyof typeof TOLD]?: number | undefined };

/** Undefined where it is not measured. */
export const pressureOf = (told: Told): Pressure | undefined =>
  told.pressurememorysome === undefined && told.pressureiosome === undefined
    ? undefined
    : compact({
        pressureCpuSomePercent: told.pressurecpusome,
        pressureIoSomePercent: told.pressureiosome,
        pressureIoFullPercent: told.pressureiofull,
        pressureMemorySomePercent: told.pressurememorysome,
        pressureMemoryFullPercent: told.pressurememoryfull,
      });

/** `its disks 71 % of the time (56 % of it all work in it stood)`; empty when it hardly waits. */
const waits = ({ pressureCpuSomePercent: cpu = 0, ...more }: Pressure): string[] => {
  const of = (what: string, some = 0, full = 0): string[] => {
    if (some < NOTABLE_PERCENT) return [];
    const stood = full < NOTABLE_PERCENT ? "" : ` (and for ${Math.round(full)} % all of it stood still)`;
    return [`for ${what} ${Math.round(some)} % of the time${stood}`];
  };
  return [
    ...of("a processor", cpu),
    ...of("its disks", more.pressureIoSomePercent, more.pressureIoFullPercent),
    ...of("memory", more.pressureMemorySomePercent, more.pressureMemoryFullPercent),
  ];
};

/** A sentence about a guest; undefined while nothing of note waits. */
export const burden = (pressure: Pressure | undefined): string | undefined => {
  const all = pressure === undefined ? [] : waits(pressure);
  return all.length === 0 ? undefined : `Over the last ten seconds work inside it had to wait ${all.join(", ")}.`;
};
