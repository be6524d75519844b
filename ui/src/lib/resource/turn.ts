// Whose turn an incident is: a person's, or Jarvis's while it looks, acts or verifies. The verdict, the theme, the orb and every mark ask here. Pure.
import type { Ask } from "$contract/call.ts";
import type { Incident } from "$contract/incident.ts";
import type { CoreStatus } from "$contract/wire.ts";

export type Turn = "person" | "jarvis" | "over";

export interface Hands {
  status: Pick<CoreStatus, "mode" | "killed"> | undefined;
  asks: readonly Pick<Ask, "incident">[];
}

export const isMoving = ({ status }: Pick<Incident, "status">): boolean => status === "acting" || status === "verifying";
export const isOpen = ({ status }: Pick<Incident, "status">): boolean => status !== "resolved";

/** Without proof and without a time after which it may be acted on, an open one is only watched. */
const isOnlyWatched = ({ cause }: Pick<Incident, "cause">): boolean => cause.verdict === "unclear" && cause.graceSeconds === undefined;

export const turnOf = (incident: Pick<Incident, "id" | "status" | "cause">, { status, asks }: Hands): Turn => {
  if (incident.status === "resolved") return "over";
  if (incident.status === "escalated" || asks.some((ask) => ask.incident === incident.id)) return "person";
  if (isMoving(incident)) return "jarvis";
  const mayAct = status === undefined || (status.mode === "act" && !status.killed);
  return mayAct && !isOnlyWatched(incident) ? "jarvis" : "person";
};

/** Told to a person at once, because nothing was there to be done: no failure of an act. */
export const isTold = ({ status, callIds }: Pick<Incident, "status" | "callIds">): boolean => status === "escalated" && callIds.length === 0;
export const TOLD = "Told, needs you";

/** A critical incident waits for a person: the one reason for red. */
export const isRed = (incidents: readonly Pick<Incident, "id" | "status" | "cause" | "severity">[], hands: Hands): boolean =>
  incidents.some((incident) => incident.severity === "critical" && turnOf(incident, hands) === "person");
