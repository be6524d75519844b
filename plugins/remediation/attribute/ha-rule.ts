// What HA keeps is HA's to start: beside it there would be two hands on one guest. A failure that is proved is told at once; else HA has its time, and where it was told to keep the guest down, that is somebody's wish. Pure.
import type { Evidence } from "jarvis";
import type { GuestProbe } from "../probe/guest.ts";
import type { About, Finding } from "./about.ts";

/** HA moves, fences, waits for a node or for its turn, or has given up, which is told by an alert of its own. */
const WORKS = /^(?:fence|recovery|freeze|migrate|relocate|request_start(?:_balance)?|starting|stopping|queued|deleting|clearing error flag|error)$/;
/** A round of the local manager, a start, a round of the numbers; and a fencing, a boot, a start elsewhere. */
const [NOTICES_S, WORKS_S] = [90, 300];
const PROVED = new Set(["crash", "oom"]);

export const isKeptByHa = ({ status, ha }: GuestProbe): boolean => status?.haManaged ?? ha !== undefined;

const toldBy = ({ ha, guest }: GuestProbe): Evidence[] =>
  ha === undefined
    ? []
    : [{ what: `HA: ${guest.name} is ${ha.state}${ha.wanted === undefined ? "" : `, wanted ${ha.wanted}`} on ${ha.node ?? guest.node}`, source: "GET /cluster/ha/status/current" }];

export const leftToHa = ({ kind, words, evidence }: Finding, { probe }: About): Finding => {
  const { ha, guest } = probe;
  const proof = [...evidence, ...toldBy(probe)];
  if (PROVED.has(kind)) return { kind, words: `${words} HA keeps it running, so I leave the start to HA.`, evidence: proof, verdict: "unclear" };
  if (ha?.wanted === "stopped" || ha?.wanted === "disabled")
    return { kind: "user", words: `HA was told to keep ${guest.name} down (${ha.wanted}), so it is down on purpose.`, evidence: [...toldBy(probe), ...evidence], verdict: "meant" };
  // A node that came up first finds its place; a start that failed is tried again, there or elsewhere, until HA gives up.
  const works = kind === "host-down" || kind === "start-failed" || (ha !== undefined && WORKS.test(ha.state));
  return { kind, words: `${words} HA keeps it running, so I leave the start to HA.`, evidence: proof, verdict: "unclear", waitSeconds: works ? WORKS_S : NOTICES_S };
};
