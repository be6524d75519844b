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

const onlyOne = (found: ReadonlySet<string>): string | undefined => (found.size === 1 ? found.values().next().value : undefined);

/** The deepest of what Jarvis runs on: its guest, else its node. */
const whereJarvisRuns = (own: readonly string[], carriers: readonly Carrier[]): string | undefined => {
  const [guests, nodes] = ["guest", "node"].map((kind) => new Set(carriers.flatMap((one) => (one.kind === kind && own.includes(one.id) ? [one.id] : []))));
  return guests?.size === 0 ? onlyOne(nodes ?? new Set()) : onlyOne(guests ?? new Set());
};

type Ids = ReadonlyMap<string, ReadonlySet<string>>;

const idsBy = (carriers: readonly Carrier[], wordsOf: (one: Carrier) => readonly string[]): Ids => {
  const found = new Map<string, Set<string>>();
  for (const one of carriers) for (const word of wordsOf(one)) found.set(word, (found.get(word) ?? new Set()).add(one.id));
  return found;
};

const told = ({ labels }: Carrier): string[] => (labels?.addresses ?? "").split(",").map((one) => one.split("/")[0]?.trim() ?? "");
const isSix = (address: string): boolean => address.includes(":");

interface Index {
  readonly carriers: readonly Carrier[];
  readonly ids: ReadonlySet<string>;
  readonly names: () => Ids;
  readonly four: () => Ids;
  /** Dear to spell, and seldom asked for. */
  readonly six: () => Ids;
}

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

const indexOf = (all: readonly Carrier[]): Index => {
  const carriers = all.filter(({ kind, template }) => (kind === "guest" || kind === "node") && template !== true);
  return {
    carriers,
    ids: new Set(carriers.map(({ id }) => id)),
    names: once(() => idsBy(carriers, ({ name }) => [name.toLowerCase()])),
    four: once(() => idsBy(carriers, (one) => told(one).filter((address) => !isSix(address)))),
    six: once(() => idsBy(carriers, (one) => told(one).filter(isSix).map(spelled))),
  };
};

/** One walk through all, however many ask about them. */
const indexes = new WeakMap<readonly Carrier[], Index>();
const indexed = (all: readonly Carrier[]): Index => {
  const index = indexes.get(all) ?? indexOf(all);
  indexes.set(all, index);
  return index;
};

const NOBODY: ReadonlySet<string> = new Set();

/**
 * `runsOn`: an address, a host name, the id of a guest or node, or `self`. `own`: ids Jarvis runs on. `all`: not to be changed afterwards.
 * A template is no carrier: what is cloned from it has its address.
 */
export const carrierOf = (runsOn: string, all: readonly Carrier[], own: readonly string[]): string | undefined => {
  const { carriers, ids, names, four, six } = indexed(all);
  if (runsOn === HERE) return whereJarvisRuns(own, carriers);
  const where = spelled(runsOn);
  if (where.includes("/")) return ids.has(where) ? where : undefined;
  if (where === "" || EVERYWHERE.test(where)) return undefined;
  if (IS_ADDRESS.test(where)) return onlyOne((isSix(where) ? six() : four()).get(where) ?? NOBODY);
  const name = where.replace(OF_THE_HOUSE, "");
  return onlyOne((names().get(where) ?? NOBODY).union(names().get(name) ?? NOBODY));
};
