// What is to be said of the links an operator declared, once the house is known: names that nothing has, and circles. Pure; it changes no link.
import { didYouMean } from "../lib/nearest.ts";
import type { Declared } from "./links.ts";

/** `path`: where in the configuration it stands. */
export interface DeclaredRemark {
  readonly path: readonly PropertyKey[];
  readonly words: string;
}

const unknown = (id: string, known: readonly string[]): string => `nothing seen is named ${id}, so this link is without effect.${didYouMean(id, known)}`;

/** From an id along declared links back to itself, the shortest way. */
const circleOf = (id: string, declared: Declared): string[] | undefined => {
  const came = new Map<string, string>();
  const queue = [id];
  for (const one of queue)
    for (const next of declared[one] ?? []) {
      if (next === id) {
        const way = [one];
        for (let at = one; at !== id; way.unshift(at)) at = came.get(at) ?? id;
        return way;
      }
      if (came.has(next)) continue;
      came.set(next, one);
      queue.push(next);
    }
  return undefined;
};

/** `known`: all ids seen now. */
export const strangersIn = (declared: Declared, known: readonly string[]): DeclaredRemark[] => {
  const seen = new Set(known);
  return Object.entries(declared).flatMap(([id, needs]) => [
    ...(seen.has(id) ? [] : [{ path: ["depends", id], words: unknown(id, known) }]),
    ...needs.flatMap((need, index) => (seen.has(need) ? [] : [{ path: ["depends", id, index], words: unknown(need, known) }])),
  ]);
};

export const circlesIn = (declared: Declared): DeclaredRemark[] => {
  const told = new Set<string>();
  return Object.keys(declared).flatMap((id) => {
    const way = told.has(id) ? undefined : circleOf(id, declared);
    if (way === undefined) return [];
    for (const one of way) told.add(one);
    return [{ path: ["depends", id], words: `these need each other in a circle (${[...way, id].join(" needs ")}); of several that fail, the first is taken for the root.` }];
  });
};
