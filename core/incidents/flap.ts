// What fails and comes back by itself, again and again: told once as that, and not restarted into it. Counted from the record, so a restart forgets nothing but how long it has been steady. Decides; acts on nothing.
import { wasSent } from "../contract/call.ts";
import type { Cause } from "../contract/cause.ts";
import type { IncidentDetail } from "../contract/incident.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { TrackParts } from "./parts.ts";

/** The third fault within ten minutes (reliability D16). */
const TIMES = 3;
const WINDOW_MS = 600_000;
const LOOKED_BACK = 100;
const KIND = "flapping";
/** As in Cause. */
const LONGEST_WORDS = 1000;

type Fell = Pick<IncidentDetail, "cause">;
const isFlapping = ({ cause }: Fell): boolean => cause.kind === KIND;

export const flapWords = (name: string): string =>
  `${name} fails and comes back by itself, ${TIMES} times within ten minutes and not by my doing. I tell this once and do not start it into that: whatever brings it back (its own restart policy, high availability, a watchdog) is at work already. Look at why it fails. When it has been well or down for ten minutes I judge it anew.`;

export const createFlaps = ({ clock, records, getCall, callsOn, acts = () => true }: Pick<TrackParts, "clock" | "records" | "getCall" | "callsOn" | "acts">) => {
  /** Since when a flapping one is as it is now. */
  const steady = new Map<string, { stands: boolean; sinceMs: number }>();

  /** By Jarvis for it, or by a person through Jarvis meanwhile. */
  const isMended = ({ callIds, resource, openedAt, resolvedAt = clock.iso() }: IncidentDetail): boolean =>
    [
      ...callIds.flatMap((callId) => getCall(callId) ?? []),
      ...callsOn(resource).filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(openedAt) && Date.parse(createdAt) <= Date.parse(resolvedAt)),
    ].some(({ effect, state }) => effect !== "read" && wasSent(state));
  const endedByItself = (alert: Pick<OpenAlert, "id">): IncidentDetail[] =>
    records
      .list("resolved", LOOKED_BACK)
      .filter((one) => one.alert === alert.id && one.partOf === undefined && one.cause.verdict !== "meant" && clock.now() - Date.parse(one.openedAt) < WINDOW_MS && !isMended(one));

  return {
    isFlapping,

    /** The cause of a fault that begins: as it was found, or that it flaps. What was meant is no fault; where Jarvis only watches or asks it is people who mend, and what they brought back did not come by itself. */
    judged(alert: OpenAlert, cause: Cause): Cause {
      if (cause.verdict === "meant" || !acts() || endedByItself(alert).length + 1 < TIMES) return cause;
      return {
        kind: KIND,
        words: `It failed and came back by itself ${TIMES} times within ten minutes. ${cause.words}`.slice(0, LONGEST_WORDS),
        evidence: cause.evidence,
        verdict: "fault",
      };
    },

    /** Whether it flaps still: neither down nor well for ten minutes on end. `stands`: its alert does now. */
    holds(incident: IncidentDetail, stands: boolean): boolean {
      if (!isFlapping(incident)) return false;
      const known = steady.get(incident.id);
      if (known?.stands === stands) return clock.now() - known.sinceMs < WINDOW_MS;
      steady.set(incident.id, { stands, sinceMs: clock.now() });
      return true;
    },

    forget: (id: string): void => void steady.delete(id),
  };
};
