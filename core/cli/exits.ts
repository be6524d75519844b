// Exit codes: one table, and which answer or error ends with which. Prints nothing.
import type { OutsideState } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  refused: 2,
  held: 3,
  unknown: 4,
  running: 5,
  usage: 64,
  unreachable: 69,
  notAllowed: 77,
  configuration: 78,
} as const;

const OF_STATE: Readonly<Record<OutsideState, number>> = {
  succeeded: EXIT.done,
  failed: EXIT.failed,
  refused: EXIT.refused,
  held: EXIT.held,
  unknown: EXIT.unknown,
  running: EXIT.running,
};

const OF_TYPE: Readonly<Record<string, number>> = {
  bad_input: EXIT.usage,
  ambiguous: EXIT.usage,
  too_large: EXIT.usage,
  not_found: EXIT.usage,
  method_not_found: EXIT.usage,
  unauthorised: EXIT.notAllowed,
  scope: EXIT.notAllowed,
  operator_only: EXIT.notAllowed,
  permission: EXIT.notAllowed,
  configuration: EXIT.configuration,
};

export const exitOfState = (state: OutsideState): number => OF_STATE[state];

/** What a person must hear of first: what may have happened unseen, then what went wrong, then what waits. */
const GRAVEST_FIRST: readonly OutsideState[] = ["unknown", "failed", "refused", "held", "running"];

/** The exit of an answer that took several calls: the gravest of their ends; 0 when all succeeded or there was none. */
export const exitOfStates = (states: readonly OutsideState[]): number => exitOfState(GRAVEST_FIRST.find((state) => states.includes(state)) ?? "succeeded");

/** `type` is the stable word of an error on the wire or of a JarvisError. */
export const exitOfType = (type: string): number => OF_TYPE[type] ?? EXIT.failed;

export const exitOf = (thrown: unknown): number => {
  if (!(thrown instanceof JarvisError)) return EXIT.failed;
  const named = thrown.details.data?.exit;
  return typeof named === "number" ? named : exitOfType(thrown.type);
};

/** The command line itself was wrong: exit 64. */
export const misused = (message: string): JarvisError => new JarvisError("bad_input", { message });

/** Nothing answers there: exit 69. */
export const unreachable = (message: string): JarvisError => new JarvisError("upstream_refused", { message, data: { exit: EXIT.unreachable } });
