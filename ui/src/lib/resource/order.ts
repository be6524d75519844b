// The resources in the orders the screen shows them, so that positions stay the same between sessions. Pure.
import type { DrawnResource } from "$contract/drawn.ts";
import type { Marked, MarkedDrawn } from "./mark.ts";

export interface Placed extends Marked {
  id: string;
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
export const byName = (a: Placed, b: Placed): number => collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
const byVmid = (a: Placed, b: Placed): number => (a.vmid ?? Number.MAX_SAFE_INTEGER) - (b.vmid ?? Number.MAX_SAFE_INTEGER) || byName(a, b);

export const ofKind = (drawn: MarkedDrawn | undefined, kind: DrawnResource["kind"]): Placed[] =>
  Object.entries(drawn?.resources ?? {})
    .filter(([, resource]) => resource.kind === kind && resource.template !== true)
    .map(([id, resource]) => ({ ...resource, id }))
    .sort(kind === "guest" ? byVmid : byName);

/** The biggest first, then by name: those with most guests get the best places. */
export const nodesOf = (drawn: MarkedDrawn | undefined): Placed[] => {
  const guests = Map.groupBy(ofKind(drawn, "guest"), (guest) => guest.parent ?? "");
  const size = (node: Placed): number => guests.get(node.id)?.length ?? 0;
  return ofKind(drawn, "node").sort((a, b) => (b.cpus ?? 0) - (a.cpus ?? 0) || size(b) - size(a) || byName(a, b));
};

/** Hottest first; what does not run comes last. */
export const byHeat = (list: readonly Placed[]): Placed[] => {
  const heat = ({ status, cpu }: Placed): number => (status === "down" ? -2 : status === "unknown" ? -1 : (cpu ?? 0));
  return [...list].sort((a, b) => heat(b) - heat(a) || byName(a, b));
};

/** A resource by its id. */
export const placed = (drawn: MarkedDrawn | undefined, id: string): Placed | undefined => {
  const found = drawn?.resources[id];
  return found === undefined ? undefined : { ...found, id };
};
