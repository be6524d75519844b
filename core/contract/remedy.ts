// A remedy: ordinary tool calls bound to an alert and a cause. It has no code path and no mode of its own.
import type { Cause } from "./cause.ts";
import type { Alert } from "./resource.ts";

export interface Remedy {
  title: string;
  /** Keys of alerts it answers. */
  on: readonly string[];
  /** Kinds of cause it is right for. */
  kinds: readonly string[];
  /** One call after the other; the next only when the one before succeeded. */
  steps: readonly { tool: string; input: (about: { alert: Alert; cause: Cause }) => unknown }[];
  /** How often in an hour on one target, and the least minutes before the 1st, 2nd, 3rd try. */
  tries?: { perHour: number; gapsMinutes: readonly number[] };
}
