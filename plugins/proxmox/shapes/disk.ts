// Disks as a node lists them, and what SMART counts of one: a table of attributes (ATA) or the words of smartctl (NVMe, SAS).
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

export const DiskRows = looseRows(
  z.object({ devpath: z.string(), type: looseText, model: looseText, serial: looseText, size: looseNumber, used: looseText, health: looseText, wearout: looseNumber }),
);

const Attribute = z.object({ id: looseText, name: looseText, raw: looseText });
const Smart = z.object({ type: looseText, health: looseText, text: z.unknown().optional(), attributes: looseRows(Attribute).optional().catch(undefined) });

export interface Counts {
  health?: string;
  /** Sectors that wait to be moved, and that cannot be read. */
  pending?: number;
  uncorrectable?: number;
  reallocated?: number;
  /** Errors on the way to the disk: cable, backplane, controller. */
  crcErrors?: number;
  mediaErrors?: number;
  temperatureC?: number;
}

const ATTRIBUTES: Readonly<Record<string, keyof Omit<Counts, "health">>> = {
  "5": "reallocated",
  "194": "temperatureC",
  "197": "pending",
  "198": "uncorrectable",
  "199": "crcErrors",
};
const WORDS: readonly (readonly [RegExp, keyof Omit<Counts, "health">])[] = [
  [/Media and Data Integrity Errors:\s*([\d.,]+)/i, "mediaErrors"],
  [/^Temperature:\s*(\d+)/im, "temperatureC"],
];
const LONGEST = 100_000;

/** `31 (Min/Max 20/45)`, `1,024`. */
const firstNumber = (text: string | undefined): number | undefined => {
  const digits = /^\s*(\d[\d,.]*)/.exec(text ?? "")?.[1]?.replace(/[,.](?=\d{3})/g, "");
  return digits === undefined || !Number.isFinite(Number(digits)) ? undefined : Number(digits);
};

export const SmartCounts = Smart.transform(({ health, text, attributes }): Counts => {
  const counts: Counts = health === undefined ? {} : { health };
  for (const { id, raw } of attributes ?? []) {
    const [key, value] = [ATTRIBUTES[id?.trim() ?? ""], firstNumber(raw)];
    if (key !== undefined && value !== undefined) counts[key] = value;
  }
  if (typeof text !== "string") return counts;
  for (const [pattern, key] of WORDS) {
    const value = firstNumber(pattern.exec(text.slice(0, LONGEST))?.[1]);
    if (value !== undefined) counts[key] = value;
  }
  return counts;
});
