// What carries a thing that tells only where it runs: the one guest or node whose address, name or id that is, or the one Jarvis itself runs on. Two that fit are as good as none. Pure.
import type { Resource } from "../contract/resource.ts";

type Carrier = Pick<Resource, "id" | "kind" | "name" | "template" | "labels">;

/** Runs where Jarvis runs. */
const HERE = "self";
/** Addresses every machine has, and names for them: behind such a one there may be a tunnel to anywhere. */
const EVERYWHERE = /^(localhost$|127\.|0\.0\.0\.0$|::1?$|fe80:|169\.254\.)/;
const IS_ADDRESS = /^[\d.]+$|:/;
/** Ends of names that only the house itself gives. */
const OF_THE_HOUSE = /\.(lan|local|localdomain|home|internal|home\.arpa)$/;

/** IPv6 has many spellings. */
const spelled = (address: string): string => {
  const plain = address.trim().toLowerCase();
  if (!plain.includes(":")) return plain;
  return (URL.parse(`http://[${plain}]/`)?.hostname ?? plain).replace(/^\[|\]$/g, "");
};

const addressesOf = ({ labels }: Carrier): string[] => (labels?.addresses ?? "").split(",").map((one) => spelled(one.split("/")[0] ?? ""));

const onlyOne = (found: readonly Carrier[]): string | undefined => (found.length === 1 ? found[0]?.id : undefined);

/** The deepest of what Jarvis runs on: its guest, else its node. */
const whereJarvisRuns = (own: readonly string[], carriers: readonly Carrier[]): string | undefined => {
  const [guests, nodes] = ["guest", "node"].map((kind) => carriers.filter((one) => one.kind === kind && own.includes(one.id)));
  return guests?.length === 0 ? onlyOne(nodes ?? []) : onlyOne(guests ?? []);
};

/**
 * `runsOn`: an address, a host name, the id of a guest or node, or `self`. `own`: ids Jarvis runs on.
 * A template is no carrier: what is cloned from it has its address.
 */
export const carrierOf = (runsOn: string, all: readonly Carrier[], own: readonly string[]): string | undefined => {
  const carriers = all.filter(({ kind, template }) => (kind === "guest" || kind === "node") && template !== true);
  if (runsOn === HERE) return whereJarvisRuns(own, carriers);
  const where = spelled(runsOn);
  if (where.includes("/")) return carriers.find(({ id }) => id === where)?.id;
  if (where === "" || EVERYWHERE.test(where)) return undefined;
  if (IS_ADDRESS.test(where)) return onlyOne(carriers.filter((one) => addressesOf(one).includes(where)));
  const name = where.replace(OF_THE_HOUSE, "");
  return onlyOne(carriers.filter((one) => [where, name].includes(one.name.toLowerCase())));
};
