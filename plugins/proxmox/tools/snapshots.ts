// A guest's snapshots as its node lists them; `current` is no snapshot but the present, whose parent is where it came from.
import { z } from "jarvis";
import type { Ctx } from "../context.ts";
import { looseFlag, looseNumber, looseRows, looseText } from "../shapes/loose.ts";
import { baseOf } from "./base.ts";
import type { Place } from "./locate.ts";

const Row = z.object({ name: z.string().max(100), description: looseText, snaptime: looseNumber, parent: looseText, vmstate: looseFlag, snapstate: looseText });

/** `at`: epoch seconds. `unfinished`: half made or half deleted. */
export interface Snapshot {
  readonly name: string;
  readonly description: string | undefined;
  readonly at: number | undefined;
  readonly parent: string | undefined;
  readonly withMemory: boolean;
  readonly unfinished: boolean;
}

export interface Snapshots {
  /** The one the present stands on. */
  readonly parent: string | undefined;
  /** Newest first. */
  readonly all: readonly Snapshot[];
}

export const snapshotsOf = async (ctx: Ctx, place: Pick<Place, "node" | "sort" | "vmid">): Promise<Snapshots> => {
  const rows = await ctx.client.get(ctx, `${baseOf(place)}/snapshot`, looseRows(Row));
  const all = rows
    .filter((row) => row.name !== "current")
    .map(({ name, description, snaptime, parent, vmstate, snapstate }) => ({
      name,
      description: description?.trim() || undefined,
      at: snaptime,
      parent,
      withMemory: vmstate ?? false,
      unfinished: snapstate !== undefined,
    }))
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
  return { parent: rows.find((row) => row.name === "current")?.parent, all };
};

const UNITS: readonly [seconds: number, word: string][] = [
  [86_400, "days"],
  [3600, "hours"],
  [60, "minutes"],
];

/** `74 days`, `3 hours`. */
export const ageWords = (seconds: number): string => {
  const [size, word] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, "seconds"];
  return `${Math.max(0, Math.floor(seconds / size))} ${word}`;
};
