// "Are we fine?" in one sentence, and the list of what wants a person's eye. Pure.
import type { Ask } from "$contract/call.ts";
import type { Drawn } from "$contract/drawn.ts";
import type { Incident } from "$contract/incident.ts";
import type { CoreStatus } from "$contract/wire.ts";
import { countWord } from "../format/figure.ts";
import { ageOf } from "./age.ts";
import { type Condition, conditionOf } from "./condition.ts";
import { ofKind } from "./order.ts";

export interface Attention {
  id: string;
  tone: Condition;
  title: string;
  words: string;
  verb: { label: "Fix this" | "Review" | "Watch" | "Open"; href?: string; say?: string };
}

export interface House {
  drawn: Drawn | undefined;
  status: CoreStatus | undefined;
  incidents: readonly Incident[];
  asks: readonly Ask[];
}

/** Whether anything that is watched cannot be seen now, or every node is only known from before: then nothing may be called well. */
export const isBlind = (status: CoreStatus | undefined, drawn: Drawn | undefined): boolean =>
  (status?.sources ?? []).some(({ state }) => state !== "ok") || ageOf(ofKind(drawn, "node")) === "stale";

const isOpen = ({ status }: Incident): boolean => status !== "resolved";
const isMoving = ({ status }: Incident): boolean => status === "acting" || status === "verifying";

const ofIncident = (incident: Incident, asked: boolean): Attention => {
  const href = `/incidents/${encodeURIComponent(incident.id)}`;
  const words = incident.words ?? incident.cause.words;
  if (isMoving(incident)) return { id: incident.id, tone: "act", title: incident.title, words: words || "Jarvis is on it.", verb: { label: "Watch", href } };
  const tone = incident.severity === "critical" ? "crit" : "warn";
  if (asked) return { id: incident.id, tone, title: incident.title, words: "A plan waits for your word.", verb: { label: "Review", href: "#ask" } };
  return { id: incident.id, tone, title: incident.title, words: words || "Not solved yet.", verb: { label: "Fix this", href, say: `why did ${incident.name} stop?` } };
};

export const attentionOf = ({ drawn, status, incidents, asks }: House): Attention[] => {
  const asked = new Set(asks.flatMap(({ incident }) => (incident ? [incident] : [])));
  const open = incidents.filter(isOpen).map((incident) => ofIncident(incident, asked.has(incident.id)));
  const loose = asks.filter(({ incident }) => !incident || !incidents.some((one) => one.id === incident && isOpen(one)));
  const waiting = loose.map(
    (ask): Attention => ({
      id: ask.id,
      tone: "warn",
      title: (ask.target && drawn?.resources[ask.target]?.name) || (ask.target ?? ask.tool),
      words: ask.why,
      verb: { label: "Review", href: "#ask" },
    }),
  );
  const dark = (status?.sources ?? [])
    .filter(({ state }) => state !== "ok")
    .map((source): Attention => ({ id: source.plugin, tone: "stale", title: `${source.plugin} cannot be seen`, words: source.words, verb: { label: "Open", href: "/plugins" } }));
  const pressed = [...ofKind(drawn, "node"), ...ofKind(drawn, "storage")]
    .filter((resource) => conditionOf(resource) === "warn" || (conditionOf(resource) === "crit" && resource.mark === undefined))
    .map((resource): Attention => {
      const level = resource.kind === "node" ? resource.memory : (resource.disk ?? resource.memory);
      const title = resource.status === "down" ? `${resource.name} is down` : `${resource.name} ${resource.kind === "node" ? "memory" : "is"} at ${level} %`;
      return {
        id: resource.id,
        tone: conditionOf(resource),
        title,
        words: resource.kind === "node" ? "Little room is left on it." : "Little space is left on it.",
        verb: { label: "Fix this", say: `status of ${resource.name}` },
      };
    });
  return [...open, ...waiting, ...dark, ...pressed];
};

export interface Verdict {
  lines: readonly [string, string?] | readonly [string, string | undefined];
  tone: "fine" | "needs" | "repairing" | "critical" | "unknown";
}

export const verdictOf = (house: House, contact: "live" | "lost" | "never"): Verdict => {
  const attention = attentionOf(house);
  const needs = attention.filter(({ tone }) => tone !== "act");
  const standing = needs.length === 0 ? "stable" : needs.length === 1 ? "one thing wanted you" : `${countWord(needs.length).toLowerCase()} things wanted you`;
  if (contact === "never") return { lines: ["Looking for the house."], tone: "unknown" };
  if (contact === "lost") return { lines: ["Out of contact.", `Last seen ${needs.length === 0 ? "stable" : `when ${standing}`}.`], tone: "unknown" };
  const critical = needs.filter(({ tone }) => tone === "crit").length;
  const repairing = house.incidents.filter(isMoving);
  const second = needs.length === 0 ? undefined : `${countWord(needs.length)} ${needs.length === 1 ? "thing needs" : "things need"} you.`;
  if (house.drawn === undefined || Object.keys(house.drawn.resources).length === 0) return { lines: ["Nothing to see yet.", second], tone: "unknown" };
  if (house.status?.killed) return { lines: ["Held.", second ?? "I am only watching."], tone: "needs" };
  if (critical > 0) return { lines: ["Not well.", second], tone: "critical" };
  const [first] = repairing;
  if (first) return { lines: [`Repairing ${first.name}.`, second ?? "Nothing needs you."], tone: "repairing" };
  if (isBlind(house.status, house.drawn)) return { lines: ["Not all is in sight.", second], tone: "needs" };
  if (second) return { lines: ["Stable.", second], tone: "needs" };
  return { lines: ["All is well.", "Nothing needs you."], tone: "fine" };
};
