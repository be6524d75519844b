// What a refusal means for who was refused: whether time lifts it, and what a person can do. Pure.
import { UNSURE } from "../tools/preflight.ts";

/** Switches and modes: a person knows why, and a change of them is heard of at once. */
const SWITCHED: ReadonlySet<string> = new Set(["killed", "paused", "observe", "rule_observe"]);

const BY_HAND = "do it by hand";
/** Refused by policy: it stays so until somebody changes something. */
const ADVICE: Readonly<Record<string, string>> = {
  protected: `Take it out of \`protect:\` in jarvis.yaml, or ${BY_HAND}.`,
  self: "Do it by hand: what Jarvis stands on it never touches.",
  self_unknown: `Set \`self: guest/ID\` or \`outside\` in jarvis.yaml, or ${BY_HAND}.`,
  rule_deny: `Change that rule, or ${BY_HAND}.`,
  several_targets: "Do it by hand, one thing after the other.",
  off_incident: `Look at what prescribed it, or ${BY_HAND}.`,
  scope: `Give that caller a wider scope, or ${BY_HAND}.`,
  no_right: `Grant that right as it says, or ${BY_HAND}.`,
  attended: "A person has to sit there: do it by hand.",
  target_frozen: "Look at how the last act there ended, and do by hand what is left.",
};

/** Ends by itself: somebody else's work, a budget, a moment's doubt. */
const PASSING: ReadonlySet<string> = new Set([
  ...["quorum", "locked", "busy", "maintenance", "capacity", "stale", "ambiguous", "already", "already_asked", "expired", "changed", "journal", "stopping", "restarted"],
  ...["target_busy", "target_gap", "target_attempts", "node_concurrency", "node_attempts", "cluster_concurrency", "cluster_attempts", "group_concurrency"],
  ...["destructive_attempts", "caller_rate", "unhealthy_share", "incident_over", "self_unread"],
]);

/** Facts that could not be read may be read the next time, however often they could not. */
export const isSame = (before: string | undefined, text: string): boolean => before === text && !text.startsWith(UNSURE);

/**
 * `for now`: looked at again in minutes. `switched`: as long as a switch is as it is. `lasting`: until something changes, so it is a person's.
 * `isSaidAgain`: refused in the same words before, so that what is neither the one nor the other is no passing doubt.
 */
export const refusalOf = (rule: string | undefined, isSaidAgain: boolean): "for now" | "switched" | "lasting" => {
  if (rule !== undefined && SWITCHED.has(rule)) return "switched";
  if (rule !== undefined && PASSING.has(rule)) return "for now";
  return isSaidAgain || (rule !== undefined && Object.hasOwn(ADVICE, rule)) ? "lasting" : "for now";
};

/** `plan`: what a person would have been asked about, who is to do it by hand now. */
export const adviceFor = (rule: string | undefined, plan?: string): string => {
  const advice = (rule === undefined ? undefined : ADVICE[rule]) ?? "Change what stands against it, or do it by hand.";
  return rule === "no_right" && plan !== undefined ? `${advice} ${plan}` : advice;
};
