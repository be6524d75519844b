// What may be done for an incident now, from its record and from what is wrong and what stands on what at this moment. Trusts no call's own word for it.
import type { Call } from "../contract/call.ts";
import type { Alert } from "../contract/resource.ts";
import { createGivenUp } from "../incidents/given-up.ts";
import type { Records } from "../incidents/record.ts";
import type { Resources } from "../state/resources.ts";
import { rootOf, victimsOf } from "../state/roots.ts";
import type { Warrant } from "../tools/warrant.ts";

interface Parts {
  records: () => Pick<Records, "get" | "openOnes">;
  alerts: () => readonly (Alert & { id: string })[];
  resources: Pick<Resources, "list" | "get">;
  callOf: (callId: string) => Call | undefined;
}

export const createWarrants =
  ({ records, alerts, resources, callOf }: Parts) =>
  (id: string): Warrant => {
    const incident = records().get(id);
    if (incident === undefined) return { over: `There is no incident ${id}.` };
    if (incident.status === "resolved") return { over: `${id} is over.` };
    const open = alerts();
    const { resource, title, severity, prescribed, victims = [] } = incident;
    // An act may have ended the alert for a moment (a guest that is down to be started again): its place among others stays what it is.
    const own: Alert & { id: string } = open.find((alert) => alert.id === incident.alert) ?? { id: incident.alert, key: "over", resource, title, severity };
    const givenUp = createGivenUp(() => records().openOnes(), callOf)();
    const above = rootOf(own, open, resources.get, ({ id: other }) => !givenUp.has(other));
    if (above !== undefined && above.resource !== resource) return { over: `${id} is part of another fault by now: ${above.title.replace(/[.\s]+$/, "")}.` };
    const inside = new Set([resource, ...victims, ...victimsOf(resource, resources.list())]);
    return { root: resource, by: prescribed?.by, tools: prescribed?.tools ?? [], targets: (prescribed?.targets ?? []).filter((target) => inside.has(target)) };
  };
