// The incidents as the list has them: what is open stands on top, what Jarvis follows first; then the newest. Pure.
import type { Incident } from "$contract/incident.ts";
import { followed } from "../resource/work.ts";

export const listed = (incidents: readonly Incident[]): Incident[] => {
  const first = followed(incidents);
  const place = (incident: Incident): number => (incident === first ? 0 : incident.status === "resolved" ? 2 : 1);
  return [...incidents].sort((a, b) => place(a) - place(b) || b.openedAt.localeCompare(a.openedAt));
};
