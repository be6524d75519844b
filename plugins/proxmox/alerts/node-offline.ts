// A node that is no member of the cluster any more: the root of all that stands on it. A reboot or a shutdown that somebody ordered is waited for, and so is a boot after its watchdog reset it for want of quorum; without quorum nothing is said of the others,
// because a node that sees nobody cannot tell who is gone.
import type { Alert } from "jarvis";
import { thinWords, type Votes } from "./cluster-quorum.ts";
import { alertOf, nodeId } from "./tell.ts";

export interface Member {
  readonly name: string;
  readonly online: boolean;
  readonly address?: string | undefined;
  readonly offlineSince?: string | undefined;
  /** Somebody ordered it to go, and when. */
  readonly leaving?: { at: string; by: string } | undefined;
  /** Its watchdog reset it while the cluster had no quorum; `at`: when that was back. */
  readonly reset?: { at: string } | undefined;
  /** It was ordered to go, or reset, and has been away longer than any boot takes. */
  readonly overdue?: boolean | undefined;
  /** Its own door was knocked at while the others do not see it. */
  readonly door?: "answers" | "closed" | undefined;
}

/** One lost round of corosync passes by. */
const STANDS_S = 15;

const proof = (node: Member): Alert["evidence"] => [
  { what: `${node.name}: online 0`, source: "GET /cluster/status", ...(node.offlineSince === undefined ? {} : { at: node.offlineSince }) },
  ...(node.door === undefined
    ? []
    : [
        {
          what: node.door === "answers" ? `its own API at ${node.address} answers` : `its own API at ${node.address} does not answer either`,
          source: `GET https://${node.address}:8006/`,
        },
      ]),
  ...(node.reset === undefined
    ? []
    : [{ what: `the cluster is quorate again, without ${node.name}, which had HA services at work`, source: "GET /cluster/status", at: node.reset.at }]),
  ...(node.leaving === undefined ? [] : [{ what: `${node.leaving.by} ordered it to go (stopall)`, source: "GET /cluster/tasks", at: node.leaving.at }]),
];

const wordsOf = (node: Member): { cause: string; title: string; why: string } => {
  if (node.door === "answers")
    return {
      cause: "network",
      title: `${node.name} is cut off from the cluster`,
      why: "the other nodes do not see it, and its own API answers: it lives, the network between them is split. Its guests run on; it has no quorum of its own",
    };
  if (node.overdue && node.reset !== undefined)
    return {
      cause: "host-down",
      title: `${node.name} did not come back`,
      why: "it had HA services at work when the cluster lost quorum, so its watchdog reset it, as HA demands; quorum has been back for longer than a boot takes",
    };
  if (node.overdue)
    return {
      cause: "host-down",
      title: `${node.name} did not come back`,
      why: `it was shut down or rebooted on purpose by ${node.leaving?.by ?? "somebody"}, longer ago than any boot takes`,
    };
  // Told before the proof of it came.
  if (node.leaving !== undefined)
    return {
      cause: "user",
      title: `${node.name} was shut down or rebooted on purpose`,
      why: `${node.leaving.by} ordered it to go, which was found out after it had gone: it is no failure, and it is told again when it is not back after the time of a boot`,
    };
  return {
    cause: "host-down",
    title: `${node.name} has left the cluster`,
    why: "corosync lost it without anybody having ordered it to go: power, a crash or its network. Its guests and local storages are out of sight with it",
  };
};

export const offlineAlerts = (now: Votes & { readonly nodes: Readonly<Record<string, Member>> }, open: readonly Alert[]): Alert[] => {
  const known = new Set(open.filter(({ key }) => key === "node-offline").map(({ resource }) => resource));
  return Object.values(now.nodes).flatMap((node) => {
    if (node.online) return [];
    const resource = nodeId(node.name);
    if (!now.quorum.quorate && !known.has(resource)) return [];
    if ((node.leaving !== undefined || node.reset !== undefined) && !node.overdue && !known.has(resource)) return [];
    const { cause, title, why } = wordsOf(node);
    const thin = thinWords(now);
    const margin = thin === undefined ? "" : `. ${thin} (${now.quorum.votes} of ${now.quorum.of} votes)`;
    return [
      alertOf({
        key: "node-offline",
        resource,
        severity: "critical",
        title,
        why: `${why}${margin}`,
        cause,
        explains: true,
        afterSeconds: STANDS_S,
        evidence: proof(node) ?? [],
      }),
    ];
  });
};
