// The cluster's votes and how many more it can lose. Lost quorum is told for the cluster; a margin that is used up is told at the node whose loss used it up, so that one cause is one alert.

import type { Alert } from "jarvis";
import { byText } from "jarvis";
import { alertOf, nodeId } from "./tell.ts";

export interface Votes {
  readonly name?: string | undefined;
  readonly quorum: { votes: number; of: number; needed: number; margin: number; quorate: boolean };
  readonly nodes: Readonly<Record<string, Voter>>;
  /** Why the count is not sure. */
  readonly doubt?: string | undefined;
}

interface Voter {
  name: string;
  online: boolean;
  votes?: number | undefined;
  offlineSince?: string | undefined;
  leaving?: object | undefined;
  overdue?: boolean | undefined;
  door?: "answers" | "closed" | undefined;
}

/** A membership that is forming anew passes by. */
const STANDS_S = 15;

export const clusterId = (name: string | undefined): string => `cluster/${(name ?? "cluster").toLowerCase().replace(/[^a-z0-9._@-]/g, "-") || "cluster"}`;

export const told = ({ quorum: { votes, of, needed }, doubt }: Votes): string =>
  `${votes} of ${of} votes are there, ${needed} are needed${doubt === undefined ? "" : ` (${doubt})`}`;

/** Nodes whose loss would be the end of quorum; a node may have more votes than one. */
const decisive = ({ quorum, nodes }: Votes): string[] => Object.values(nodes).flatMap(({ name, online, votes = 1 }) => (online && votes > quorum.margin ? [name] : []));

/** `One more node and homelab stops`; undefined while any single node may go. */
export const thinWords = (now: Votes): string | undefined => {
  const [stop, name] = [decisive(now), now.name ?? "the cluster"];
  if (!now.quorum.quorate || stop.length === 0) return undefined;
  return stop.length === Object.values(now.nodes).filter(({ online }) => online).length
    ? `One more node and ${name} stops`
    : `Without ${stop.slice(0, 3).join(" or ")} ${name} stops`;
};

/** So close to one another that one thing took them all. */
const TOGETHER_MS = 60_000;

/** Several went at once, nobody sent them, and none of their own APIs answers: what they share is the power, or the switch. */
const wentDark = (gone: readonly Voter[]): boolean => {
  const times = gone.map(({ offlineSince = "" }) => Date.parse(offlineSince));
  return gone.length > 1 && gone.every(({ door, leaving }) => door === "closed" && leaving === undefined) && Math.max(...times) - Math.min(...times) <= TOGETHER_MS;
};

const lost = (now: Votes): Alert => {
  const gone = Object.values(now.nodes).filter(({ online }) => !online);
  const dark = wentDark(gone);
  const missing = gone.map(({ name }) => name).join(", ");
  const needed = Math.max(1, now.quorum.needed - now.quorum.votes);
  const reason = dark
    ? `${missing} went at the same moment and not one of their own APIs answers: mains power, a fuse or the switch. Bring back ${needed} of them first`
    : `Not seen by the node that answers: ${missing}. Bring back ${needed} of them, or the network between them`;
  return alertOf({
    key: "quorum-lost",
    resource: clusterId(now.name),
    severity: "critical",
    title: `${now.name ?? "The cluster"} has lost its quorum`,
    why: `${told(now)}: /etc/pve is read-only, nothing can be started, moved, backed up or recovered by HA; guests that run go on. ${reason}`,
    cause: dark ? "power" : "quorum",
    afterSeconds: STANDS_S,
    evidence: [
      { what: `quorate 0, ${told(now)}`, source: "GET /cluster/status" },
      ...(dark
        ? gone.map(({ name, offlineSince }) => ({
            what: `the API of ${name} does not answer`,
            source: "GET https://NODE:8006/",
            ...(offlineSince === undefined ? {} : { at: offlineSince }),
          }))
        : []),
    ],
  });
};

/** Where all are there and none may be lost (two nodes) that is how it was built, shown as a figure and no news. */
const thin = (now: Votes): Alert[] => {
  const gone = Object.values(now.nodes).filter(({ online }) => !online);
  const [first] = gone.sort((a, b) => byText(a.offlineSince ?? "", b.offlineSince ?? "") || byText(a.name, b.name));
  const title = thinWords(now);
  if (!first || title === undefined) return [];
  // Whoever reboots a node knows that it is away; it is told when it does not come back.
  if (gone.every(({ leaving, overdue }) => leaving !== undefined && overdue !== true)) return [];
  return [
    alertOf({
      key: "quorum-margin",
      resource: nodeId(first.name),
      severity: "warning",
      title,
      why: `${told(now)}: ${now.quorum.margin === 0 ? "no vote is" : "too few are"} to spare while ${gone.map(({ name }) => name).join(", ")} ${gone.length === 1 ? "is" : "are"} away`,
      cause: "quorum",
      afterSeconds: STANDS_S,
      evidence: [{ what: told(now), source: "GET /cluster/status" }],
    }),
  ];
};

export const quorumAlerts = (now: Votes): Alert[] => {
  if (Object.keys(now.nodes).length < 2) return [];
  return now.quorum.quorate ? thin(now) : [lost(now)];
};
