// What open incidents mean for the things drawn: repaired, needing a person, or hurt by a root. Laid over the drawing; changes no reading. Pure.
import type { Drawn, DrawnResource } from "$contract/drawn.ts";
import type { Incident } from "$contract/incident.ts";
import { pauseOf } from "./pause.ts";
import { type Hands, isOpen, turnOf } from "./turn.ts";

/** `part`: its own incident is repaired by Jarvis, waits for its next try, or is not critical. `hurtBy`: the name of the root whose victim it is. */
export interface Marked extends DrawnResource {
  part?: "repair" | "waits" | "warned";
  hurtBy?: string;
}
export interface MarkedDrawn extends Drawn {
  resources: Record<string, Marked>;
}

const partOf = (incident: Incident, hands: Hands): Marked["part"] => {
  if (turnOf(incident, hands) === "jarvis") return pauseOf(incident) === undefined ? "repair" : "waits";
  return incident.severity === "critical" ? undefined : "warned";
};

/** The same object where no incident is open, and the same resources where they are not concerned. */
export const marked = (drawn: Drawn | undefined, incidents: readonly Incident[], hands: Hands): MarkedDrawn | undefined => {
  const open = incidents.filter(isOpen);
  if (drawn === undefined || open.length === 0) return drawn;
  const resources: Record<string, Marked> = { ...drawn.resources };
  const own = new Set<string>();
  for (const incident of open) {
    const found = resources[incident.resource];
    const part = partOf(incident, hands);
    // The worst of several speaks: no part is a critical one that waits for a person.
    if (found && (!own.has(incident.resource) || part === undefined))
      resources[incident.resource] = part === undefined ? (drawn.resources[incident.resource] ?? found) : { ...found, part };
    own.add(incident.resource);
  }
  // What a storm lists may each be a fault of its own.
  for (const { victims = [], name } of open.filter(({ cause }) => cause.kind !== "storm"))
    for (const id of victims) {
      const found = resources[id];
      if (found && !own.has(id)) resources[id] = { ...found, hurtBy: name };
    }
  return { ...drawn, resources };
};
