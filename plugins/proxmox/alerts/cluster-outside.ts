// Names that nobody can resolve, and an internet that nobody can reach, as several nodes' journals tell it in the same minutes. One node's failing lookup is that node's own matter; without the internet a resolver cannot answer either, so that is told alone.
import type { Alert } from "jarvis";
import type { Heard } from "./cluster-links.ts";
import { clusterId } from "./cluster-quorum.ts";
import { alertOf, isOpen } from "./tell.ts";

export interface Resolver {
  /** As the nodes are set up: the address they ask first. */
  address: string;
  /** The guest that has it. */
  guest?: { vmid: number; name: string; running: boolean } | undefined;
}

const [NAMES, WAN] = ["names-fail", "wan-down"];
export const NAMES_SERVICE = "service/proxmox/names";
/** So many nodes say it, or all where there are fewer; and so many strangers answer none of them. */
const [NODES, TARGETS] = [2, 3];

const evidenceOf = (heard: readonly Heard[]) => heard.flatMap(({ name, at, words }) => words.proof.outside.map((what) => ({ what, source: `GET /nodes/${name}/journal`, at })));
const namesOf = (heard: readonly Heard[]): string => heard.map(({ name }) => name).join(", ");

const wan = (heard: readonly Heard[], cluster: string | undefined, isKept: boolean): Alert | undefined => {
  const cut = heard.filter(({ words }) => words.unreached.length > 0);
  const targets = [...new Set(cut.flatMap(({ words }) => words.unreached))];
  const fresh = heard.filter((one) => one.fresh.unreached.length > 0);
  if (fresh.length === 0) return undefined;
  if (!isKept && (fresh.length < Math.min(NODES, heard.length) || targets.length < TARGETS)) return undefined;
  return alertOf({
    key: WAN,
    resource: clusterId(cluster),
    severity: "warning",
    title: "The internet is out of reach",
    why: `${namesOf(cut)} cannot reach ${targets.slice(0, TARGETS).join(", ")}, while the house answers: the modem, the router or the provider. Guests run on; updates, outside backups and names from outside wait`,
    cause: "network",
    evidence: evidenceOf(cut),
  });
};

const resolverWords = (resolver: Resolver | undefined): string => {
  if (resolver === undefined) return "See the server they ask under Node > System > DNS";
  const { address, guest } = resolver;
  if (guest === undefined) return `They ask ${address} first: see whether it answers`;
  return `They ask ${address} first, which is ${guest.name} (${guest.vmid}): see whether its resolver runs`;
};

const names = (heard: readonly Heard[], resolver: Resolver | undefined, isKept: boolean): Alert | undefined => {
  // A stopped guest is told as that, with the names as its victim.
  if (resolver?.guest?.running === false) return undefined;
  const lost = heard.filter(({ words }) => words.unresolved > 0);
  // What the others could not resolve a while ago, and can now, is no word for what one cannot now.
  const fresh = heard.filter((one) => one.fresh.unresolved > 0);
  if (fresh.length === 0) return undefined;
  if (!isKept && fresh.length < Math.min(NODES, heard.length)) return undefined;
  return alertOf({
    key: NAMES,
    resource: NAMES_SERVICE,
    severity: "critical",
    title: "Names do not resolve in the house",
    why: `${namesOf(lost)} cannot resolve names, while addresses answer: to people everything looks down. ${resolverWords(resolver)}`,
    cause: "dns",
    evidence: evidenceOf(lost),
  });
};

export const outsideAlerts = (
  heard: readonly Heard[],
  { cluster, resolver }: { cluster?: string | undefined; resolver?: Resolver | undefined },
  open: readonly Alert[],
): Alert[] => {
  if (heard.length === 0) return [];
  const cut = wan(heard, cluster, isOpen(open, WAN, clusterId(cluster)));
  if (cut !== undefined) return [cut];
  const lost = names(heard, resolver, isOpen(open, NAMES, NAMES_SERVICE));
  return lost === undefined ? [] : [lost];
};
