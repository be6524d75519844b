// How a call ended, as a report groups it; what lies within a span. Pure.
import { type Call, outside } from "../contract/call.ts";
import { isUnasked } from "../contract/caller.ts";
import type { Material, Unseen } from "./material.ts";
import type { Span } from "./period.ts";

export const within = ({ fromMs, toMs }: Span, iso: string | undefined): boolean => iso !== undefined && Date.parse(iso) >= fromMs && Date.parse(iso) < toMs;

/** Rules by which Jarvis only watched. */
const WATCHED: ReadonlySet<string> = new Set(["observe", "rule_observe"]);
export const isWatched = ({ rule }: Pick<Call, "rule">): boolean => WATCHED.has(rule);

/** Targets of calls that opened a console. */
const CONSOLE = "console/";
/** The resource a person had, or wanted, a console on. Undefined for any other call. */
export const consoleOn = ({ target }: Pick<Call, "target">): string | undefined => (target?.startsWith(CONSOLE) ? target.slice(CONSOLE.length) : undefined);

/** `console`: a person's, opened or not; it is no act of Jarvis that could fail. */
export type End = "unknown" | "running" | "failed" | "waiting" | "done" | "refused" | "observed" | "console";
export const endOf = (call: Call): End => {
  const state = outside(call.state);
  if (consoleOn(call) !== undefined && (state === "succeeded" || state === "failed" || state === "unknown")) return "console";
  if (state === "succeeded") return "done";
  if (state === "held") return "waiting";
  if (state !== "refused") return state;
  return isWatched(call) && isUnasked(call.caller) ? "observed" : "refused";
};

/** As much of it as lies within the span. */
export const clipped = ({ span, nowMs }: Material, { fromMs, toMs }: Unseen): { fromMs: number; toMs: number } => ({
  fromMs: Math.max(span.fromMs, fromMs),
  toMs: Math.min(span.toMs, nowMs, toMs ?? nowMs),
});
