// The slow lane: readings that may wait share a few calls a minute, so that a house's whole picture never costs more than its budget. Counts only; it never asks or waits by itself.
import type { Client } from "./client.ts";

const MINUTE_MS = 60_000;
/** What has an appointment, all together; and beside it what is learned by and by, which else would never get its turn. */
const PER_MINUTE = { due: 4, idle: 2 } as const;

export interface Lane {
  /** How many of `wanted` calls may be made now; they count as made. `idle`: what is learned by and by, in a share of its own. */
  take(nowMs: number, wanted: number, idle?: "idle"): number;
}

export const createLane = (): Lane => {
  const sent: Record<keyof typeof PER_MINUTE, number[]> = { due: [], idle: [] };
  return {
    take(nowMs, wanted, idle) {
      const share = idle ?? "due";
      const lately = sent[share].filter((at) => at > nowMs - MINUTE_MS && at <= nowMs);
      const granted = Math.max(0, Math.min(wanted, PER_MINUTE[share] - lately.length));
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
