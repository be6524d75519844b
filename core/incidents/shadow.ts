// Was it right, what Jarvis would have done where it only watched? Told from how the incident went on without it; in doubt it was not. Pure: no I/O, no clock.
import type { Call } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";
import type { ShadowAct } from "../contract/shadow.ts";

/** `graceMs`: the longest the act and its two looks could have taken. */
export interface Kept {
  readonly tool: string;
  readonly atMs: number;
  readonly graceMs: number;
}

type Went = Pick<Incident, "status" | "resolvedAt" | "cause" | "partOf">;
type Judged = Pick<ShadowAct, "verdict" | "why">;

const seconds = (ms: number): string => (ms < 120_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`);

const ended = ({ tool, atMs, graceMs }: Kept, { cause, partOf }: Went, endMs: number, calls: readonly Call[]): Judged => {
  if (cause.verdict === "meant") return { verdict: "wrong", why: `It was meant: ${cause.words}` };
  if (partOf !== undefined) return { verdict: "wrong", why: `It was no fault of its own, but part of one of ${partOf}.` };
  const same = calls.find((call) => call.tool === tool && call.state === "succeeded" && Date.parse(call.createdAt) >= atMs && Date.parse(call.createdAt) <= endMs);
  if (same) return { verdict: "right", why: `${same.caller.kind} ${same.caller.id} did the same ${seconds(Date.parse(same.createdAt) - atMs)} later, and it was over after that.` };
  if (endMs - atMs > graceMs) return { verdict: "right", why: `It lasted ${seconds(endMs - atMs)} more; the act would have been done and checked by then.` };
  return { verdict: "wrong", why: `It was well again by itself after ${seconds(endMs - atMs)}, before the act could have been checked.` };
};

/** `incident`: absent when its record is gone. `calls`: those on the target since. */
export const shadowVerdict = (kept: Kept, incident: Went | undefined, calls: readonly Call[], nowMs: number): Judged => {
  if (incident === undefined) return { verdict: "open", why: "The record of the incident is gone, so nobody can say." };
  if (incident.status === "resolved") return ended(kept, incident, incident.resolvedAt === undefined ? kept.atMs : Date.parse(incident.resolvedAt), calls);
  if (nowMs - kept.atMs > kept.graceMs) return { verdict: "right", why: `It still stands, ${seconds(nowMs - kept.atMs)} later.` };
  return { verdict: "open", why: "It is too early to say." };
};
