// One root for many alerts: which open alert explains another, and who is hurt with it, along parent and needs. Pure; cycles and depth are bounded.
import type { Alert, Resource } from "../contract/resource.ts";

/** Node, storage, guest, container, service, and room for a plugin's own. */
const MOST_STEPS = 8;

type Placed = Pick<Resource, "id" | "parent" | "needs">;
type Find = (id: string) => Placed | undefined;

const above = ({ parent, needs = [] }: Placed): string[] => [...(parent === undefined ? [] : [parent]), ...needs];

/** Everything `id` stands on, the nearest first. */
export const foundationsOf = (id: string, find: Find): string[] => {
  const seen = new Set<string>([id]);
  let level = [id];
  for (let step = 0; step < MOST_STEPS && level.length > 0; step += 1) {
    level = level.flatMap((one) => above(find(one) ?? { id: one })).filter((one) => !seen.has(one));
    for (const one of level) seen.add(one);
  }
  return [...seen].slice(1);
};

/** The open alert furthest down that explains this one; undefined when it stands for itself. */
export const rootOf = <A extends Alert>(alert: A, open: readonly A[], find: Find): A | undefined => {
  const explaining = open.filter((other) => other.explains);
  const same = alert.explains ? undefined : explaining.find((other) => other.explains === true && other.resource === alert.resource && other.key !== alert.key);
  const below = foundationsOf(alert.resource, find).flatMap((id) => explaining.filter((other) => other.resource === id));
  const deepest = below.find((one) => !below.some((other) => foundationsOf(one.resource, find).includes(other.resource)));
  return deepest ?? below.at(-1) ?? same;
};

/** Ids of all that stands on `id`, in the order of `all`. */
export const victimsOf = (id: string, all: readonly Placed[]): string[] => {
  const hurt = new Set<string>([id]);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const more = all.filter((one) => !hurt.has(one.id) && above(one).some((foundation) => hurt.has(foundation)));
    if (more.length === 0) break;
    for (const one of more) hurt.add(one.id);
  }
  return all.filter((one) => one.id !== id && hurt.has(one.id)).map((one) => one.id);
};
