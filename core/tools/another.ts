// In words: an id that stands for another thing than it did, both named, and what to do. Pure; says nothing while they are the same.
import type { Preflight } from "../contract/tool.ts";

type Seen = Pick<Preflight, "target" | "name" | "identity">;

const unsaid = (identity: string | null | undefined): string | null => identity ?? null;

/** By its name; where both have the same one, by what tells them apart. */
const called = ({ name, target, identity }: Seen, other: Seen): string => {
  const word = name ?? target;
  return word === (other.name ?? other.target) ? `${word} (${identity ?? "of unknown identity"})` : word;
};

/** Undefined: it is the one it was. */
export const anotherWords = (before: Seen, now: Seen): string | undefined => {
  const { target } = now;
  if (before.target !== target) return `It now means ${target}, not ${before.target}. Nothing was sent; ask again if that is meant.`;
  if (unsaid(before.identity) === unsaid(now.identity)) return undefined;
  const [kind = "thing"] = target.split("/");
  const [was, is] = [called(before, now), called(now, before)];
  return `${target} belongs to another ${kind} now: it was ${was} when this was asked, and is ${is} by now. Nothing was sent. Look at ${target} as it is, and ask again if ${is} is meant.`;
};
