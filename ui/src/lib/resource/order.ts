// The resources in the orders the screen shows them, so that positions stay the same between sessions. Pure.
import type { DrawnResource } from "$contract/drawn.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { Marked, MarkedDrawn } from "./mark.ts";

export interface Placed extends Marked {
  id: string;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
export const byName = (a: Placed, b: Placed): number => collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
const byVmid = (a: Placed, b: Placed): number => (a.vmid ?? Number.MAX_SAFE_INTEGER) - (b.vmid ?? Number.MAX_SAFE_INTEGER) || byName(a, b);

type Kind = DrawnResource["kind"];
/** A drawing is never changed, so what was sorted of it once need not be again: half of the deck asks for the same lists. */
const sorted = new WeakMap<MarkedDrawn["resources"], Map<Kind, readonly Placed[]>>();

const listed = (resources: MarkedDrawn["resources"], kind: Kind): Placed[] =>
  Object.entries(resources)
    .filter(([, resource]) => resource.kind === kind && resource.template !== true)
    .map(([id, resource]) => ({ ...resource, id }))
    .sort(kind === "guest" ? byVmid : byName);

export const ofKind = (drawn: MarkedDrawn | undefined, kind: Kind): readonly Placed[] => {
  if (drawn === undefined) return [];
  const known = sorted.get(drawn.resources) ?? new Map<Kind, readonly Placed[]>();
  sorted.set(drawn.resources, known);
  const all = known.get(kind) ?? listed(drawn.resources, kind);
  known.set(kind, all);
  return all;
};

/** Guests by the node they are on. */
export const homesOf = (drawn: MarkedDrawn | undefined): Map<string, Placed[]> => Map.groupBy(ofKind(drawn, "guest"), (guest) => guest.parent ?? "");

/** The biggest first, then by name: those with most guests get the best places. */
export const nodesOf = (drawn: MarkedDrawn | undefined): Placed[] => {
  const guests = homesOf(drawn);
  const size = (node: Placed): number => guests.get(node.id)?.length ?? 0;
  return ofKind(drawn, "node").toSorted((a, b) => (b.cpus ?? 0) - (a.cpus ?? 0) || size(b) - size(a) || byName(a, b));
};

const heatOf = ({ status, cpu }: Placed): number => (status === "down" ? -2 : status === "unknown" ? -1 : (cpu ?? 0));

/** Hottest first; what does not run comes last. */
export const byHeat = (list: readonly Placed[]): Placed[] => list.toSorted((a, b) => heatOf(b) - heatOf(a) || byName(a, b));

const URGENT: Readonly<Record<Condition, number>> = { crit: 4, act: 3, warn: 2, hurt: 1, stale: 0, ok: 0, off: 0 };
/** How much it wants an eye; 0: nothing ails it by itself. */
export const urgencyOf = (resource: Marked): number => URGENT[conditionOf(resource)];

/** Those that want an eye first, each else in its own order. */
export const urgentFirst = (list: readonly Placed[]): Placed[] => list.toSorted((a, b) => urgencyOf(b) - urgencyOf(a));

const HOTTER = 1000;
/** At most so many, by heat; where not all fit, what wants an eye comes before the hottest. */
export const foremost = (list: readonly Placed[], most: number): Placed[] => {
  if (list.length <= most) return byHeat(list);
  const weighed = list.map((one) => ({ one, weight: urgencyOf(one) * HOTTER + heatOf(one) })).sort((a, b) => b.weight - a.weight);
  // Names are compared only among those that may be shown: comparing ten thousand takes longer than drawing.
  const least = weighed[most - 1]?.weight ?? 0;
  const near = weighed.filter(({ weight }) => weight >= least);
  return near
    .sort((a, b) => b.weight - a.weight || byName(a.one, b.one))
    .slice(0, most)
    .map(({ one }) => one);
};

/** A resource by its id. */
export const placed = (drawn: MarkedDrawn | undefined, id: string): Placed | undefined => {
  const found = drawn?.resources[id];
  return found === undefined ? undefined : { ...found, id };
};
