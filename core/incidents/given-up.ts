// Whether an incident was tried for and handed to a person: what stands on its resource waits for it no longer. What was only refused was not tried for. Acts on nothing.
import { type Call, wasSent } from "../contract/call.ts";
import type { Incident } from "../contract/incident.ts";

type Looked = Pick<Incident, "status" | "callIds" | "alert">;
type CallOf = (callId: string) => Pick<Call, "state" | "effect"> | undefined;

export const isGivenUp = ({ status, callIds }: Pick<Looked, "status" | "callIds">, callOf: CallOf): boolean =>
  status === "escalated" &&
  callIds.some((callId) => {
    const call = callOf(callId);
    return call !== undefined && call.effect !== "read" && wasSent(call.state);
  });

/** The alerts behind what was given up: they explain no other any more. Made once for one list of open incidents: it is asked for with every alert. */
export const createGivenUp = (openOnes: () => readonly Looked[], callOf: CallOf): (() => ReadonlySet<string>) => {
  let made: { from: readonly Looked[]; alerts: ReadonlySet<string> } | undefined;
  return () => {
    const from = openOnes();
    if (made?.from !== from) made = { from, alerts: new Set(from.filter((incident) => isGivenUp(incident, callOf)).map(({ alert }) => alert)) };
    return made.alerts;
  };
};
