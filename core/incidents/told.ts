// What was said of an incident last, so that one reason is one line: in the feed, in the record, and in handing it to a person. Decides nothing.
import type { IncidentDetail } from "../contract/incident.ts";
import type { NewEntry } from "./feed.ts";
import type { TrackParts } from "./parts.ts";
import * as words from "./words.ts";

export const createTold = ({ records, feed }: Pick<TrackParts, "records" | "feed">) => {
  /** The reason last said, by incident. */
  const said = new Map<string, string>();

  /** One line of the feed for one reason. */
  const tellOnce = (incident: IncidentDetail, key: string, entry: Pick<NewEntry, "kind" | "words" | "callId" | "cause">): void => {
    if (said.get(incident.id) !== key) feed.add({ ...entry, resource: incident.resource, incident: incident.id });
    said.set(incident.id, key);
  };

  const sayOnce = (incident: IncidentDetail, key: string, kind: "held" | "failed" | "notice" | "left-alone", text: string, callId?: string): void => {
    if (said.get(incident.id) === key) return;
    records.note(incident.id, "note", text, { words: text, ...(callId ? { callId } : {}) });
    const cause = kind === "left-alone" ? { cause: { kind: incident.cause.kind, words: incident.cause.words, evidence: incident.cause.evidence } } : {};
    tellOnce(incident, key, { kind, words: text, ...(callId ? { callId } : {}), ...cause });
  };

  const escalate = (incident: IncidentDetail, key: string, text: string, callId?: string): void => {
    if (incident.status !== "escalated") records.note(incident.id, "report", text, { status: "escalated", words: text, ...(callId ? { callId } : {}) });
    tellOnce(incident, key, { kind: "failed", words: text, ...(callId ? { callId } : {}) });
  };

  /** Nothing failed: it is only not Jarvis's to do. */
  const handBack = (incident: IncidentDetail, key: string, text: string, callId: string): void => {
    if (incident.status !== "escalated" || incident.words !== text) records.note(incident.id, "report", text, { status: "escalated", words: text, callId });
    tellOnce(incident, key, { kind: "notice", words: text, callId });
  };

  /** The feed has told what was found and why; nothing here mends it. */
  const handOver = (incident: IncidentDetail): void => {
    if (incident.status !== "escalated") records.note(incident.id, "report", words.needsYou, { status: "escalated", words: words.needsYou });
  };

  return { tellOnce, sayOnce, escalate, handBack, handOver, delete: (id: string): void => void said.delete(id) };
};
