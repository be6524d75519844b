// One root for many alerts: which open alert explains another, and who is hurt with it, along parent and needs. Pure. Things that need each other in a circle have one root: the alert that was raised first.
import type { Alert, Resource } from "../contract/resource.ts";

type Placed = Pick<Resource, "id" | "parent" | "needs">;
type Find = (id: string) => Placed | undefined;

const above = ({ parent, needs = [] }: Placed): string[] => [...(parent === undefined ? [] : [parent]), ...needs];

/** Everything `id` stands on, the nearest first; never itself, though a circle leads back to it. Ends because nothing is gone through twice. */
export const foundationsOf = (id: string, find: Find): string[] => {
  const seen = new Set<string>([id]);
  let level = [id];
  while (level.length > 0) {
    level = [...new Set(level.flatMap((one) => above(find(one) ?? { id: one })))].filter((one) => !seen.has(one));
    for (const one of level) seen.add(one);
  }
  return [...seen].slice(1);
};

/** Whether it lies inside the other: along parents alone, not along what it needs beside them. */
export const isInside = (id: string, carrier: string, find: Find): boolean => {
  const seen = new Set<string>([id]);
  for (let parent = find(id)?.parent; parent !== undefined && !seen.has(parent); parent = find(parent)?.parent) {
    if (parent === carrier) return true;
    seen.add(parent);
  }
  return false;
};

const isSame = (a: Alert, b: Alert): boolean => a.resource === b.resource && a.key === b.key;

/**
 * The open alert furthest down that explains this one; undefined when it stands for itself.
 * `counts`: whether an alert may speak for others at all; what has been given up does not.
 */
export const rootOf = <A extends Alert>(alert: A, open: readonly A[], find: Find, counts: (other: A) => boolean = () => true): A | undefined => {
  const explaining = open.filter((other) => other.explains && counts(other));
  const same = alert.explains ? undefined : explaining.find((other) => other.explains === true && other.resource === alert.resource && other.key !== alert.key);
  const below = foundationsOf(alert.resource, find).flatMap((id) => explaining.filter((other) => other.resource === id));
  if (below.length === 0) return same;
  const under = new Map(below.map(({ resource }) => [resource, new Set(foundationsOf(resource, find))]));
  const standsOn = (one: Alert, other: Alert): boolean => under.get(one.resource)?.has(other.resource) === true;
  const deepest = below.find((one) => !below.some((other) => standsOn(one, other) && !standsOn(other, one)));
  if (deepest === undefined) return same;
  const circle = [...below, ...(explaining.some((other) => isSame(other, alert)) && standsOn(deepest, alert) ? [alert] : [])].filter(
    (one) => isSame(one, deepest) || isSame(one, alert) || (standsOn(deepest, one) && standsOn(one, deepest)),
  );
  const first = explaining.find((one) => circle.some((other) => isSame(one, other)));
  return first === undefined || isSame(first, alert) ? undefined : first;
};

/** Ids of all that stands on `id`, in the order of `all`. */
export const victimsOf = (id: string, all: readonly Placed[]): string[] => {
  const standing = new Map<string, string[]>();
  for (const one of all)
    for (const foundation of above(one)) {
      const known = standing.get(foundation);
      if (known) known.push(one.id);
      else standing.set(foundation, [one.id]);
    }
  const hurt = new Set<string>([id]);
  // A set is walked on while it grows.
  for (const one of hurt) for (const victim of standing.get(one) ?? []) hurt.add(victim);
  return all.filter((one) => one.id !== id && hurt.has(one.id)).map((one) => one.id);
};

/** Ids of what cannot do without `id` though it lies not inside it, over what it serves for others (a guest's storage, and who has disks on that). */
export const neededBy = (id: string, all: readonly Placed[]): string[] => {
  const found = new Set<string>([id]);
  for (const one of found) for (const other of all) if (other.needs?.includes(one)) found.add(other.id);
  return [...found].slice(1);
};
