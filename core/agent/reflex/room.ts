// How full something is: its own disk and, of a node, each of its storages, with what is open on them. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import type { Said, View } from "./answers.ts";

const GIB = 1024 ** 3;
const MOST_STORAGES = 12;

const bytes = (count: number): string =>
  count >= 1000 * GIB ? `${(count / 1024 / GIB).toFixed(1)} TiB` : `${count >= 10 * GIB ? Math.round(count / GIB) : Number((count / GIB).toFixed(1))} GiB`;

const fullness = ({ figures }: LiveResource): string | undefined => {
  const { diskBytes, diskTotalBytes } = figures ?? {};
  if (diskBytes === undefined || !diskTotalBytes) return undefined;
  return `${Math.round((100 * diskBytes) / diskTotalBytes)} % full, ${bytes(Math.max(0, diskTotalBytes - diskBytes))} free of ${bytes(diskTotalBytes)}`;
};

const old = ({ stale, at }: LiveResource): string => (stale ? ` (last known at ${at.slice(11, 16)} UTC)` : "");

const storageWords = (storage: LiveResource): string => {
  const gone = storage.status === "unknown" ? "is out of sight" : "is not available";
  const state = storage.status === "up" || storage.stale ? (fullness(storage) ?? "tells no figures") : gone;
  return `storage ${storage.name} ${state}${old(storage)}`;
};

const used = ({ figures }: LiveResource): number => (figures?.diskBytes ?? 0) / (figures?.diskTotalBytes || 1);
/** What is not there first, then the fullest. */
const byNeed = (a: LiveResource, b: LiveResource): number => Number(a.status === "up") - Number(b.status === "up") || used(b) - used(a);

export const roomOf = (view: View, resource: LiveResource): Said => {
  const storages = view.resources.filter(({ kind, parent }) => kind === "storage" && parent === resource.id).toSorted(byNeed);
  const own = fullness(resource);
  const told = [
    ...(own === undefined ? [] : [{ of: resource, words: `${resource.kind === "storage" ? "" : "its own disk "}${own}${old(resource)}` }]),
    ...storages.slice(0, MOST_STORAGES).map((storage) => ({ of: storage, words: storageWords(storage) })),
  ];
  const more = storages.length > MOST_STORAGES ? [`and ${storages.length - MOST_STORAGES} more storages`] : [];
  const ids = new Set([resource.id, ...storages.map(({ id }) => id)]);
  const open = view.incidents.filter((incident) => incident.status !== "resolved" && ids.has(incident.resource));
  const trouble =
    open.length === 0
      ? `No incident is open on ${told.length > 1 ? "any of them" : "it"}.`
      : open.map(({ id, title }) => `${id} is open: ${title.replace(/[.\s]+$/, "")}.`).join(" ");
  const figures = told.length === 0 ? "nobody tells me how full it is" : [...told.map(({ words }) => words), ...more].join("; ");
  return {
    text: `${resource.name} (${resource.id}): ${figures}. ${trouble}`,
    evidence: told.map(({ of, words }) => ({ claim: words, source: `core/resources ${of.id}`, at: of.at })),
  };
};
