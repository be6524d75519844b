// The slow lane: readings that may wait share a few calls a minute, so that a house's whole picture never costs more than its budget. Counts only; it never asks or waits by itself.
import type { Client } from "./client.ts";

const MINUTE_MS = 60_000;
/** All of the slow lane together. */
const PER_MINUTE = 4;
/** What fills idle minutes leaves this many for what has an appointment. */
const LEFT_FREE = 2;

export interface Lane {
  /** How many of `wanted` calls may be made now; they count as made. `idle`: only what nobody else is likely to want. */
  take(nowMs: number, wanted: number, idle?: "idle"): number;
}

export const createLane = (): Lane => {
  let sent: number[] = [];
  return {
    take(nowMs, wanted, idle) {
      sent = sent.filter((at) => at > nowMs - MINUTE_MS && at <= nowMs);
      const granted = Math.max(0, Math.min(wanted, PER_MINUTE - (idle ? LEFT_FREE : 0) - sent.length));
      for (let call = 0; call < granted; call += 1) sent.push(nowMs);
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
