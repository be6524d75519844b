// Whether an incident was tried for and handed to a person: what stands on its resource waits for it no longer. Pure.
import type { Incident } from "../contract/incident.ts";

export const isGivenUp = ({ status, callIds }: Pick<Incident, "status" | "callIds">): boolean => status === "escalated" && callIds.length > 0;

/** The alerts behind what was given up: they explain no other any more. */
export const givenUpAlerts = (open: readonly Pick<Incident, "status" | "callIds" | "alert">[]): ReadonlySet<string> => new Set(open.filter(isGivenUp).map(({ alert }) => alert));
