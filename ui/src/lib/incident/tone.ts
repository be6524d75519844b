// An incident's glyph. Pure.
import type { Incident } from "$contract/incident.ts";
import type { Condition } from "../resource/condition.ts";

export const incidentTone = ({ status, severity }: Pick<Incident, "status" | "severity">): Condition => {
  if (status === "resolved") return "ok";
  if (status === "acting" || status === "verifying") return "act";
  return severity === "critical" ? "crit" : "warn";
};
