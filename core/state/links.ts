// The links between things that no single source can tell: what carries one that knows only where it runs, which machine serves one that knows only an address, and what the operator declared. Two machines that fit are as good as none. Pure.
import type { LiveResource, Resource } from "../contract/resource.ts";
import { carrierOf } from "./carriers.ts";

/** By id: what it cannot run without, as the operator wrote it. */
export type Declared = Readonly<Record<string, readonly string[]>>;

/** As in Resource. */
const MOST_NEEDS = 50;

interface Known {
  readonly hints: readonly Resource[];
  readonly declared: Declared;
  /** Ids of what Jarvis runs on. */
  readonly own: readonly string[];
}

const withNeeds = (live: LiveResource, more: readonly string[]): LiveResource => {
  const needs = [...new Set([...(live.needs ?? []), ...more])].filter((id) => id !== live.id).slice(0, MOST_NEEDS);
  return { ...live, needs };
};

/** Ties what it can, in place. A parent that is told is never replaced. */
export const link = (byId: Map<string, LiveResource>, { hints, declared, own }: Known): void => {
  const all = [...byId.values()];
  for (const { id, runsOn, servedBy } of hints) {
    const live = byId.get(id);
    if (live === undefined) continue;
    const parent = runsOn === undefined || live.parent !== undefined ? undefined : carrierOf(runsOn, all, own);
    const server = servedBy === undefined ? undefined : carrierOf(servedBy, all, own);
    const tied = parent === undefined || parent === id ? live : { ...live, parent };
    byId.set(id, server === undefined ? tied : withNeeds(tied, [server]));
  }
  for (const [id, needs] of Object.entries(declared)) {
    const live = byId.get(id);
    if (live !== undefined) byId.set(id, withNeeds(live, needs));
  }
};
