// What goes along with an act's target by its nature, as the guests of a node: part of what a person is asked about, so whatever came since is said by name. Pure.
import type { Preflight } from "../contract/tool.ts";

type Seen = Pick<Preflight, "target" | "touches" | "carries">;

const NAMED = 10;

const list = (ids: readonly string[]): string => {
  const more = ids.length - NAMED;
  const named = more > 0 ? [...ids.slice(0, NAMED), `${more} more`] : ids;
  return named.length < 2 ? named.join("") : `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`;
};

/** Each once, in one order. */
export const alongOf = ({ target, touches = [], carries = [] }: Seen): string[] => [...new Set([...touches, ...carries])].filter((id) => id !== target).sort();

/** For who is asked; undefined: it is alone. */
export const alongWords = (facts: Seen): string | undefined => {
  const along = alongOf(facts);
  return along.length === 0 ? undefined : `Along with it ${along.length === 1 ? "goes" : "go"} ${list(along)}.`;
};

/** Undefined: no more goes along than did. That less does takes nobody by surprise. */
export const joinedWords = (before: Seen, now: Seen): string | undefined => {
  const known = new Set(alongOf(before));
  const joined = alongOf(now).filter((id) => !known.has(id));
  if (joined.length === 0) return undefined;
  return `${list(joined)} would go along with ${now.target} by now, and did not when this was asked. Nothing was sent; ask again if that is meant too.`;
};
