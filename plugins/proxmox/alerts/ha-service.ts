// HA services that do not leave a state by themselves: given up (`error`), or waiting for a node that is to be fenced. Moving, starting, stopping and frozen (maintenance) ones are HA at work.
import type { Alert } from "jarvis";
import type { HaService } from "../shapes/ha.ts";
import { alertOf } from "./tell.ts";

/** Fencing takes two minutes by design, recovery as long as a start; both are a part of the node's own alert while it is gone. */
const FENCE_STANDS_S = 150;

const resourceOf = ({ sid, vmid }: HaService): string => (vmid === undefined ? `cluster/ha/${sid.replace(":", "-").toLowerCase()}` : `guest/${vmid}`);

const STEPS =
  "HA will not touch it again by itself: mend what made it fail, set the resource to `disabled`, see that the guest is stopped and sound, then set it to `started` (or ask me to show the plan)";

export const serviceAlerts = (services: readonly HaService[]): Alert[] =>
  services.flatMap((service): Alert[] => {
    const evidence = [
      { what: `${service.sid}: ${service.state} on ${service.node}${service.wanted === undefined ? "" : `, wanted ${service.wanted}`}`, source: "GET /cluster/ha/status/current" },
    ];
    if (service.state === "error")
      return [
        alertOf({
          key: "ha-error",
          resource: resourceOf(service),
          severity: "critical",
          title: `HA has given ${service.sid} up`,
          why: `its state is \`error\`: starts failed more often than its policy allows. ${STEPS}`,
          cause: "ha",
          explains: true,
          evidence,
        }),
      ];
    if (service.state !== "fence" && service.state !== "recovery") return [];
    return [
      alertOf({
        key: "ha-fencing",
        resource: resourceOf(service),
        severity: "critical",
        title: `${service.sid} waits in HA state ${service.state} on ${service.node}`,
        why: `for more than ${FENCE_STANDS_S} seconds HA could not ${service.state === "fence" ? `fence ${service.node}` : "find it another node"}, and until then it is not started anywhere. See whether ${service.node} is really off, and whether its disk can be reached elsewhere`,
        cause: "ha",
        explains: true,
        afterSeconds: FENCE_STANDS_S,
        evidence,
      }),
    ];
  });
