// What a sentence may ask for, in whatever language it was said. Shapes only.
import type { LiveResource } from "../../contract/resource.ts";
import type { RuleIntent } from "./veto.ts";

export type Verb = "start" | "stop" | "restart";
export type Intent =
  | RuleIntent
  | { kind: "act"; verb: Verb; force: boolean; what: string }
  /** Not plain enough to act on: asked back about. */
  | { kind: "perhaps"; verb: Verb; what: string }
  /** `verb`, `what`: where it is plain what is not to be done, and to what. */
  | { kind: "not-act"; why: "negated" | "question" | "condition"; verb?: Verb; what?: string }
  | { kind: "overview" }
  | { kind: "wrong" }
  | { kind: "status"; what: string }
  | { kind: "why"; what: string }
  | { kind: "today" }
  | { kind: "left-alone" }
  | { kind: "changes" }
  /** How full it is. */
  | { kind: "room"; what: string }
  /** What is not up. */
  | { kind: "down"; of?: LiveResource["kind"] }
  /** What runs on it. */
  | { kind: "on"; what: string; of?: LiveResource["kind"] }
  /** What would have been done where Jarvis only watches. */
  | { kind: "shadow" }
  /** `date`: YYYY-MM-DD, or `last` for the last that is over; absent: the one that runs. */
  | { kind: "report"; period: "day" | "week"; date?: string }
  | { kind: "help" | "hello" | "thanks" | "who" | "bye" }
  /** How Jarvis itself is: as the house is. */
  | { kind: "well" }
  | { kind: "hold" | "release" | "asks" }
  /** `ask`: its id, where it was said; `confirm`: the target as it was typed. */
  | { kind: "decide"; decision: "approve" | "reject"; ask?: string; confirm?: string; why?: string }
  | { kind: "tool"; words: string[] }
  | { kind: "unknown" };
