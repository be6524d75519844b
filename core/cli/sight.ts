// What Jarvis sees of the house and what it does not, counted and told: the part of `status` nobody may miss. Pure.
import type { LiveResource } from "../contract/resource.ts";
import type { CoreStatus } from "../contract/wire.ts";
import { moment } from "./moment.ts";
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
  notices.map(({ what, words, since }) => `${what.toUpperCase()} (since ${moment(since)})\n  ${words}`).join("\n");

/** `2 guests`, `its node`; `1 of 2 guests` where not all of them are meant. */
const counted = (kind: string, unseen: number, all: number): string =>
  all === 1 ? `its ${kind}` : unseen === all ? `${all === 2 ? "both" : `all ${all}`} ${kind}s` : `${unseen} of ${all} ${kind}s`;

/** Of a source that sees no more than a part: which part, in numbers, and said as loud as it is when that part is none. */
const unseenOf = (plugin: string, resources: readonly LiveResource[]): string => {
  const own = resources.filter((one) => one.plugin === plugin && !one.template);
  const unseen = unseenOnes(own);
  if (unseen.length === 0) return `parts of ${plugin}`;
  const kinds = [...Map.groupBy(own, ({ kind }) => kind)].map(([kind, all]) => ({ kind, all: all.length, unseen: unseenOnes(all).length })).filter((one) => one.unseen > 0);
  const parts = kinds.map((one) => counted(one.kind, one.unseen, one.all)).join(", ");
  return unseen.length === own.length ? `ALL of ${plugin} (${parts}; what is told of them below is the last known)` : `parts of ${plugin} (${parts})`;
};

/** Each source on a line, the blind ones first and loud. */
export const describeSources = ({ sources, watchesNothing }: Pick<CoreStatus, "sources" | "watchesNothing">, resources: readonly LiveResource[] = []): string => {
  const blind = sources.filter(({ state }) => state !== "ok");
  const rows = [...blind, ...sources.filter(({ state }) => state === "ok")].map(({ plugin, state, since, words }) => [`  ${plugin}`, state, `since ${moment(since)}`, words]);
  const names = blind.map(({ plugin, state }) => (state === "stale" ? unseenOf(plugin, resources) : plugin)).join(", ");
  return [
    ...(watchesNothing === undefined ? [] : [`NOTHING IS WATCHED: ${watchesNothing}`]),
    ...(blind.length > 0 ? [`CANNOT BE SEEN NOW: ${names}`] : []),
    ...(blind.length === 0 && rows.length > 0 ? [watchesNothing === undefined ? allSeen(resources) : "sources"] : []),
    ...(rows.length === 0 ? [] : [table(rows)]),
  ].join("\n");
};
