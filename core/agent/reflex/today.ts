// "What did you do today?", "what changed?", "what did you leave alone?": the journal, the incidents and the feed of a day as sentences, grouped by how they ended, unknowns first, each with its evidence. Pure.
import type { FeedEntry } from "../../contract/incident.ts";
import { withoutTools } from "../../lib/plain-call.ts";
import type { Said, View } from "./answers.ts";
import { consoleWords, type Deed, deedOf, ENDS, type End } from "./deed.ts";

const DAY_MS = 86_400_000;
const MOST_OF_A_GROUP = 8;

const HEADS: Record<End, string> = {
  unknown: "Not known how it ended",
  failed: "Failed",
  running: "Under way",
  held: "Waits for you",
  succeeded: "Done",
  refused: "Not done",
};

interface Told {
  words: string;
  source: string;
  at: string;
}

const clockTime = (iso: string): string => iso.slice(11, 16);

/** The same deed done again is one sentence that counts. */
const counted = (deeds: readonly Deed[]): Told[] =>
  [...Map.groupBy(deeds, ({ key }) => key).values()].flatMap((same) => {
    const last = same.reduce((newest, deed) => (deed.at > newest.at ? deed : newest));
    return { words: last.tell(same.length, clockTime(last.at)), source: `journal ${last.callId}`, at: last.at };
  });

const fromFeed = (view: View, entry: FeedEntry): Told => ({
  words: `${withoutTools(
    entry.words,
    view.calls.map(({ tool }) => tool),
  )} (${clockTime(entry.at)})`,
  source: entry.incident ? `core/incidents ${entry.incident}` : "core/feed",
  at: entry.at,
});

const section = (head: string, all: readonly Told[]): string[] => {
  if (all.length === 0) return [];
  const more = all.length - MOST_OF_A_GROUP;
  return [`${head}:`, ...all.slice(0, MOST_OF_A_GROUP).map(({ words }) => `- ${words}`), ...(more > 0 ? [`- and ${more} more.`] : [])];
};

interface Group {
  name: string;
  told: Told[];
}

const isNow = ({ nowMs }: View, at: string): boolean => Date.parse(at) >= nowMs - DAY_MS;

const consoles = (view: View, calls: View["calls"]): Group => ({
  name: "Consoles that people opened",
  told: calls.flatMap((call) => {
    const words = consoleWords(call, view.resources);
    return words === undefined ? [] : [{ words: `${words} (${clockTime(call.createdAt)})`, source: `journal ${call.callId}`, at: call.createdAt }];
  }),
});

/** What was done, by how it ended, and what could not be. */
const done = (view: View): Group[] => {
  const calls = view.calls.filter((call) => call.effect !== "read" && isNow(view, call.createdAt));
  const deeds = calls.filter((call) => consoleWords(call, view.resources) === undefined).map((call) => deedOf(call, view.resources));
  const given = new Set(deeds.map(({ callId }) => callId));
  // A failed call is told by the journal; a failure without one is that I gave up.
  const lost = view.feed.filter((entry) => entry.kind === "failed" && isNow(view, entry.at) && (entry.callId === undefined || !given.has(entry.callId)));
  return [
    ...ENDS.map((end): Group => ({ name: HEADS[end], told: counted(deeds.filter((deed) => deed.end === end)) })),
    { name: "Needs you", told: lost.map((entry) => fromFeed(view, entry)) },
    consoles(view, calls),
  ];
};

const alone = (view: View): Group => ({
  name: "Left alone",
  told: view.feed.filter((entry) => entry.kind === "left-alone" && isNow(view, entry.at)).map((entry) => fromFeed(view, entry)),
});

const fromIncident = ({ id, title, words, cause, openedAt }: View["incidents"][number]): Told => ({
  words: `${title.replace(/[.\s]+$/, "")}: ${words ?? cause.words} (${clockTime(openedAt)})`,
  source: `core/incidents ${id}`,
  at: openedAt,
});

/** Faults that were found or that ended within the day, what is not over first. */
const faults = (view: View): Group[] => {
  const lately = view.incidents.filter(({ openedAt, resolvedAt }) => isNow(view, openedAt) || (resolvedAt !== undefined && isNow(view, resolvedAt)));
  return [
    { name: "Went wrong, and is not over", told: lately.filter(({ status }) => status !== "resolved").map(fromIncident) },
    { name: "Went wrong, and is over", told: lately.filter(({ status }) => status === "resolved").map(fromIncident) },
  ];
};

const said = (groups: readonly Group[], nothing: string): Said => {
  const full = groups.filter(({ told }) => told.length > 0);
  if (full.length === 0) return { text: nothing, evidence: [] };
  const head = `The last day, in UTC: ${full.map(({ name, told }) => `${told.length} ${name.toLowerCase()}`).join(", ")}.`;
  return {
    text: [head, ...full.flatMap(({ name, told }) => section(name, told))].join("\n"),
    evidence: full.flatMap(({ told }) => told.slice(0, MOST_OF_A_GROUP).map(({ words, source, at }) => ({ claim: words.slice(0, 300), source, at }))),
  };
};

export const today = (view: View): Said => said([...done(view), alone(view)], "Nothing in the last day. I only watched.");

export const changes = (view: View): Said => said([...faults(view), ...done(view), alone(view)], "Nothing changed in the last day that I saw or did.");

export const leftAlone = (view: View): Said => {
  const { name, told } = alone(view);
  const { evidence } = said([{ name, told }], "");
  if (told.length === 0) return { text: "I left nothing alone in the last day: nothing stopped that was meant to.", evidence };
  return { text: [`${name} in the last day, in UTC: ${told.length}.`, ...section(name, told).slice(1)].join("\n"), evidence };
};
