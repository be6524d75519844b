// The failure circuit of reliability F3: two failed or unresolved disruptive acts in a row within the hour, or one destructive act unresolved. Pure.
import type { Row } from "../store/journal/schema.ts";
import { atLeast } from "./effect-order.ts";

const WINDOW_MS = 3_600_000;
const IN_A_ROW = 2;

type Ended = Pick<Row, "state" | "effect" | "unasked" | "sentMs" | "endedMs">;

const bad = ({ state }: Ended): boolean => state === "failed" || state === "unresolved";

/** Counts what Jarvis did unasked; an unresolved destructive act counts whoever wanted it. */
export const circuitTrips = (rows: readonly Ended[], nowMs: number): boolean => {
  const ended = rows.filter((row) => row.endedMs !== null && nowMs - row.endedMs < WINDOW_MS).sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0));
  if (ended.some((row) => row.state === "unresolved" && row.effect === "destructive")) return true;
  const heavy = ended.filter((row) => row.unasked && atLeast(row.effect, "disruptive"));
  return heavy.length >= IN_A_ROW && heavy.slice(-IN_A_ROW).every(bad);
};
