// "Why did it stop?": first what it fell with, where something it needs is lost; then its own cause with the evidence, how it is now, and the incident it belongs to. Pure.
import type { Incident } from "../../contract/incident.ts";
import type { LiveResource } from "../../contract/resource.ts";
import { withoutTools } from "../../lib/plain-call.ts";
import { clockTime, line, moment, type Said, span, statusOf, type View } from "./answers.ts";

const DEEPEST = 8;

const isOpen = ({ status }: Incident): boolean => status !== "resolved";

/** What carries it and what it needs, the nearest first. */
const beneath = ({ resources }: View, resource: LiveResource): LiveResource[] => {
  const found = new Map<string, LiveResource>();
  let edge: LiveResource[] = [resource];
  for (let depth = 0; depth < DEEPEST && edge.length > 0; depth += 1) {
    const ids = new Set(edge.flatMap(({ parent, needs = [] }) => [...(parent === undefined ? [] : [parent]), ...needs]));
    edge = resources.filter(({ id }) => ids.has(id) && id !== resource.id && !found.has(id));
    for (const one of edge) found.set(one.id, one);
  }
  return [...found.values()];
};

interface Root {
  words: string;
  id: string;
  at: string;
  incident?: Incident;
}

const ended = (text: string): string => text.replace(/[.\s]+$/, "");

/** What it fails with: the open incident it is a victim of, or something beneath it that is down. */
const rootOf = (view: View, resource: LiveResource): Root | undefined => {
  if (resource.status === "up" && !resource.stale) return undefined;
  const carriers = beneath(view, resource);
  const others = view.incidents.filter((one) => isOpen(one) && one.resource !== resource.id);
  const incident =
    others.find(({ victims = [] }) => victims.includes(resource.id)) ?? others.find((one) => carriers.some(({ id, status }) => id === one.resource && status !== "up"));
  if (incident) {
    const story = incident.words ?? incident.cause.words;
    const words = `${resource.name} went with ${incident.name} (${incident.resource}): ${ended(incident.title)}. ${ended(story)} (${incident.id}, ${incident.status}).`;
    return { words, id: incident.resource, at: incident.openedAt, incident };
  }
  // The deepest that is down: a node rather than what lies on it.
  const lost = carriers.findLast(({ status }) => status === "down");
  if (lost === undefined) return undefined;
  const since = lost.since === undefined ? "" : ` since ${moment(lost.since, view.nowMs)}`;
  return {
    words: `${resource.name} went with ${lost.name} (${lost.id}), which it cannot run without: that is ${lost.labels?.state ?? "down"}${since}.`,
    id: lost.id,
    at: lost.since ?? lost.at,
  };
};

/** How it is, and first what it went with. */
export const statusAndRoot = (view: View, resource: LiveResource): Said => {
  const [said, root] = [statusOf(view, resource), rootOf(view, resource)];
  if (root === undefined) return said;
  return {
    text: `${root.words} ${said.text}`,
    evidence: [{ claim: root.words, source: root.incident ? `core/incidents ${root.incident.id}` : `core/resources ${root.id}`, at: root.at }, ...said.evidence],
  };
};

export const why = (view: View, resource: LiveResource): Said => {
  const root = rootOf(view, resource);
  const own = view.incidents.find((one) => one.resource === resource.id);
  const told = view.feed.find((entry) => entry.resource === resource.id && entry.cause);
  // What is open now is newer than what was told before it began.
  const isNews = told !== undefined && !(own && isOpen(own) && told.incident !== own.id && told.at < own.openedAt) && !(root && told.at < root.at);
  const incident = own && (!root || isOpen(own)) ? own : undefined;
  const cause = isNews ? told?.cause : incident?.cause;
  const rooted: Said["evidence"] =
    root === undefined ? [] : [{ claim: root.words, source: root.incident ? `core/incidents ${root.incident.id}` : `core/resources ${root.id}`, at: root.at }];
  if (!cause) {
    const status = statusOf(view, resource);
    const head = root?.words ?? line(view.persona, "nothing");
    return { text: root ? head : `${head} ${status.text}`, evidence: [...rooted, ...(root ? [] : status.evidence)] };
  }
  const at = isNews ? told?.at : incident?.openedAt;
  const proof = cause.evidence.slice(0, 4).map((one) => `- ${one.what} [${one.source}${one.at ? `, ${moment(one.at, view.nowMs)}` : ""}]`);
  // What was is told as it was said then; how it is now stands beside it.
  const since =
    resource.status === "up" && !resource.stale && resource.startedAt ? ` ${resource.name} runs again, up for ${span(view.nowMs - Date.parse(resource.startedAt))}.` : "";
  const isOwn = incident !== undefined && (!isNews || told?.incident === incident.id || isOpen(incident));
  // What the incident says beyond its cause.
  const beyond = isOwn ? (incident.words ?? "").replace(cause.words, "").trim() : "";
  const story = beyond === "" ? "" : ` ${beyond}`;
  const tools = new Set(view.calls.map(({ tool }) => tool));
  const belongs = isOwn && isOpen(incident) ? ` It is ${incident.id} (${incident.status}${incident.openedAt ? `, since ${clockTime(incident.openedAt)} UTC` : ""}).` : "";
  return {
    text: withoutTools(
      `${root ? `${root.words} Of ${resource.name} itself: ` : ""}${cause.words}${story}${belongs}${since}${proof.length > 0 ? `\n${proof.join("\n")}` : ""}`,
      tools,
    ),
    evidence: [...rooted, ...cause.evidence.map((one) => ({ claim: one.what, source: one.source, ...((one.at ?? at) ? { at: one.at ?? at ?? "" } : {}) }))],
  };
};
