// The little of the house that a question needs: the things it names, what is open on them, else the tally of all. Bounded by count; refuses to tell everything. Pure.
import type { Incident } from "../../contract/incident.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { overview, statusOf, type View } from "../reflex/answers.ts";
import { FILLERS, tokensOf } from "../reflex/lexicon.ts";
import { whatIsMeant } from "../reflex/name.ts";
import { oneLine } from "./outside.ts";
import type { Facts, Reading } from "./reading.ts";

const [MOST_THINGS, MOST_INCIDENTS, LONGEST] = [4, 3, 300];
const OF_TROUBLE =
  /\b(?:wrong|broken?|down|slow|fail\w*|error\w*|crash\w*|stuck|hang\w*|problem\w*|issue\w*|incident\w*|alert\w*|fix\w*|why|help|kaputt|langsam|fehler\w*|probleme?|abgest\w*|warum|wieso|hilfe|h(?:ä|ae)ngt)\b/i;

/** The things a message names, each once, in its order. */
export const namedIn = (text: string, resources: readonly LiveResource[]): LiveResource[] => {
  const found = new Map<string, LiveResource>();
  for (const token of tokensOf(text)) {
    if (found.size >= MOST_THINGS) break;
    if (FILLERS.has(token)) continue;
    const meant = whatIsMeant(token, resources);
    if (meant.found === "one") found.set(meant.resource.id, meant.resource);
  }
  return [...found.values()];
};

const isOpen = ({ status }: Incident): boolean => status !== "resolved";

const incidentReading = ({ id, title, status, words, cause, openedAt }: Incident): Reading => ({
  text: oneLine(`${id} ${status}: ${title.replace(/[.\s]+$/, "")}. ${words ?? cause.words}`, LONGEST),
  source: `core/incidents ${id}`,
  at: openedAt,
});

/** One thing, as code tells it. */
export const readingOf = (view: View, resource: LiveResource): Reading => ({
  text: oneLine(statusOf({ ...view, incidents: [] }, resource).text, LONGEST),
  source: `core/resources ${resource.id}`,
  at: resource.at,
});

export const wholeReading = (view: View): Reading => ({ text: oneLine(overview(view).text, LONGEST * 2), source: "core/resources", at: new Date(view.nowMs).toISOString() });

export const factsFor = (view: View, text: string): Facts => {
  const named = namedIn(text, view.resources);
  const ids = new Set(named.map(({ id }) => id));
  const open = view.incidents.filter((one) => isOpen(one) && (ids.has(one.resource) || one.victims?.some((id) => ids.has(id)) || (named.length === 0 && OF_TROUBLE.test(text))));
  const incidents = open.slice(0, MOST_INCIDENTS).map(incidentReading);
  const things = named.length > 0 ? named.map((one) => readingOf(view, one)) : [wholeReading(view)];
  return { readings: [...things, ...incidents], isFree: incidents.length > 0 };
};
