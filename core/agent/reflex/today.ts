// "What did you do today?": the journal and the feed of a day as sentences, grouped by how they ended, unknowns first, each with its evidence. Pure.
import type { FeedEntry } from "../../contract/incident.ts";
import type { Said, View } from "./answers.ts";
import { type Deed, deedOf, ENDS, type End } from "./deed.ts";

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

const fromFeed = (entry: FeedEntry): Told => ({
  words: `${entry.words} (${clockTime(entry.at)})`,
  source: entry.incident ? `core/incidents ${entry.incident}` : "core/feed",
  at: entry.at,
});

const section = (head: string, all: readonly Told[]): string[] => {
  if (all.length === 0) return [];
  const more = all.length - MOST_OF_A_GROUP;
  return [`${head}:`, ...all.slice(0, MOST_OF_A_GROUP).map(({ words }) => `- ${words}`), ...(more > 0 ? [`- and ${more} more.`] : [])];
};

export const today = (view: View): Said => {
  const isNow = (at: string): boolean => Date.parse(at) >= view.nowMs - DAY_MS;
  const deeds = view.calls.filter((call) => call.effect !== "read" && isNow(call.createdAt)).map((call) => deedOf(call, view.resources));
  const feed = view.feed.filter((entry) => isNow(entry.at));
  const given = new Set(deeds.map(({ callId }) => callId));
  // A failed call is told by the journal; a failure without one is that I gave up.
  const groups: [head: string, told: Told[]][] = [
    ...ENDS.map((end): [string, Told[]] => [HEADS[end], counted(deeds.filter((deed) => deed.end === end))]),
    ["Needs you", feed.filter((entry) => entry.kind === "failed" && (entry.callId === undefined || !given.has(entry.callId))).map(fromFeed)],
    ["Left alone", feed.filter((entry) => entry.kind === "left-alone").map(fromFeed)],
  ];
  const full = groups.filter(([, told]) => told.length > 0);
  if (full.length === 0) return { text: "Nothing in the last day. I only watched.", evidence: [] };
  const head = `The last day, in UTC: ${full.map(([name, told]) => `${told.length} ${name.toLowerCase()}`).join(", ")}.`;
  return {
    text: [head, ...full.flatMap(([name, told]) => section(name, told))].join("\n"),
    evidence: full.flatMap(([, told]) => told.slice(0, MOST_OF_A_GROUP).map(({ words, source, at }) => ({ claim: words.slice(0, 300), source, at }))),
  };
};
