// The record of an incident: every change is saved and told before anyone acts on it.
import type { Cause } from "../contract/cause.ts";
import type { Incident, IncidentDetail, IncidentStatus } from "../contract/incident.ts";
import type { Clock } from "../lib/clock.ts";
import type { OpenAlert } from "../state/alerts.ts";
import type { IncidentStore } from "../store/incidents.ts";
import { lengthen } from "./timeline.ts";

type Step = IncidentDetail["timeline"][number]["step"];

interface Opening {
  scene: Record<string, string>;
  detectedAt: string;
  victims: string[];
}

interface Options {
  clock: Clock;
  store: IncidentStore;
  changed: (incident: IncidentDetail) => void;
}

export const createRecords = ({ clock, store, changed }: Options) => {
  const save = (incident: IncidentDetail): IncidentDetail => {
    store.save(incident);
    changed(incident);
    return incident;
  };
  const entry = (step: Step, words: string, callId?: string): IncidentDetail["timeline"][number] => ({ at: clock.iso(), step, words, ...(callId ? { callId } : {}) });

  return {
    open(alert: OpenAlert, name: string, cause: Cause, { scene, detectedAt, victims }: Opening): IncidentDetail {
      const number = String(store.count() + 1).padStart(4, "0");
      return save({
        id: `INC-${number}`,
        resource: alert.resource,
        name,
        title: alert.title,
        severity: alert.severity,
        status: "open",
        cause,
        openedAt: detectedAt,
        callIds: [],
        ...(victims.length > 0 ? { victims } : {}),
        alert: alert.id,
        timeline: [{ at: detectedAt, step: "detected", words: alert.title }, entry("diagnosed", cause.words)],
        scene,
      });
    },
    /** Adds a line to the timeline, or counts it where it stands there already, and whatever else changed; the record as it is now. */
    note(
      id: string,
      step: Step,
      words: string,
      change: Partial<Pick<Incident, "status" | "words" | "resolvedAt" | "cause" | "victims" | "partOf">> & { callId?: string } = {},
    ): IncidentDetail | undefined {
      const incident = store.get(id);
      if (!incident) return undefined;
      const { callId, ...rest } = change;
      const { timeline, replaced } = lengthen(incident.timeline, entry(step, words, callId));
      const known = incident.callIds.filter((one) => one === callId || one !== replaced);
      const callIds = callId && !known.includes(callId) ? [...known, callId] : known;
      return save({ ...incident, ...rest, callIds, timeline });
    },
    /** On record before any of it is done; said again it changes nothing. */
    prescribed(id: string, terms: NonNullable<Incident["prescribed"]>): void {
      const incident = store.get(id);
      if (incident && JSON.stringify(incident.prescribed) !== JSON.stringify(terms)) save({ ...incident, prescribed: terms });
    },
    /** What changes without being an event of its own. */
    revise(id: string, change: Partial<Pick<IncidentDetail, "title" | "words" | "victims" | "scene">>): void {
      const incident = store.get(id);
      if (incident) save({ ...incident, ...change });
    },
    get: (id: string): IncidentDetail | undefined => store.get(id),
    /** All that are not over, newest first; from memory. */
    openOnes: (): readonly IncidentDetail[] => store.open(),
    list: (status: IncidentStatus | undefined, limit: number): IncidentDetail[] => store.list(status ? [status] : undefined, limit),
  };
};

export type Records = ReturnType<typeof createRecords>;
