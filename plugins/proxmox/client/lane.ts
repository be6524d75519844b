// The slow lane: readings that may wait share a few calls a minute, so that a house's whole picture never costs more than its budget. Counts only; it never asks or waits by itself.
import type { Client } from "./client.ts";

const MINUTE_MS = 60_000;
/** What has an appointment, all together; what is learned by and by, which else would never get its turn; and who the guests are, which acts wait for. */
type Share = "due" | "idle" | "who";
const PER_MINUTE: Readonly<Record<Share, number>> = { due: 4, idle: 2, who: 5 };
/** While guests are still to be known the others step back, so that a first minute costs no more than any other. */
const WHILE_LEARNING: Readonly<Record<Share, number>> = { due: 2, idle: 0, who: 5 };
const LEARNING_MS = 15_000;

export interface Lane {
  /** How many of `wanted` calls may be made now; they count as made. */
  take(nowMs: number, wanted: number, share?: Share): number;
}

export const createLane = (): Lane => {
  const sent: Record<Share, number[]> = { due: [], idle: [], who: [] };
  let learningAt = Number.NEGATIVE_INFINITY;
  return {
    take(nowMs, wanted, share = "due") {
      if (share === "who") learningAt = nowMs;
      const limits = nowMs - learningAt < LEARNING_MS ? WHILE_LEARNING : PER_MINUTE;
      const lately = sent[share].filter((at) => at > nowMs - MINUTE_MS && at <= nowMs);
      const granted = Math.max(0, Math.min(wanted, limits[share] - lately.length));
      sent[share] = [...lately, ...Array.from({ length: granted }, () => nowMs)];
      return granted;
    },
  };
};

const lanes = new WeakMap<Client, Lane>();

/** One lane for each cluster that is talked to. */
export const laneOf = (client: Client): Lane => {
  const lane = lanes.get(client) ?? createLane();
  lanes.set(client, lane);
  return lane;
};
