// How much of the house can be seen now, and what cannot, in words. Nothing is called well that is not seen. Pure.
import type { LiveResource } from "../../contract/resource.ts";
import type { CoreStatus } from "../../contract/wire.ts";

/** `nothing`: no source has ever told of a house; `blind`: all that is known is old; `partly`: some of it is. */
export type Sight = "nothing" | "blind" | "partly" | "whole";

interface Seen {
  resources: readonly LiveResource[];
  status: CoreStatus;
}

const clockTime = (iso: string): string => iso.slice(11, 16);
const unwell = ({ status }: Seen): CoreStatus["sources"] => status.sources.filter((source) => source.state !== "ok");

export const sightOf = (view: Seen): Sight => {
  if (view.resources.length === 0) return "nothing";
  if (view.resources.every((resource) => resource.stale)) return "blind";
  return unwell(view).length > 0 || view.resources.some((resource) => resource.stale) ? "partly" : "whole";
};

const reasons = (view: Seen): string =>
  unwell(view)
    .map(({ plugin, state, since, words }) => `${plugin} is ${state} since ${clockTime(since)} UTC (${words})`)
    .join("; ");

const MOST_NAMED = 5;

/** What was not seen lately, by name: which part of the house is not seen is what one has to know. */
const staleWords = (stale: readonly LiveResource[], { resources }: Seen): string => {
  const names = stale.map(({ id, name }) => (id.endsWith(`/${name.toLowerCase()}`) ? id : `${id} (${name})`));
  const more = names.length - MOST_NAMED;
  return `${names.length} of ${resources.length} were not seen lately: ${names.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/** What is said before anything else where the house is not seen whole; empty where it is. */
export const sightWords = (view: Seen): string => {
  const why = reasons(view);
  switch (sightOf(view)) {
    case "nothing":
      return why === ""
        ? "I cannot say: I watch nothing. No source has told me of any node, guest or container; add one to jarvis.yaml."
        : `I cannot say: I see nothing of the house. ${why}.`;
    case "blind": {
      const last =
        view.resources
          .map(({ at }) => at)
          .toSorted()
          .at(-1) ?? "";
      return `I cannot say: I see nothing now. The last I know is from ${clockTime(last)} UTC.${why === "" ? "" : ` ${why}.`}`;
    }
    case "partly": {
      // What a source that is well does not see is no news of the other's.
      const blamed = new Set(unwell(view).map(({ plugin }) => plugin));
      const stale = view.resources.filter((resource) => resource.stale && !blamed.has(resource.plugin));
      return `I cannot see everything: ${[why, ...(stale.length > 0 ? [staleWords(stale, view)] : [])].filter(Boolean).join("; ")}.`;
    }
    case "whole":
      return "";
  }
};
