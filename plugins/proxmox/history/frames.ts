// Which stretches of rrddata are read, and in which order: the youngest and finest first, then what reaches farther back, until what is known already. Pure.

export const FRAMES = ["day", "week", "month", "year"] as const;
export type Frame = (typeof FRAMES)[number];

/** From 9 on a month has the same steps as a week, so the week tells nothing more. */
const MINUTES_SECONDS = 60;

export const frameNamed = (name: string | undefined): Frame => FRAMES.find((frame) => frame === name) ?? "day";

/** What comes after a frame that began at `firstMs` with steps of `stepSeconds`; undefined when nothing older is wanted. */
export const frameAfter = (frame: Frame, { firstMs, stepSeconds, sinceMs }: { firstMs: number; stepSeconds: number; sinceMs: number }): Frame | undefined => {
  if (firstMs <= sinceMs) return undefined;
  if (frame === "day" && stepSeconds <= MINUTES_SECONDS) return "month";
  return FRAMES[FRAMES.indexOf(frame) + 1];
};
