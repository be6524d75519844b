// What Jarvis sees of the house and what it does not, counted and told: the part of `status` nobody may miss. Pure.
import type { LiveResource } from "../contract/resource.ts";
import type { CoreStatus } from "../contract/wire.ts";
import { table } from "./people.ts";

const MOST_NAMED = 10;

export interface Count {
  readonly total: number;
  readonly up: number;
  readonly stale: number;
  /** Guests that are only moulds for others; they are in no other number. */
  readonly templates?: number;
}

const countOf = (all: readonly LiveResource[]): Count => {
  const living = all.filter((one) => !one.template);
  const templates = all.length - living.length;
  return {
    total: living.length,
    up: living.filter((one) => one.status === "up" && !one.stale).length,
    stale: living.filter((one) => one.stale).length,
    ...(templates === 0 ? {} : { templates }),
  };
};

/** By kind. What was not seen lately is not counted as up, whatever it was when it was seen last. */
export const countKinds = (resources: readonly LiveResource[]): Record<string, Count> =>
  Object.fromEntries([...Map.groupBy(resources, ({ kind }) => kind)].map(([kind, all]) => [kind, countOf(all)]));

const describeCount = ([kind, { total, up, stale, templates }]: [string, Count]): string =>
  `  ${kind.padEnd(10)} ${up} of ${total} up${stale > 0 ? `, ${stale} not seen lately` : ""}${templates === undefined ? "" : ` (and ${templates} template${templates === 1 ? "" : "s"})`}`;

const staleOnes = (resources: readonly LiveResource[]): string => {
  const names = unseenOnes(resources).map(({ id, name }) => (name === "" || id.endsWith(`/${name}`) ? id : `${id} (${name})`));
  const more = names.length - MOST_NAMED;
  return names.length === 0 ? "" : `\n  not seen lately: ${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

export const describeHouse = (resources: readonly LiveResource[]): string =>
  `house\n${Object.entries(countKinds(resources)).map(describeCount).join("\n") || "  nothing seen yet"}${staleOnes(resources)}`;

/** What its source answers for and does not see: one of several machines behind it may be gone. */
const unseenOnes = (resources: readonly LiveResource[]): LiveResource[] => resources.filter(({ stale, status, template }) => !template && (stale || status === "unknown"));

const allSeen = (resources: readonly LiveResource[]): string => {
  const unseen = unseenOnes(resources);
  if (unseen.length === 0) return "sources: all are seen";
  const owners = [...new Set(unseen.map(({ plugin }) => plugin))].join(", ");
  return `CANNOT BE SEEN NOW: ${unseen.length} of ${resources.filter(({ template }) => !template).length} things, though each source answers (parts of ${owners}; named below)\nsources`;
};

/** What is amiss with Jarvis itself, and what to do about it. */
export const describeNotices = ({ notices = [] }: Pick<CoreStatus, "notices">): string =>
  notices.map(({ what, words, since }) => `${what.toUpperCase()} (since ${since})\n  ${words}`).join("\n");

/** Each source on a line, the blind ones first and loud. */
export const describeSources = ({ sources, watchesNothing }: Pick<CoreStatus, "sources" | "watchesNothing">, resources: readonly LiveResource[] = []): string => {
  const blind = sources.filter(({ state }) => state !== "ok");
  const rows = [...blind, ...sources.filter(({ state }) => state === "ok")].map(({ plugin, state, since, words }) => [`  ${plugin}`, state, `since ${since}`, words]);
  const names = blind.map(({ plugin, state }) => (state === "stale" ? `parts of ${plugin}` : plugin)).join(", ");
  return [
    ...(watchesNothing === undefined ? [] : [`NOTHING IS WATCHED: ${watchesNothing}`]),
    ...(blind.length > 0 ? [`CANNOT BE SEEN NOW: ${names}`] : []),
    ...(blind.length === 0 && rows.length > 0 ? [watchesNothing === undefined ? allSeen(resources) : "sources"] : []),
    ...(rows.length === 0 ? [] : [table(rows)]),
  ].join("\n");
};
