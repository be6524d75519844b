// What became of a question that no longer waits, read from its call; and what stands in the way of saying yes. Pure.
import type { Call } from "$contract/call.ts";
import { outside } from "$contract/call-state.ts";
import type { Condition } from "../resource/condition.ts";
import { type Hands, isHeld } from "../resource/turn.ts";

export interface Outcome {
  tone: Condition;
  head: string;
  words: string;
}

const told = (call: Pick<Call, "text" | "why"> | undefined, otherwise: string): string => call?.text || call?.why || otherwise;

export const outcomeOf = (call: Pick<Call, "state" | "rule" | "decision" | "text" | "why"> | undefined): Outcome => {
  if (call === undefined) return { tone: "off", head: "Decided", words: "It waits for nobody any more." };
  if (call.state === "expired") return { tone: "off", head: "Expired", words: "Nobody decided in time: that means no, and nothing was done." };
  if (call.state === "denied" && call.rule === "rejected") return { tone: "off", head: "Denied", words: `${told(call, "A person said no.")} Nothing was done.` };
  if (call.state === "denied") return { tone: "off", head: "Withdrawn", words: told(call, "Nothing was done.") };
  switch (outside(call.state)) {
    case "succeeded":
      return { tone: "ok", head: "Approved and done", words: told(call, "It worked.") };
    case "failed":
      return { tone: "crit", head: "Approved, and it failed", words: told(call, "It failed.") };
    case "unknown":
      return { tone: "warn", head: "Approved; its end is not known", words: told(call, "I look for what came of it.") };
    case "running":
      return { tone: "act", head: "Approved", words: told(call, "It is under way.") };
    case "refused":
      return { tone: "warn", head: "Not done", words: told(call, "It was refused when it was looked at again.") };
    default:
      return { tone: "off", head: "No longer asked", words: told(call, "Nothing was done.") };
  }
};

/** Why a yes would do nothing now; a no always counts. */
export const standsInTheWay = (status: Hands["status"]): string | undefined => {
  if (isHeld(status)) return "Everything is held: resume first, then approve.";
  if (status?.mode === "observe") return "I only watch by the autonomy chosen: raise it first, then approve.";
  return undefined;
};
