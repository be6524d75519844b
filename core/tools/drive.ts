// Drives a call from where it stands to its end: one step function per state. Parks quietly when the pipeline stops.
import { type CallState, isTerminal } from "../contract/call.ts";
import type { Row } from "../store/journal/schema.ts";
import type { Parts } from "./parts.ts";
import { follow } from "./progress.ts";
import { prove } from "./prove.ts";
import { resolve } from "./resolve.ts";

const STEPS: Partial<Record<CallState, (parts: Parts, row: Row) => Promise<Row>>> = { accepted: follow, unknown: resolve, verifying: prove };

/** Ends when the call has ended or waits for somebody, or when the pipeline was parked. */
export const drive = async (parts: Parts, from: Row): Promise<Row> => {
  let row = from;
  try {
    while (!isTerminal(row.state) && !parts.parked.aborted) {
      const step = STEPS[row.state];
      if (!step) return row;
      row = await step(parts, row);
    }
  } catch (thrown) {
    if (!parts.parked.aborted) throw thrown;
  }
  return row;
};
