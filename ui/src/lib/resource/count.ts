// How many of a kind run, as the page's own sums say it: what was not seen lately is in no number but its own. Pure.
import type { DrawnResource } from "$contract/drawn.ts";
import { grouped } from "../format/figure.ts";
import { conditionOf } from "./condition.ts";
import type { Marked } from "./mark.ts";

export interface Counts {
  up: number;
  /** Stopped or paused, and seen so. */
  off: number;
  /** Stale, or of a state nobody tells. */
  unknown: number;
}

/** Whether nothing is known of it as it is now, whatever it was when it was seen last. */
export const isUnseen = ({ stale, status }: Pick<DrawnResource, "stale" | "status">): boolean => stale === true || status === "unknown";

export const countsOf = (all: readonly Marked[]): Counts => {
  const own = all.filter(({ template }) => template !== true);
  const seen = own.filter((one) => !isUnseen(one));
  const up = seen.filter(({ status }) => status === "up").length;
  return { up, off: seen.length - up, unknown: own.length - seen.length };
};

/** `19 running, 2 off`, `11 running, 2 off, 8 unknown`. */
export const guestWords = (all: readonly Marked[]): string => {
  const { up, off, unknown } = countsOf(all);
  return [`${grouped(up)} running`, `${grouped(off)} off`, ...(unknown > 0 ? [`${grouped(unknown)} unknown`] : [])].join(", ");
};

/** `16 of 16 up`, `9 of 16 up, 7 unknown`. */
export const upWords = (all: readonly Marked[]): string => {
  const { up, off, unknown } = countsOf(all);
  return `${grouped(up)} of ${grouped(up + off + unknown)} up${unknown > 0 ? `, ${grouped(unknown)} unknown` : ""}`;
};

/** What a cell of the grid says in a word or a figure. */
export const cellWord = (resource: Marked): string => {
  if (conditionOf(resource) === "hurt" && resource.status !== "up") return isUnseen(resource) ? "unknown" : "hurt";
  if (resource.status === "up") return resource.cpu === undefined ? (resource.labels?.health ?? "up") : `${resource.cpu}%`;
  return resource.status === "down" ? "off" : resource.status;
};
