// Who is read next, where not everybody is read each time: the never read first, then those read longest ago. And what a monitor keeps of each, as long as its client lives.
import { byText } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Entry } from "../shapes/resources.ts";

/** A date that was never written parses to NaN, which would compare as equal to every other. */
const lastRead = (at: number | undefined): number => (at === undefined || Number.isNaN(at) ? 0 : at);

/** `first`: those under suspicion, before everybody else. */
export const inTurn = (names: readonly string[], readAt: (name: string) => number | undefined, most: number, first: ReadonlySet<string> = new Set()): string[] =>
  [...names].sort((a, b) => Number(first.has(b)) - Number(first.has(a)) || lastRead(readAt(a)) - lastRead(readAt(b)) || byText(a, b)).slice(0, most);

export const perClient = <T>(make: () => T): ((client: Client) => T) => {
  const kept = new WeakMap<Client, T>();
  return (client) => {
    const own = kept.get(client) ?? make();
    kept.set(client, own);
    return own;
  };
};

/** Names of the nodes, and of those that are members now; a node whose numbers stand still (`unknown`) is one. */
export const membersOf = (entries: readonly Entry[]): { all: string[]; online: string[] } => {
  const rows = entries.flatMap((entry) => (entry.type === "node" && entry.node !== undefined ? [{ name: entry.node, status: entry.status }] : []));
  return { all: rows.map(({ name }) => name), online: rows.filter(({ status }) => status !== "offline").map(({ name }) => name) };
};

/** Forgets who is no node any more. */
export const keepOnly = (kept: Map<string, unknown>, names: readonly string[]): void => {
  const present = new Set(names);
  for (const name of kept.keys()) if (!present.has(name)) kept.delete(name);
};
