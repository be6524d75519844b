// Daemons that are enabled and do not run. A restart by an update passes by; a pvestatd that runs but stands still is a hanging storage's doing and not told here.
import type { Alert } from "jarvis";
import { LOSES } from "../shapes/daemons.ts";
import { alertOf, nodeId } from "./tell.ts";

interface Seen {
  name: string;
  at: string;
  down?: readonly { name: string; state: string }[] | undefined;
  standsSince?: string | undefined;
}

/** Longer than two readings are apart, so that it was seen twice. */
const STANDS_S = 130;
const CRITICAL = new Set(["corosync", "pve-ha-lrm"]);

export const downAlerts = ({ name, at, down = [], standsSince }: Seen): Alert[] =>
  down.map((service) => {
    const stands = service.name === "pvestatd" && standsSince !== undefined;
    return alertOf({
      key: `service-down-${service.name}`,
      resource: nodeId(name),
      severity: CRITICAL.has(service.name) ? "critical" : "warning",
      title: `${service.name} does not run on ${name}`,
      why: `it is enabled and its state is ${service.state}, for more than two minutes: ${LOSES[service.name] ?? "what it does is not done"}`,
      cause: "service",
      afterSeconds: STANDS_S,
      evidence: [
        { what: `${service.name}: ${service.state}`, source: `GET /nodes/${name}/services`, at },
        ...(stands ? [{ what: "its numbers have not moved since", source: "GET /cluster/resources", at: standsSince }] : []),
      ],
    });
  });
