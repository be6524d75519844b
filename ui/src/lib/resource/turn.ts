// Whose turn an incident is: a person's, or Jarvis's while it looks, acts or verifies. The verdict, the theme, the orb and every mark ask here. Pure.
import type { Ask } from "$contract/call.ts";
import type { Incident } from "$contract/incident.ts";
import type { CoreStatus } from "$contract/wire.ts";

export type Turn = "person" | "jarvis" | "over";

export interface Hands {
  status: Pick<CoreStatus, "mode" | "killed" | "killLevel"> | undefined;
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

/** Everything is held, what a person asks for as well: `pause` only binds what Jarvis does unasked. */
export const isHeld = (status: Hands["status"]): boolean => status?.killed === true && status.killLevel !== "pause";
export const HELD = "Held: nothing is done until you resume.";

/** Why nothing is done about an open incident now; undefined while Jarvis looks at it or works on it. */
export const standstill = (incident: Pick<Incident, "id" | "status" | "cause">, { status, asks }: Hands): string | undefined => {
  if (incident.status !== "open") return undefined;
  if (status?.killed) return HELD;
  if (asks.some((ask) => ask.incident === incident.id)) return "Nothing is done before your word.";
  if (status?.mode === "observe") return "Nothing is done: by the autonomy chosen I only watch.";
  if (isOnlyWatched(incident)) return "Nothing is done: it is not proven to be a fault.";
  return undefined;
};

/** Told to a person at once, because nothing was there to be done: no failure of an act. */
export const isTold = ({ status, callIds }: Pick<Incident, "status" | "callIds">): boolean => status === "escalated" && callIds.length === 0;
export const TOLD = "Told, needs you";

/** A critical incident waits for a person: the one reason for red. */
export const isRed = (incidents: readonly Pick<Incident, "id" | "status" | "cause" | "severity">[], hands: Hands): boolean =>
  incidents.some((incident) => incident.severity === "critical" && turnOf(incident, hands) === "person");
