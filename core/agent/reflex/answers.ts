// Answers made from data alone, each number with the reading it came from. Pure: takes a view, returns words and evidence.
import type { Call } from "../../contract/call.ts";
import type { FeedEntry, Incident } from "../../contract/incident.ts";
import type { Persona } from "../../contract/persona.ts";
import type { LiveResource } from "../../contract/resource.ts";
import type { CoreStatus } from "../../contract/wire.ts";
import { sightOf, sightWords } from "./sight.ts";

export interface Said {
  text: string;
  evidence: { claim: string; source: string; at?: string }[];
}

/** What an answer may draw on, read at the moment of asking. */
export interface View {
  nowMs: number;
  persona: Persona;
  resources: readonly LiveResource[];
  incidents: readonly Incident[];
  feed: readonly FeedEntry[];
  calls: readonly Call[];
  status: CoreStatus;
}

const MOST_LISTED = 8;

export const line = (persona: Persona, name: keyof Persona["lines"], fill: Record<string, string> = {}): string =>
  persona.lines[name]
    .replaceAll(/\{(\w+)\}/g, (_, key: string) => ({ address: persona.address, ...fill })[key] ?? "")
    .replace(/,\s*([.!?])/g, "$1")
    .replace(/\s+([.!?,])/g, "$1");

export const clockTime = (iso: string): string => iso.slice(11, 19);
/** The time of day, with the day where it is another than today. */
export const moment = (iso: string, nowMs: number): string =>
  `${iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? "" : `${iso.slice(0, 10)} `}${clockTime(iso)} UTC`;
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
export const span = (ms: number): string => {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return plural(minutes, "minute");
  return minutes < 2880 ? plural(Math.round(minutes / 60), "hour") : plural(Math.round(minutes / 1440), "day");
};

const tally = (view: View): Said => {
  const counted = (["node", "guest", "container"] as const).flatMap((kind) => {
    const all = view.resources.filter((resource) => resource.kind === kind && !resource.template);
    return all.length === 0
      ? []
      : [
          {
            kind,
            up: all.filter((resource) => resource.status === "up").length,
            unknown: all.filter((resource) => resource.status === "unknown").length,
            all: all.length,
            at: all[0]?.at ?? "",
            stale: all.some((resource) => resource.stale),
          },
        ];
  });
  const text = counted
    .map(({ kind, up, unknown, all, stale }) => `${up} of ${plural(all, kind)} up${unknown === 0 ? "" : `, ${unknown} out of sight`}${stale ? " (last known)" : ""}`)
    .join(", ");
  return {
    text: text ? `${text}.` : "I see nothing yet.",
    evidence: counted.map(({ kind, up, all, at }) => ({ claim: `${up} of ${all} ${kind}s up`, source: "core/resources", at })),
  };
};

/** Asks outlive what they were made for, so they are told apart from the incidents. */
const waiting = (view: View): string => {
  const held = view.calls.filter((call) => call.state === "held").length;
  return held === 0 ? "" : ` ${plural(held, "call")} ${held === 1 ? "waits" : "wait"} for your word.`;
};

/** What is amiss with Jarvis itself: a file that cannot be used, and what to do. */
const amiss = ({ status }: View): string => (status.notices ?? []).map(({ words }) => ` ${words}`).join("");

const open = (view: View): Incident[] => view.incidents.filter((incident) => incident.status !== "resolved");

export const wrong = (view: View): Said => {
  const incidents = open(view);
  const unseen = sightWords(view);
  if (incidents.length === 0) {
    const well = unseen === "" ? `${line(view.persona, "well")} ${tally(view).text}` : sightOf(view) === "partly" ? `Nothing that I can see. ${unseen}` : unseen;
    return { text: `${well}${waiting(view)}${amiss(view)}`, evidence: tally(view).evidence };
  }
  const lines = incidents
    .slice(0, MOST_LISTED)
    .map((incident) => `- ${incident.title.replace(/[.\s]+$/, "")}. ${incident.words ?? incident.cause.words} (${incident.id}, ${incident.status})`);
  return {
    text: `${line(view.persona, "trouble", { count: plural(incidents.length, "open incident") })}\n${lines.join("\n")}${waiting(view)}${unseen && ` ${unseen}`}${amiss(view)}`,
    evidence: incidents.slice(0, MOST_LISTED).map((incident) => ({ claim: incident.title, source: `core/incidents ${incident.id}`, at: incident.openedAt })),
  };
};

export const overview = (view: View): Said => {
  const counts = tally(view);
  const incidents = open(view);
  const sight = sightOf(view);
  const unseen = sightWords(view);
  const well = sight === "whole" ? line(view.persona, "well") : sight === "partly" ? "Nothing wrong that I can see." : "";
  const head = incidents.length === 0 ? well : line(view.persona, "trouble", { count: plural(incidents.length, "open incident") });
  const mode = view.status.killed ? `Held: I am only watching (${view.status.killLevel ?? "effects"}).` : `Mode ${view.status.mode}.`;
  const known = sight === "nothing" ? "" : sight === "blind" ? `Then: ${counts.text}` : counts.text;
  const said = sight === "nothing" || sight === "blind" ? [head, unseen, known, mode] : [head, counts.text, mode, unseen];
  return { text: `${said.filter(Boolean).join(" ")}${waiting(view)}${amiss(view)}`, evidence: counts.evidence };
};

export const statusOf = (view: View, resource: LiveResource): Said => {
  const figures = resource.figures ?? {};
  const words: string[] = [];
  const evidence: Said["evidence"] = [];
  const claim = (text: string): void => {
    words.push(text);
    evidence.push({ claim: text, source: `core/resources ${resource.id}`, at: resource.at });
  };
  claim(resource.labels?.state ?? resource.status);
  if (resource.status === "up" && figures.cpuPercent !== undefined) claim(`CPU ${Math.round(figures.cpuPercent)} %`);
  if (resource.status === "up" && figures.memoryBytes !== undefined && figures.memoryTotalBytes)
    claim(`memory ${Math.round((100 * figures.memoryBytes) / figures.memoryTotalBytes)} %`);
  if (figures.diskBytes && figures.diskTotalBytes) claim(`disk ${Math.round((100 * figures.diskBytes) / figures.diskTotalBytes)} %`);
  if (resource.labels?.health) claim(resource.labels.health);
  if (resource.status === "up" && resource.startedAt) claim(`up for ${span(view.nowMs - Date.parse(resource.startedAt))}`);
  const where = resource.parent ? ` on ${view.resources.find((other) => other.id === resource.parent)?.name ?? resource.parent}` : "";
  const incident = open(view).find((one) => one.resource === resource.id);
  const trouble = incident ? ` ${incident.id} is open: ${incident.words ?? incident.cause.words}` : "";
  const stale = resource.stale ? ` That is the last I know, from ${clockTime(resource.at)} UTC.` : "";
  return { text: `${resource.name} (${resource.id}${where}): ${words.join(", ")}.${trouble}${stale}`, evidence };
};

/** Plain examples; any tool there is may be spoken by its own words beside them. */
const USAGE =
  'Ask "status", "what\'s wrong?", "what is down?", "status of NAME", "why did NAME stop?", "how is the backup of NAME?", "logs of NAME", "how full is NAME?", "list guests", "what did you do today?", "what changed since yesterday?", "what did you leave alone?", "daily report", "what would you have done?"; or say "start NAME", "stop NAME", "restart NAME", "back up NAME", "never restart NAME at night", "hold everything", "approve ASK". German will do as well.';

export const usage = (): string => USAGE;

export const help = (view: View): Said => ({ text: `${USAGE} ${line(view.persona, "rules")}`, evidence: [] });
