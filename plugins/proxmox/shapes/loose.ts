// How Proxmox's values are read: numbers come as strings, flags as 0/1, nulls for what is absent. Refuses nothing; what makes no sense is undefined.
import { z } from "jarvis";

const MAX_TEXT = 500;

const toNumber = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

const toText = (value: unknown): string | undefined => {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : undefined;
};

const toFlag = (value: unknown): boolean | undefined => {
  if (value === undefined || value === null) return undefined;
  return value === true || value === 1 || value === "1" || value === "yes" || value === "on";
};

export const looseNumber = z.unknown().optional().transform(toNumber);
export const looseText = z.unknown().optional().transform(toText);
export const looseFlag = z.unknown().optional().transform(toFlag);

/** The rows of a list that fit; a list in which fewer than half do makes no sense at all. */
export const looseRows = <S extends z.ZodType>(row: S) =>
  z.array(z.unknown()).transform((rows, check): z.output<S>[] => {
    const read = rows.map((value) => row.safeParse(value)).flatMap((result) => (result.success ? [result.data] : []));
    if (read.length * 2 < rows.length) check.addIssue({ code: "custom", message: `only ${read.length} of ${rows.length} rows can be read` });
    return read;
  });
