// What the stage's cells are: the guests on their nodes, or, where those are too many to be told apart, the nodes themselves in four groups. Pure.

import { plural } from "../format/figure.ts";
import { type Condition, conditionOf } from "../resource/condition.ts";
import { byName, type Placed, urgencyOf } from "../resource/order.ts";
import type { GraphNode } from "./graph.ts";

/** More frames than this leave none of them a name. */
export const MOST_NODES = 20;
/** More cells than this are no longer seen one by one. */
export const MOST_GUESTS = 1000;
const GROUPS = 4;
const TAG_CHARS = 6;

export interface CellLook {
  /** 0 to 1 of its own CPU. */
  level: number;
  condition: Condition;
}
export interface Group extends GraphNode {
  /** A folded group is no node: what it is called, and what is in it. */
  title?: string;
  note?: string;
}
export interface Fold {
  folded: boolean;
  groups: readonly Group[];
}

type Homes = ReadonlyMap<string, readonly Placed[]>;
const guestsOf = (homes: Homes, { id }: Placed): readonly Placed[] => homes.get(id) ?? [];

export const foldOf = (nodes: readonly Placed[], homes: Homes): Fold => {
  const guests = nodes.reduce((sum, node) => sum + guestsOf(homes, node).length, 0);
  if (nodes.length <= MOST_NODES && guests <= MOST_GUESTS)
    return { folded: false, groups: nodes.map((node) => ({ id: node.id, guests: guestsOf(homes, node).map(({ id }) => id) })) };
  const all = nodes.toSorted(byName);
  const size = Math.ceil(all.length / GROUPS);
  const parts = Array.from({ length: GROUPS }, (_, part) => all.slice(part * size, (part + 1) * size)).filter((part) => part.length > 0);
  const groups = parts.map((part): Group => {
    const [first, last] = [part[0]?.name ?? "", part.at(-1)?.name ?? ""];
    const count = part.reduce((sum, node) => sum + guestsOf(homes, node).length, 0);
    return { id: `group ${first}`, guests: part.map(({ id }) => id), ordered: true, title: first === last ? first : `${first} – ${last}`, note: plural(count, "guest") };
  });
  return { folded: true, groups };
};

/** A node with what ails the worst of its guests. */
const worst = (node: Placed, guests: readonly Placed[]): Condition => {
  const all = [node, ...guests];
  const [first = node] = all.filter((one) => urgencyOf(one) > 0).sort((a, b) => urgencyOf(b) - urgencyOf(a));
  return conditionOf(first);
};

const lookOf = (one: Placed, condition: Condition): CellLook => ({ level: one.status === "up" ? Math.min(1, (one.cpu ?? 0) / 100) : 0, condition });

/** How each cell of the stage looks: of every guest, or of every node once they are folded. */
export const cellsOf = ({ folded }: Fold, nodes: readonly Placed[], homes: Homes): Map<string, CellLook> =>
  new Map(
    folded
      ? nodes.map((node) => [node.id, lookOf(node, worst(node, guestsOf(homes, node)))])
      : nodes.flatMap((node) => guestsOf(homes, node).map((guest): [string, CellLook] => [guest.id, lookOf(guest, conditionOf(guest))])),
  );

/** The part of a name that fits in a cell: all of it, its number, or its beginning. */
export const tagOf = (name: string): string => (name.length <= TAG_CHARS ? name : (/\d+$/.exec(name)?.[0] ?? name).slice(0, TAG_CHARS - 1));
