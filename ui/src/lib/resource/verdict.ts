// "Are we fine?" in one sentence, and the list of what wants a person's eye. Pure.
import type { Ask } from "$contract/call.ts";
import type { Incident } from "$contract/incident.ts";
import type { CoreStatus } from "$contract/wire.ts";
import { countWord } from "../format/figure.ts";
import { hourMinute } from "../format/moment.ts";
import { type Condition, conditionOf } from "./condition.ts";
import type { MarkedDrawn } from "./mark.ts";
import { ofKind } from "./order.ts";
import { pauseOf } from "./pause.ts";
import { isBlind, isNarrow, reasonOf } from "./sight.ts";
import { HELD, isHeld, isMoving, isOpen, isRed, isTold, TOLD, turnOf } from "./turn.ts";

export interface Attention {
  id: string;
  tone: Condition;
  title: string;
  words: string;
  /** Words that carry a remedy: shown to the end. */
  whole?: true;
  /** Jarvis waits with it by itself: nobody is needed yet, and it is not well. */
  waits?: true;
  /** `say`: a sentence for Jarvis. `sheet`: the resource to be shown. "Fix this" only where that sentence is an order he can carry out now. */
  verb: { label: "Fix this" | "Ask why" | "Review" | "Watch" | "Open"; href?: string; say?: string; sheet?: string };
}

export interface House {
  drawn: MarkedDrawn | undefined;
  status: CoreStatus | undefined;
  incidents: readonly Incident[];
  asks: readonly Ask[];
}

const NAMED = 5;
/** `2 with it: jellyfin, win-lab.` */
export const withIt = ({ victims = [] }: Pick<Incident, "victims">, drawn: MarkedDrawn | undefined): string => {
  if (victims.length === 0) return "";
  const named = victims.slice(0, NAMED).map((id) => drawn?.resources[id]?.name ?? id);
  const more = victims.length - named.length;
  return `${victims.length} with it: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
};

/** What a person would have done about it. A storage, a node or a disk is no matter of starting anything: there only the reason can be asked for. */
const verbFor = (incident: Incident, href: string, { drawn, status }: House): Attention["verb"] => {
  if (isHeld(status)) return { label: "Open", href };
  const resource = drawn?.resources[incident.resource];
  const order = resource?.status === "down" ? "start" : resource?.labels?.health === "unhealthy" ? "restart" : undefined;
  if (order !== undefined && !resource?.stale && (resource?.kind === "guest" || resource?.kind === "container"))
    return { label: "Fix this", href, say: `${order} ${incident.name}` };
  return { label: "Ask why", href, say: resource?.kind === "storage" ? `how full is ${incident.name}?` : `why did ${incident.name} stop?` };
};

const ofIncident = (incident: Incident, house: House): Attention => {
  const { drawn, status, asks } = house;
  const href = `/incidents/${encodeURIComponent(incident.id)}`;
  const told = isTold(incident) ? `${TOLD}. ${incident.cause.words}` : (incident.words ?? incident.cause.words);
  const held = isHeld(status) && !isMoving(incident) ? HELD : "";
  const words = (otherwise: string): string => [held, told || otherwise, withIt(incident, drawn)].filter((part) => part !== "").join(" ");
  const about = { id: incident.id, title: incident.title };
  const pause = pauseOf(incident);
  const isJarvis = turnOf(incident, { status, asks }) === "jarvis";
  if (isJarvis && pause !== undefined)
    return { ...about, tone: "warn", waits: true, words: [pause.words, withIt(incident, drawn)].join(" ").trim(), verb: { label: "Watch", href } };
  if (isJarvis) return { ...about, tone: "act", words: words("Jarvis is on it."), verb: { label: "Watch", href } };
  const tone = incident.severity === "critical" ? "crit" : "warn";
  if (asks.some((ask) => ask.incident === incident.id)) return { ...about, tone, words: `${held} A plan waits for your word.`.trim(), verb: { label: "Review", href: "#ask" } };
  if (isTold(incident)) return { ...about, tone, words: words(""), verb: { label: "Open", href } };
  return { ...about, tone, words: words("Not solved yet."), verb: verbFor(incident, href, house) };
};

export const attentionOf = (house: House): Attention[] => {
  const { drawn, status, incidents, asks } = house;
  const open = incidents.filter(isOpen).map((incident) => ofIncident(incident, house));
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
    .filter((source) => source.state !== "ok" || isNarrow(source))
    .map(
      (source): Attention => ({
        id: source.plugin,
        tone: "stale",
        title: isNarrow(source)
          ? `Not all of ${source.plugin} can be seen`
          : `${source.state === "down" ? "" : "Part of "}${source.plugin} cannot be seen since ${hourMinute(source.since)}`,
        words: reasonOf(source.words),
        whole: true,
        verb: { label: "Open", href: "/plugins" },
      }),
    );
  const amiss = (status?.notices ?? []).map(({ what, words }): Attention => ({ id: what, tone: "warn", title: what, words, verb: { label: "Open", href: "/settings" } }));
  const pressed = [...ofKind(drawn, "node"), ...ofKind(drawn, "storage")]
    .filter((resource) => resource.mark === undefined && (conditionOf(resource) === "warn" || conditionOf(resource) === "crit"))
    .map((resource): Attention => {
      const level = resource.kind === "node" ? resource.memory : (resource.disk ?? resource.memory);
      const title = resource.status === "down" ? `${resource.name} is down` : `${resource.name} ${resource.kind === "node" ? "memory" : "is"} at ${level} %`;
      return {
        id: resource.id,
        tone: conditionOf(resource),
        title,
        ...(resource.status === "down" ? { words: "Just seen; I look for the reason." } : { waits: true, words: "High. I watch it, and tell you when it is a fault." }),
        verb: { label: "Open", sheet: resource.id },
      };
    });
  return [...open, ...waiting, ...dark, ...amiss, ...pressed];
};

/** `next try at 21:06`, or nothing where no time is known. */
const whenOf = (incident: Incident): string => {
  const untilMs = pauseOf(incident)?.untilMs;
  if (untilMs === undefined) return "";
  return incident.callIds.length > 0 ? `next try at ${hourMinute(untilMs)}` : `I act at ${hourMinute(untilMs)}`;
};

/** `critical`: a person is needed for something critical. It alone turns the deck red. */
export interface Verdict {
  lines: readonly [string, string?] | readonly [string, string | undefined];
  tone: "fine" | "needs" | "repairing" | "critical" | "unknown";
}

export const verdictOf = (house: House, contact: "live" | "lost" | "never"): Verdict => {
  const attention = attentionOf(house);
  const needs = attention.filter(({ tone, waits }) => tone !== "act" && !waits);
  const standing = needs.length === 0 ? "stable" : needs.length === 1 ? "one thing wanted you" : `${countWord(needs.length).toLowerCase()} things wanted you`;
  if (contact === "never") return { lines: ["Looking for the house."], tone: "unknown" };
  if (contact === "lost") return { lines: ["Out of contact.", `Last seen ${needs.length === 0 ? "stable" : `when ${standing}`}.`], tone: "unknown" };
  const red = isRed(house.incidents, house);
  const broken = needs.some(({ tone }) => tone === "crit");
  const [moving] = house.incidents.filter(isMoving);
  const own = house.incidents.filter((incident) => turnOf(incident, house) === "jarvis" && !isMoving(incident));
  const waiting = own.find((incident) => pauseOf(incident) !== undefined);
  const looking = own.find((incident) => pauseOf(incident) === undefined);
  const calm = waiting === undefined ? "Nothing needs you." : `${waiting.name} waits${whenOf(waiting) && `: ${whenOf(waiting)}`}.`;
  const second = needs.length === 0 ? undefined : `${countWord(needs.length)} ${needs.length === 1 ? "thing needs" : "things need"} you.`;
  if (house.drawn === undefined || Object.keys(house.drawn.resources).length === 0) return { lines: ["Nothing to see yet.", second], tone: "unknown" };
  if (house.status?.killed) return { lines: ["Held.", second ?? "I am only watching."], tone: red ? "critical" : "needs" };
  if (red || broken) return { lines: ["Not well.", second], tone: red ? "critical" : "needs" };
  if (moving) return { lines: [`Repairing ${moving.name}.`, second ?? calm], tone: "repairing" };
  if (looking) return { lines: [`Looking at ${looking.name}.`, second ?? calm], tone: "repairing" };
  if (waiting) return { lines: [`${waiting.name} is not well.`, second ?? (whenOf(waiting) ? `I wait: ${whenOf(waiting)}.` : "I wait with it.")], tone: "needs" };
  if (isBlind(house.status, house.drawn)) return { lines: ["Not all is in sight.", second], tone: "needs" };
  if (second) return { lines: ["Stable.", second], tone: "needs" };
  const [watched, ...others] = attention.filter(({ waits }) => waits);
  if (watched)
    return { lines: ["Stable.", `Nothing needs you. I watch ${others.length > 0 ? `${countWord(others.length + 1).toLowerCase()} levels` : "one level"}.`], tone: "fine" };
  return { lines: ["All is well.", "Nothing needs you."], tone: "fine" };
};
